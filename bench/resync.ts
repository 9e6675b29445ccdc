/**
 * `chidao resync --all` of a history in which nothing has changed: what the process holds meanwhile, what the source
 * is asked, what is written, and how long flash directives wait that are issued while it runs.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Databases, startServer } from './databases.ts'
import { cpuSeconds, node, residentBytes } from './processes.ts'
import { seedStore } from './seed.ts'
import { type Service, startChidao } from './service.ts'
import { type BenchSource, startSource } from './source/start.ts'
import { median, percentile, say, table } from './table.ts'

const days = 350
const pollSeconds = 2
/** A backend tells the statistics what it did once it has been idle for so long. */
const statisticsLagMs = 12_000

export async function resync({ short }: { short: boolean }): Promise<void> {
  const documents = Number(process.env.BENCH_DOCUMENTS ?? (short ? 5_000 : 100_000))
  const today = localDateOf(new Date())
  const batches = Array.from({ length: days }, (_, day) => ({
    date: addDays(today, -day),
    count: Math.floor(documents / days) + (day < documents % days ? 1 : 0),
  }))
  await using server = await startServer()
  await using source = await startSource(batches, 0)
  const databases = await server.fresh()
  const seeding = performance.now()
  await seedStore(databases, batches)
  process.stderr.write(
    `${documents} in the store after ${((performance.now() - seeding) / 1000).toFixed(0)} s\n`,
  )
  const options = {
    databases,
    sourceUrl: source.url,
    importFrom: batches.at(-1)!.date,
    concurrency: 8,
    pollSeconds,
  }
  await using service = await startChidao({ ...options, keepDirectory: false })
  // What it has still to seal is no part of this.
  await untilQuiet(databases)

  say(`${documents} documents over ${days} days, poll interval ${pollSeconds} s\n`)
  // Three times the same: what grows with the work goes on growing, what the collector leaves for later does not.
  const modes = process.env.BENCH_THOROUGH === 'no' ? [] : ['--thorough']
  for (const mode of ['', 'again', 'and again', ...modes]) {
    const thorough = mode === '--thorough'
    const row = await measured({ databases, source, service, thorough, today })
    say(`${table(['resync --all', mode], row)}\n`)
  }
}

interface Bench {
  readonly databases: Databases
  readonly source: BenchSource
  readonly service: Service
  readonly thorough: boolean
  readonly today: string
}

async function measured({
  databases,
  source,
  service,
  thorough,
  today,
}: Bench): Promise<string[][]> {
  const before = await held(service)
  await sleep(statisticsLagMs)
  const written = await rowsWritten(databases)
  const asked = await requests(source)
  const cpu = cpuSeconds(service.pid)
  const began = performance.now()
  await using command = node(
    join(import.meta.dirname, '../src/main.ts'),
    ['resync', 'qlvb-tinh', '--all', '--wait', '--json', '--reason', 'đo', '--as', 'bench'].concat(
      thorough ? ['--thorough'] : [],
    ),
    {
      env: {
        CHIDAO_CONFIG: join(service.directory, 'chidao.yaml'),
        CHIDAO_DATA: service.directory,
        DATABASE_URL: databases.url,
        KEYS_DATABASE_URL: databases.keysUrl,
      },
    },
  )
  let over = false
  void command.ended.then(() => {
    over = true
  })
  const memory: number[] = []
  const shown = new Map<string, number>()
  for (let nextIssue = 0; !over; await sleep(250)) {
    memory.push(residentBytes(service.pid))
    if (performance.now() < nextIssue) continue
    nextIssue = performance.now() + 500 + Math.random() * 4000
    const { ids, at } = await source.issue({ date: today, count: 1, flash: true })
    shown.set(`${ids[0]}`, at)
  }
  const seconds = (performance.now() - began) / 1000
  const did = JSON.parse(command.lines.join('\n'))
  const askedAfter = await requests(source)
  const cpuAfter = cpuSeconds(service.pid)
  const delays = await untilAllStaged(databases, shown)
  await sleep(statisticsLagMs)
  const after = await rowsWritten(databases)
  process.stderr.write(`${JSON.stringify(did)}\n${tellTables(written, after)}\n`)
  const tenth = Math.max(1, Math.floor(memory.length / 10))
  const total = (counts: Counts) => [...counts.values()].reduce((sum, n) => sum + n, 0)
  const ofDocuments = (counts: Counts) =>
    documentTables.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0)
  const round = (n: number) => n.toFixed(0)
  return [
    ['seconds', round(seconds)],
    ['documents per second', round(did.seen / seconds)],
    ['CPU seconds of the service', round(cpuAfter - cpu)],
    ['RSS MB: before', round(before / 1e6)],
    [
      'RSS MB: median of each tenth',
      Array.from({ length: 10 }, (_, n) =>
        round(median(memory.slice(n * tenth, (n + 1) * tenth)) / 1e6),
      ).join(' '),
    ],
    ['RSS MB: peak', round(Math.max(...memory) / 1e6)],
    ['windows', `${did.windowsDone} of ${did.windows}`],
    ['seen, unchanged', `${did.seen}, ${did.unchanged}`],
    ['requests of the resync', round(did.requests)],
    ['requests in all, polls too', round(askedAfter - asked)],
    ['rows written for documents', round(ofDocuments(after) - ofDocuments(written))],
    ['rows written in all', round(total(after) - total(written))],
    ['flash directives issued meanwhile', round(shown.size)],
    ['issued to staged: p50 s', percentile(delays, 50).toFixed(2)],
    ['issued to staged: worst s', Math.max(...delays).toFixed(2)],
  ]
}

type Counts = ReadonlyMap<string, number>

/** Where a document leaves something; a flash directive that is issued meanwhile does too. */
const documentTables = [
  'sync.directive',
  'sync.directive_revision',
  'sync.directive_file',
  'sync.intake',
  'sync.history',
  'sync.outbox',
]

async function rowsWritten({ db }: Databases): Promise<Counts> {
  const { rows } = await db.query(
    `select schemaname || '.' || relname as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables`,
  )
  return new Map(rows.map(({ name, n }) => [name, Number(n)]))
}

function tellTables(before: Counts, after: Counts): string {
  return [...after]
    .map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')
}

async function requests(source: BenchSource): Promise<number> {
  const { list, detail, file } = (await source.seen()).requests
  return list + detail + file
}

/** What the process holds when it only polls: the collector lets memory swing. */
async function held({ pid }: Service): Promise<number> {
  const samples: number[] = []
  for (let n = 0; n < 40; n++) {
    samples.push(residentBytes(pid))
    await sleep(250)
  }
  return median(samples)
}

/** Seconds from the moment the source showed each to its commit. */
async function untilAllStaged({ db }: Databases, shown: ReadonlyMap<string, number>) {
  for (;;) {
    const { rows } = await db.query(
      `select source_ref as ref, pg_xact_commit_timestamp(xmin) as at from sync.directive where source_ref = any ($1)`,
      [[...shown.keys()]],
    )
    if (rows.length === shown.size)
      return rows.map(({ ref, at }) => (at.getTime() - shown.get(ref)!) / 1000)
    await sleep(200)
  }
}

async function untilQuiet({ db }: Databases): Promise<void> {
  for (;;) {
    const { rows } = await db.query(
      `select (select count(*) from sync.pass where state in ('due', 'running') and kind <> 'head')
         + (select count(*) from sync.history_unsealed) as open`,
    )
    if (Number(rows[0].open) === 0) return
    await sleep(500)
  }
}
