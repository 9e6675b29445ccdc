/** From `chidao start` to the line that says it has started. */
import { rm } from 'node:fs/promises'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { startServer } from './databases.ts'
import { startChidao } from './service.ts'
import { startSource } from './source/start.ts'
import { median, say, spread, table } from './table.ts'

export async function startup({ short }: { short: boolean }): Promise<void> {
  const times = short ? 2 : 10
  const today = localDateOf(new Date())
  await using server = await startServer()
  await using source = await startSource([{ date: addDays(today, -1), count: 1 }], 0)
  const common = { sourceUrl: source.url, importFrom: today, concurrency: 8 }
  const first: number[] = []
  const later: number[] = []
  for (let time = 0; time < times; time++) {
    const databases = await server.fresh()
    first.push(await secondsToStart({ ...common, databases }))
    later.push(await secondsToStart({ ...common, databases }))
  }
  const directory = await (async () => {
    await using service = await startChidao({ ...common, databases: null, keepDirectory: true })
    await service.said
    return service.directory
  })()
  const embedded: number[] = []
  for (let time = 0; time < times; time++)
    embedded.push(await secondsToStart({ ...common, databases: null, directory }))
  await rm(directory, { recursive: true, force: true })
  const row = (what: string, seconds: readonly number[]) => [
    what,
    `${seconds.length}`,
    median(seconds).toFixed(2),
    spread(seconds.map((second) => second * 1000)),
  ]
  const rows = [
    row('empty database', first),
    row('database in use', later),
    row('with its own Postgres, in use', embedded),
  ]
  say(table(['start', 'n', 'median s', 'spread ms'], rows))
}

async function secondsToStart(options: Parameters<typeof startChidao>[0]): Promise<number> {
  const began = performance.now()
  await using service = await startChidao(options)
  await service.said
  return (performance.now() - began) / 1000
}
