/** A Node-RED of one flow: `GET /run` takes everything. Its writes are those of the bare loop, to the last statement. */
const crypto = require('node:crypto')
const { join } = require('node:path')
const pg = require('pg')
const bare = process.env.BENCH_BARE

module.exports = {
  uiHost: '127.0.0.1',
  httpAdminRoot: false,
  credentialSecret: false,
  telemetry: { enabled: false },
  logging: { console: { level: 'warn' } },
  functionGlobalContext: {
    bench: {
      crypto,
      rows: require(join(bare, 'rows.ts')),
      keep: require(join(bare, 'keep.ts')).keep,
      store: new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 12 }),
      keys: new pg.Pool({ connectionString: process.env.BENCH_KEYS, max: 4 }),
    },
  },
}
