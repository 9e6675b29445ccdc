/** What it costs to ask a source that has nothing new: CPU of many polls less CPU of none. */
import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Server, startServer } from './databases.ts'
import { cpuSeconds, residentBytes } from './processes.ts'
import { startRedis } from './redis.ts'
import { startChidao } from './service.ts'
import { startSource } from './source/start.ts'
import { load, say, table } from './table.ts'

/** In the three days that every poll reads again; a busy province issues about fifteen a day. */
const known = 60
const settleMs = 15_000

export async function idle({ short }: { short: boolean }): Promise<void> {
  const seconds = short ? 10 : 60
  await using server = await startServer()
  await using redis = await startRedis()
  const rows: string[][] = []
  for (const queueUrl of redis ? [null, redis.url] : [null]) {
    await redis?.empty()
    const resting = await measure(server, queueUrl, 3600, seconds)
    await redis?.empty()
    const polling = await measure(server, queueUrl, 1, seconds)
    const perPoll = (part: 'service' | 'postgres') =>
      `${(((polling[part] - resting[part]) / seconds) * 1000).toFixed(1)}`
    rows.push([
      queueUrl ? 'Redis' : 'Postgres',
      perPoll('service'),
      perPoll('postgres'),
      ((resting.service / seconds) * 100).toFixed(2),
      ((resting.postgres / seconds) * 100).toFixed(2),
      (resting.bytes / 1e6).toFixed(0),
      (polling.bytes / 1e6).toFixed(0),
    ])
  }
  say(
    `a poll of a source with ${known} known documents in its head window; ${seconds} s each; load at the end ${load()}\n`,
  )
  say(
    table(
      [
        'queue',
        'CPU ms/poll',
        'of Postgres, ms/poll',
        'at rest, % of a core',
        'Postgres at rest, %',
        'RSS MB at rest',
        'RSS MB polling',
      ],
      rows,
    ),
  )
}

async function measure(
  server: Server,
  queueUrl: string | null,
  pollSeconds: number,
  seconds: number,
) {
  const today = localDateOf(new Date())
  await using source = await startSource([{ date: addDays(today, -1), count: known }], 1024)
  const databases = await server.fresh()
  await using service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: addDays(today, -1),
    concurrency: 8,
    queueUrl,
    pollSeconds,
  })
  await service.said
  await sleep(settleMs)
  const before = [cpuSeconds(service.pid), cpuSeconds(server.pid)] as const
  await sleep(seconds * 1000)
  return {
    service: cpuSeconds(service.pid) - before[0],
    postgres: cpuSeconds(server.pid) - before[1],
    bytes: residentBytes(service.pid),
  }
}
