/** A history of 100,000 documents, and what the process holds while it takes them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { startServer } from './databases.ts'
import { residentBytes } from './processes.ts'
import { startChidao } from './service.ts'
import { startSource } from './source/start.ts'
import { median, say, table } from './table.ts'

const days = 350
const fileBytes = 1024

export async function backfill({ short }: { short: boolean }): Promise<void> {
  const documents = short ? 5_000 : 100_000
  const marks = Array.from({ length: 10 }, (_, at) => (documents / 10) * (at + 1))
  const today = localDateOf(new Date())
  const batches = Array.from({ length: days }, (_, day) => ({
    date: addDays(today, -day),
    count: Math.floor(documents / days) + (day < documents % days ? 1 : 0),
  }))
  await using server = await startServer()
  await using source = await startSource(batches, fileBytes)
  const databases = await server.fresh()
  await using service = await startChidao({
    databases,
    sourceUrl: source.url,
    importFrom: batches.at(-1)!.date,
    concurrency: 8,
  })

  const began = performance.now()
  const rows: string[][] = []
  const held: number[] = []
  let recent: number[] = []
  let peak = 0
  for (const mark of marks) {
    for (;;) {
      const bytes = residentBytes(service.pid)
      peak = Math.max(peak, bytes)
      // The collector lets memory swing; ten seconds of it say what is held.
      recent = [...recent.slice(-19), bytes]
      if (((await source.seen()).requests.file ?? 0) >= mark) break
      await sleep(500)
    }
    const seconds = (performance.now() - began) / 1000
    held.push(median(recent))
    rows.push(
      [mark, seconds, mark / seconds, held.at(-1)! / 1e6, peak / 1e6].map((n) => n.toFixed(0)),
    )
    process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`)
  }
  say(`${documents} documents over ${days} days, one file of ${fileBytes} bytes each\n`)
  say(table(['documents', 'seconds', 'per second', 'RSS MB, median of 10 s', 'peak MB'], rows))
  const growth = (held.at(-1)! / held[0]! - 1) * 100
  say(`\nMemory from the first tenth to the end: ${growth.toFixed(0)} %`)
}
