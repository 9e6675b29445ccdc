/** What hostile sources cost the others: health, and how far apart the polls of honest ones are, with and without them. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { firstToken } from '#connectors/simulator/faces/server.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Server, startServer } from './databases.ts'
import { node, residentBytes } from './processes.ts'
import { startChidao } from './service.ts'
import { load, percentile, say, table } from './table.ts'

/** A hundred megabytes of text, millions of rows, millions of levels, a byte now and then. */
const hostile = ['heavy', 'endless-rows', 'deep', 'slow']
const howManyHostile = 28
const honest = ['page-total', 'codes', 'file-names', 'other-type']
const pollSeconds = 5
/** What is promised (docs/operations.md). */
const mostHealthMs = 1000

export async function hostility({ short }: { short: boolean }): Promise<void> {
  const seconds = short ? 20 : 90
  await using server = await startServer()
  await using far = node(join(import.meta.dirname, 'hostile/main.ts'))
  const url = await far.said
  const rows: string[][] = []
  for (const many of [0, howManyHostile]) {
    const seen = await measure(server, url, many, seconds)
    rows.push([
      String(many),
      seen.healthMs.length.toString(),
      percentile(seen.healthMs, 50).toFixed(0),
      percentile(seen.healthMs, 99).toFixed(0),
      Math.max(...seen.healthMs).toFixed(0),
      (seen.widestGapMs / 1000 / pollSeconds).toFixed(2),
      seen.fewest.toFixed(0),
      (seen.peakBytes / 1e6).toFixed(0),
      load(),
    ])
    if (Math.max(...seen.healthMs) > mostHealthMs) process.exitCode = 1
  }
  say(
    `${honest.length} honest sources, polled every ${pollSeconds} s for ${seconds} s, without and with hostile ones\n`,
  )
  say(
    table(
      [
        ...['hostile', 'asked', 'health p50 ms', 'p99 ms', 'most ms'],
        ...['widest gap between polls, in polls', 'fewest polls of one', 'RSS peak MB', 'load'],
      ],
      rows,
    ),
  )
}

async function measure(server: Server, url: string, many: number, seconds: number) {
  const databases = await server.fresh()
  const today = localDateOf(new Date())
  const importFrom = addDays(today, -20)
  const sourceAt = (name: string, face: string) => ({
    ...simulatedRestProfile({
      baseUrl: `${url}${face}`,
      token: firstToken,
      importFrom,
      liveFrom: today,
    }),
    name,
    replies: { mode: 'none' },
    reply: undefined,
  })
  const sources = [
    ...honest.map((face) => sourceAt(face, face)),
    ...Array.from({ length: many }, (_, n) =>
      sourceAt(`hostile-${n}`, hostile[n % hostile.length]!),
    ),
  ]
  const port = await freePort()
  await using service = await startChidao({
    ...{ databases, sourceUrl: url, importFrom, concurrency: 4, pollSeconds, sources },
    env: { OPS_PORT: String(port) },
  })
  await service.said
  const healthMs: number[] = []
  let peakBytes = 0
  const since = new Date()
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(100)) {
    const from = performance.now()
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
    await answered?.arrayBuffer()
    // Until it listens.
    if (answered?.ok) healthMs.push(performance.now() - from)
    peakBytes = Math.max(peakBytes, residentBytes(service.pid))
  }
  const { rows } = await databases.db.query(
    `select min(n)::int as fewest, max(gap)::int as "widestGapMs" from (
       select source, count(*) as n, max(gap) as gap from (
         select source, extract(epoch from ended_at - lag(ended_at, 1, $1) over (partition by source order by ended_at)) * 1000 as gap
         from sync.pass where kind = 'head' and state in ('done', 'open') and source = any ($2)) polls group by source) each_one`,
    [since, honest],
  )
  return { healthMs, peakBytes, ...(rows[0] as { fewest: number; widestGapMs: number }) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
