/**
 * From the source to the store, and back. A directive counts from the moment the source shows it to the commit
 * with which the tracking software sees it; a reply from the commit that wrote it to the moment the source has it.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Databases, type Server, startServer } from './databases.ts'
import { startRedis } from './redis.ts'
import { startChidao } from './service.ts'
import { type BenchSource, startSource } from './source/start.ts'
import { percentile, say, table } from './table.ts'

const pollSeconds = 2
const backlog = 10_000
const fileBytes = 16 * 1024
const today = localDateOf(new Date())

export async function latency({ short }: { short: boolean }): Promise<void> {
  const count = short ? 20 : 200
  const waiting = short ? 1000 : backlog
  await using server = await startServer()
  await using redis = await startRedis()
  const rows: string[][] = []
  const line = (what: string, queue: string, ms: readonly number[]) => {
    const row = [what, queue, `${ms.length}`, ...[50, 95, 99].map((p) => inSeconds(ms, p))]
    rows.push(row)
    process.stderr.write(`${row.join(' | ')}\n`)
  }
  const queues: [string, string | null][] = [['Postgres', null]]
  if (redis) queues.push(['Redis', redis.url])
  for (const [queue, queueUrl] of queues) {
    await redis?.empty()
    line('source to staged, idle', queue, await whileIdle(server, queueUrl, count))
    await redis?.empty()
    const history = { server, queueUrl, waiting, date: addDays(today, -60) }
    line(`flash, ${waiting} waiting in the history`, queue, await duringBacklog(history, count))
    await redis?.empty()
    const head = { server, queueUrl, waiting, date: today }
    line(`flash, ${waiting} waiting in the head window`, queue, await duringBacklog(head, count))
    await redis?.empty()
    line('reply written to delivered', queue, await replies(server, queueUrl, count))
  }
  say(`poll interval ${pollSeconds} s; 8 at once; seconds\n`)
  say(table(['what', 'queue', 'n', 'p50', 'p95', 'p99'], rows))
}

async function whileIdle(server: Server, queueUrl: string | null, count: number) {
  await using source = await startSource([{ date: today, count: 1 }], fileBytes)
  const databases = await server.fresh()
  await using _service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: today,
    concurrency: 8,
    queueUrl,
    pollSeconds,
  })
  await staged(databases, 1)
  const shown = await issueAtRandom(source, count, () => false)
  await staged(databases, count + 1)
  return delays(databases, shown)
}

interface Backlog {
  readonly server: Server
  readonly queueUrl: string | null
  readonly waiting: number
  readonly date: string
}

/** Flash directives are issued while the rest is still waiting; those that come after its end do not count. */
async function duringBacklog({ server, queueUrl, waiting, date }: Backlog, count: number) {
  await using source = await startSource([{ date, count: waiting }], fileBytes)
  const databases = await server.fresh()
  await using _service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: date,
    concurrency: 8,
    queueUrl,
    pollSeconds,
  })
  await staged(databases, 100)
  let over = false
  const watching = staged(databases, waiting, ' and urgency <> $2', ['flash']).then(() => {
    over = true
  })
  const shown = await issueAtRandom(source, count, () => over)
  await watching
  await staged(databases, waiting + shown.size)
  return delays(databases, shown)
}

/** By id, when the source began to show it. */
async function issueAtRandom(source: BenchSource, count: number, over: () => boolean) {
  const shown = new Map<string, number>()
  while (shown.size < count && !over()) {
    await sleep(Math.random() * 300)
    const { ids, at } = await source.issue({ date: today, count: 1, flash: true })
    shown.set(`${ids[0]}`, at)
  }
  return shown
}

async function delays({ db }: Databases, shown: ReadonlyMap<string, number>) {
  const { rows } = await db.query(
    `select source_ref as ref, pg_xact_commit_timestamp(xmin) as at from sync.directive where source_ref = any ($1)`,
    [[...shown.keys()]],
  )
  return rows.map(({ ref, at }) => at.getTime() - shown.get(ref)!)
}

async function staged(
  { db }: Databases,
  atLeast: number,
  more = '',
  values: readonly string[] = [],
): Promise<void> {
  for (;;) {
    const { rows } = await db
      .query(
        `select count(*)::int >= $1 as reached from sync.directive where files_complete_at is not null ${more}`,
        [atLeast, ...values],
      )
      // The schema comes while we look.
      .catch(() => ({ rows: [{ reached: false }] }))
    if (rows[0].reached) return
    await sleep(200)
  }
}

/** Written as the tracking software writes them, one after the other. */
async function replies(server: Server, queueUrl: string | null, count: number) {
  await using source = await startSource([{ date: today, count }], 0)
  const databases = await server.fresh()
  await using _service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: today,
    concurrency: 8,
    queueUrl,
  })
  await staged(databases, count)
  const { db } = databases
  const written = new Map<string, number>()
  const { rows } = await db.query('select id from tracking.directives')
  for (const { id } of rows) {
    const tasks = [{ description: 'Báo cáo', lead: { code: 'SNN', name: 'Sở Nông nghiệp' } }]
    const given = await db.query(`select tracking.classify($1, $2, 'bench') as assignment`, [
      id,
      JSON.stringify(tasks),
    ])
    const content = { outcome: 'completed', completedOn: today, explanation: 'Đã hoàn thành' }
    const reply = randomUUID()
    await sleep(Math.random() * 100)
    await db.query(`select tracking.reply($1, $2, 'bench', $3)`, [
      given.rows[0].assignment,
      JSON.stringify(content),
      reply,
    ])
    written.set(reply, Date.now())
  }
  for (let seen = await source.seen(); ; seen = await source.seen()) {
    if (Object.keys(seen.replies).length >= count)
      return [...written].map(([reply, at]) => Math.max(0, seen.replies[reply]! - at))
    await sleep(200)
  }
}

function inSeconds(ms: readonly number[], percent: number): string {
  return (percentile(ms, percent) / 1000).toFixed(2)
}
