import type { Knex } from 'knex'

const measuredAnewMs = 60_000

/**
 * The instant by the database's clock, so that workers on several machines agree on what came first. Asked for
 * once a minute and carried on by this process's monotonic clock.
 */
export function databaseClock(db: Knex): () => Promise<Date> {
  let measured = { at: Number.NEGATIVE_INFINITY, ahead: 0 }
  return async () => {
    if (performance.now() - measured.at > measuredAnewMs) {
      const { rows } = await db.raw(`select clock_timestamp() as at`)
      const at = performance.now()
      measured = { at, ahead: rows[0].at.getTime() - at }
    }
    return new Date(performance.now() + measured.ahead)
  }
}
