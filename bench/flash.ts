/**
 * A flash directive while there is much else: how long from the moment the source shows it to the commit that staged
 * it. Twice: while everything else still waits to be read, and when all of it is known and only listed again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Draw, drawFrom } from '#connectors/simulator/draw.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Databases, type Server, startServer } from './databases.ts'
import { startRedis } from './redis.ts'
import { startChidao } from './service.ts'
import { type BenchSource, startSource } from './source/start.ts'
import { load, percentile, say, table } from './table.ts'

const pollSeconds = 2
const wantedSeconds = pollSeconds + 2
const fileBytes = 16 * 1024
const today = localDateOf(new Date())
/** Beyond the 45 days that the deep reading covers. */
const daysAgo = 60

interface Asked {
  readonly short: boolean
  readonly documents?: number | undefined
  readonly seed?: number | undefined
}

export async function flash({ short, documents, seed = 1 }: Asked): Promise<void> {
  const arrivals = short ? 10 : 60
  const around = documents ?? (short ? 1000 : 10_000)
  await using server = await startServer()
  await using redis = await startRedis()
  const rows: string[][] = []
  const line = (what: string, queue: string, ms: readonly number[]) => {
    const seconds = [50, 99].map((percent) => (percentile(ms, percent) / 1000).toFixed(2))
    rows.push([what, queue, `${ms.length}`, ...seconds, load()])
    process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`)
  }
  const queues: readonly (readonly [string, string | null])[] = redis
    ? [
        ['Postgres', null],
        ['Redis', redis.url],
      ]
    : [['Postgres', null]]
  for (const [queue, queueUrl] of queues) {
    await redis?.empty()
    const measured = await among({ server, queueUrl, around, arrivals, draw: drawFrom(seed) })
    line('waiting to be read', queue, measured.whileWaiting)
    line('all of it known', queue, measured.whileKnown)
  }
  say(
    `flash directives, seed ${seed}, among ${around} in the history and ${around} in the head window; poll interval ${pollSeconds} s, ` +
      `8 at once; seconds; wanted: p99 ≤ ${wantedSeconds}\n`,
  )
  say(table(['the rest is', 'queue', 'n', 'p50', 'p99', 'load'], rows))
  if (!redis) say('\nredis-server is not installed: not measured.')
}

interface Among {
  readonly server: Server
  readonly queueUrl: string | null
  readonly around: number
  readonly arrivals: number
  readonly draw: Draw
}

async function among({ server, queueUrl, around, arrivals, draw }: Among) {
  const history = { date: addDays(today, -daysAgo), count: around }
  await using source = await startSource([history, { date: today, count: around }], fileBytes)
  const databases = await server.fresh()
  await using _service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: history.date,
    concurrency: 8,
    queueUrl,
    pollSeconds,
  })
  await staged(databases, 100)
  const isOver = async () => (await countStaged(databases)) >= 2 * around
  const waiting = await issue(source, arrivals, draw, isOver)
  await staged(databases, 2 * around + waiting.size)
  const whileWaiting = await delays(databases, waiting)
  const known = await issue(source, arrivals, draw, async () => false)
  await staged(databases, 2 * around + waiting.size + known.size)
  return { whileWaiting, whileKnown: await delays(databases, known) }
}

/** By id, when the source began to show it. Those that come when there is nothing else to do any more do not count. */
async function issue(
  source: BenchSource,
  count: number,
  draw: Draw,
  isOver: () => Promise<boolean>,
): Promise<Map<string, number>> {
  const shown = new Map<string, number>()
  while (shown.size < count) {
    await sleep(draw.int(0, 1000))
    if (await isOver()) break
    const { ids, at } = await source.issue({ date: today, count: 1, flash: true })
    shown.set(`${ids[0]}`, at)
  }
  return shown
}

/** The history is only ever added to: its commit is that of the staging, whatever came of the row since. */
async function delays({ db }: Databases, shown: ReadonlyMap<string, number>): Promise<number[]> {
  const { rows } = await db.query(
    `select d.source_ref as ref, min(pg_xact_commit_timestamp(h.xmin)) as at from sync.directive d
       join sync.history h on h.directive_id = d.id and h.event = 'staged' where d.source_ref = any ($1) group by d.source_ref`,
    [[...shown.keys()]],
  )
  if (rows.length < shown.size) throw new Error(`${rows.length} of ${shown.size} were staged`)
  return rows.map(({ ref, at }) => at.getTime() - shown.get(ref)!)
}

async function countStaged({ db }: Databases): Promise<number> {
  const { rows } = await db
    .query(`select count(*)::int as n from sync.directive`)
    // The schema comes while we look.
    .catch(() => ({ rows: [{ n: 0 }] }))
  return rows[0].n
}

async function staged(databases: Databases, atLeast: number): Promise<void> {
  while ((await countStaged(databases)) < atLeast) await sleep(200)
}
