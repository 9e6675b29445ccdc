/**
 * BullMQ listens for the errors of a Postgres client only after it has connected, and a borrowed client of a pool
 * has nobody that listens between two queries: a connection that the server ends in such a moment would be an
 * uncaught exception, and end the whole service. Its queries fail and its pool forgets it all the same.
 */
import pg from 'pg'

const { prototype } = pg.Client
const { connect } = prototype

prototype.connect = function steady(this: pg.Client, ...heard: Parameters<typeof connect>) {
  this.on('error', ignore)
  return connect.apply(this, heard)
} as typeof connect

function ignore(): void {}
