/** Whoever takes all documents of one window of the source: the product, the bare loop, Node-RED. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalDate } from '#src/domain/local-date.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { insertGround } from './bare/rows.ts'
import type { Databases, Server } from './databases.ts'
import { type Child, cpuSeconds, node, residentBytes } from './processes.ts'
import { startChidao } from './service.ts'
import type { BenchSource } from './source/start.ts'

export interface Ground {
  readonly server: Server
  readonly source: BenchSource
  readonly date: LocalDate
  readonly documents: number
}

export interface Run {
  readonly perSecond: number
  /** Milliseconds of CPU for each document, by process. */
  readonly cpu: { readonly own: number; readonly postgres: number; readonly source: number }
  readonly peakBytes: number
}

export const pageSize = 50
const sampleMs = 50

/** The service as it is started, its queue in Postgres or in Redis; from its first request for a document to the end of the pass. */
export async function takeByChidao(
  { server, source, date, documents }: Ground,
  options: { concurrency: number; queueUrl: string | null; nodeOptions?: readonly string[] },
): Promise<Run> {
  const databases = await server.fresh()
  const before = (await source.seen()).requests.detail
  await using service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: date,
    ...options,
  })
  const meter = measuring(server, source, service)
  for (;;) {
    await sleep(sampleMs)
    if (meter.begun) meter.sample()
    else if ((await source.seen()).requests.detail > before) meter.begin()
    else continue
    const { rows } = await databases.db
      .query(
        `select 1 from sync.pass where kind = 'backfill' and window_from = $1 and state = 'done'
           and not exists (select from sync.directive_file where state = 'waiting')`,
        [date],
      )
      // The schema comes while we look.
      .catch(() => ({ rows: [] }))
    if (rows.length > 0) break
  }
  const run = meter.end(documents)
  await requireAll(databases, documents)
  return run
}

export async function takeByBareLoop(
  { server, source, date, documents }: Ground,
  { concurrency, commits }: { concurrency: number; commits: 'once' | 'twice' },
): Promise<Run> {
  const databases = await readyMade(server)
  const directory = await mkdtemp(join(tmpdir(), 'chidao-bench-'))
  const { url, keysUrl } = databases
  const place = { sourceUrl: source.url, url, keysUrl, directory }
  const task = { ...place, from: date, until: date, pageSize, concurrency, commits }
  await using child = node(join(import.meta.dirname, 'bare/main.ts'), [JSON.stringify(task)])
  const meter = measuring(server, source, child)
  let ended = false
  const said = child.said.finally(() => {
    ended = true
  })
  meter.begin()
  while (!ended) {
    meter.sample()
    await sleep(sampleMs)
  }
  const { seconds, cpu, peak } = JSON.parse(await said)
  const { postgres, source: ofSource } = meter.end(documents).cpu
  await requireAll(databases, documents)
  await rm(directory, { recursive: true })
  return {
    perSecond: documents / seconds,
    cpu: { own: (cpu / documents) * 1000, postgres, source: ofSource },
    peakBytes: peak,
  }
}

/** Databases with the product's tables, and the rows that directives refer to. */
export async function readyMade(server: Server): Promise<Databases> {
  const databases = await server.fresh()
  const db = openDatabase({ url: databases.url })
  const keysDb = openDatabase({ url: databases.keysUrl })
  await migrate(db)
  await migrateKeys(keysDb)
  await Promise.all([db.destroy(), keysDb.destroy()])
  await insertGround(databases.db)
  return databases
}

/** Whoever wrote less than everything has not taken part. */
export async function requireAll({ db }: Databases, documents: number): Promise<void> {
  const { rows } = await db.query(
    'select count(*)::int as n from tracking.directives where files_complete',
  )
  if (rows[0].n !== documents) throw new Error(`${rows[0].n} of ${documents} directives are staged`)
}

export function measuring(server: Server, source: BenchSource, child: Pick<Child, 'pid'>) {
  const now = () => ({
    at: performance.now(),
    own: cpuSeconds(child.pid),
    postgres: cpuSeconds(server.pid),
    source: cpuSeconds(source.pid),
  })
  let start: ReturnType<typeof now> | null = null
  let peakBytes = 0
  return {
    get begun() {
      return start !== null
    },
    begin() {
      start = now()
    },
    sample() {
      peakBytes = Math.max(peakBytes, residentBytes(child.pid))
    },
    end(documents: number): Run {
      const [from, until] = [start!, now()]
      const each = (part: 'own' | 'postgres' | 'source') =>
        ((until[part] - from[part]) / documents) * 1000
      return {
        perSecond: (documents / (until.at - from.at)) * 1000,
        cpu: { own: each('own'), postgres: each('postgres'), source: each('source') },
        peakBytes,
      }
    },
  }
}
