/** Everywhere a run may have written. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createPostgresBackend, Queue } from 'bullmq'
import { captured, file, folder, type Place, tables } from '#src/cli/demo/places.ts'
import { queuePrefix, redisAt } from '#src/queue/redis.ts'
import { lanes, postgresConnection } from '#src/queue.ts'
import { openDatabase } from '#src/store/database.ts'
import type { Run } from './run.ts'
import type { LoudPostgres, LoudRedis } from './servers.ts'

export function placesOf(run: Run, postgres: LoudPostgres, redis: LoudRedis | null): Place[] {
  const { data, temporary, working, home, logs } = run.folders
  const inWal = (name: string) => name.startsWith('pg_wal/')
  return [
    folder('Postgres data', postgres.data, inWal),
    writeAheadLog(join(postgres.data, 'pg_wal')),
    file('Postgres log', postgres.logFile),
    storeTables(run.storeUrl),
    folder('file store', join(data, 'files')),
    folder('data directory', data, (name) => name.startsWith(relative(data, join(data, 'files')))),
    folder('temporary files', temporary),
    folder('working directory', working),
    folder('home directory', home),
    folder('service log', logs),
    captured('process and sessions', async function* () {
      yield* run.whileRunning
    }),
    captured('metrics and pages', async function* () {
      yield* run.shown
    }),
    captured('job data', () => jobsOf(run, redis)),
    ...(redis
      ? [
          folder('Redis files', redis.directory),
          captured('Redis keys', redis.contents),
          captured('Redis memory', redis.memory),
        ]
      : []),
  ]
}

/** The files as they are, and the records in them without the page headers that cut through them every 8 KiB. */
export function writeAheadLog(path: string): Place {
  const name = 'Postgres WAL'
  const asItLies = folder(name, path)
  return {
    name,
    async *pieces(overlap) {
      yield* asItLies.pieces(overlap)
      const segments = (await readdir(path)).filter((entry) => /^[0-9A-F]{24}$/.test(entry)).sort()
      let held = Buffer.alloc(0)
      for (const [at, segment] of segments.entries()) {
        const bytes = Buffer.concat([held, withoutHeaders(await readFile(join(path, segment)))])
        const goesOn = { before: at > 0, after: at < segments.length - 1 }
        yield { where: `records of ${segment}`, bytes, goesOn }
        held = bytes.subarray(-overlap)
      }
    },
  }
}

const walPageBytes = 8192

/** XLogPageHeaderData, long on the first page of a segment. */
function withoutHeaders(segment: Buffer): Buffer {
  const pages: Buffer[] = []
  for (let at = 0; at < segment.length; at += walPageBytes)
    pages.push(segment.subarray(at + (at === 0 ? 40 : 24), at + walPageBytes))
  return Buffer.concat(pages)
}

export function storeTables(url: string, name = 'tables'): Place {
  return {
    name,
    async *pieces(overlap) {
      const db = openDatabase({ url, poolSize: 1 })
      try {
        yield* tables(name, db).pieces(overlap)
      } finally {
        await db.destroy()
      }
    },
  }
}

/** As BullMQ itself reads them, whatever the queue lives in. */
async function* jobsOf(run: Run, redis: LoudRedis | null): AsyncGenerator<[string, string]> {
  const db = openDatabase({ url: run.storeUrl, poolSize: 1 })
  const { rows } = await db.raw(`select store_id as id from sync.life`)
  await db.destroy()
  for (const lane of lanes) {
    const connection = redis ? redisAt({ url: redis.url }, 'work') : null
    const queue = connection
      ? new Queue(lane, { connection, prefix: queuePrefix(rows[0].id) })
      : new Queue(lane, { connection: postgresConnection(run.storeUrl) }, createPostgresBackend)
    queue.on('error', () => {})
    await queue.waitUntilReady()
    for (const job of await queue.getJobs()) yield [`${lane} ${job?.id}`, JSON.stringify(job)]
    for (const plan of await queue.getJobSchedulers())
      yield [`${lane} schedule`, JSON.stringify(plan)]
    await queue.close()
    connection?.disconnect()
  }
}
