/**
 * `node bench/edxml.ts`: how fast messages of the axis are read, and how much the process grows while it reads them.
 * Every size in a process of its own; the message is made as it is read and never held.
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { DocumentDraft } from '#src/edxml/draft.ts'
import { foundIn, readFiles } from '#src/edxml/file-streams.ts'
import { type MessageRead, readMessage } from '#src/edxml/reader.ts'
import { writeDocument } from '#src/edxml/writer.ts'

const sizes = { '10 KB': 1e4, '1 MB': 1e6, '20 MB': 2e7, '100 MB': 1e8, '500 MB': 5e8 }
/** The two readings of a PDF, the writing of one, and the first reading of a text in the zip of the builder. */
const works = ['first', 'second', 'write', 'unzip'] as const
const chunkBytes = 64 * 1024
/** The same at every reading of one process; half of it can be packed. */
const noise = Buffer.from(randomBytes(chunkBytes / 2).toString('hex'))
noise.write('%PDF-1.7\n')
const organ = {
  organId: '000.00.00.H99',
  inCharge: null,
  name: 'UBND tỉnh Mẫu',
  address: null,
  email: null,
  telephone: null,
  fax: null,
  website: null,
}
const draft: DocumentDraft = {
  from: organ,
  to: [organ],
  documentId: '1',
  number: '1',
  symbol: 'UBND',
  place: null,
  issuedOn: '2025-03-10',
  type: { code: null, detail: null, name: 'Công văn' },
  subject: 'Đo tốc độ đọc',
  content: null,
  signer: { name: null, position: null, competence: null },
  dueOn: null,
  other: null,
  responseFor: [],
  steering: 1,
  taskCodes: [],
  applicationType: null,
  toPlaces: [],
  business: {
    kind: 'new',
    stated: false,
    documentId: null,
    reason: null,
    paper: null,
    changes: null,
    replaces: [],
    staff: [],
  },
  tracePaper: null,
  trace: [{ organId: '000.00.00.H99', at: null }],
}

function table(): void {
  const rows = [['attachment', 'work', 'seconds', 'MB/s', 'RSS growth MB']]
  for (const [name, bytes] of Object.entries(sizes))
    for (const one of works) {
      const child = spawnSync(
        process.execPath,
        [...process.execArgv, fileURLToPath(import.meta.url), String(bytes), one],
        { encoding: 'utf8' },
      )
      if (child.status !== 0) throw new Error(`the run of ${name} failed: ${child.stderr}`)
      const { seconds, rate, growth } = JSON.parse(child.stdout) as Record<string, number>
      rows.push([name, one, seconds!.toFixed(3), rate!.toFixed(0), growth!.toFixed(1)])
    }
  for (const row of rows) process.stdout.write(`${row.map((cell) => cell.padStart(14)).join('')}\n`)
}

async function measure(bytes: number, work: (typeof works)[number]): Promise<void> {
  // What a process holds after its first message is not growth: modules, compiled code, zlib.
  await run[work](10_000)
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  const seconds = await run[work](bytes)
  clearInterval(watch)
  peak = Math.max(peak, process.memoryUsage.rss())
  const growth = (peak - before) / 1e6
  process.stdout.write(JSON.stringify({ seconds, rate: bytes / 1e6 / seconds, growth }))
}

/** Seconds of the work that is measured, on a file of so many bytes. */
const run = {
  first: async (bytes: number) => (await timed(() => readFirst(bytes, '1.pdf'))).seconds,
  unzip: async (bytes: number) => (await timed(() => readFirst(bytes, '1.txt'))).seconds,
  second: async (bytes: number) => {
    const { value } = await timed(() => readFirst(bytes, '1.pdf'))
    const hash = createHash('sha256')
    const { seconds } = await timed(() =>
      readFiles(message(bytes, '1.pdf'), foundIn(value), async (_file, content) => {
        for await (const chunk of content) hash.update(chunk)
      }),
    )
    const [file] = value.message.kind === 'document' ? value.message.files : []
    if (hash.digest('hex') !== file?.sha256) throw new Error('not the same file')
    return seconds
  },
  write: async (bytes: number) => {
    const { seconds } = await timed(async () => {
      for await (const chunk of message(bytes, '1.pdf')) if (chunk.length === 0) break
    })
    return seconds
  },
}

async function timed<T>(task: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const began = performance.now()
  const value = await task()
  return { value, seconds: (performance.now() - began) / 1000 }
}

async function readFirst(bytes: number, name: string): Promise<MessageRead> {
  const reading = await readMessage(message(bytes, name))
  const [file] =
    reading.readable && reading.message.kind === 'document' ? reading.message.files : []
  if (!reading.readable || file?.size !== bytes) throw new Error('the message was not read')
  return reading
}

function message(bytes: number, name: string): AsyncGenerator<Buffer> {
  const open = () => Readable.from(content(bytes))
  return writeDocument(draft, [{ id: '1', name, description: null, open }])
}

function* content(bytes: number): Generator<Buffer> {
  let left = bytes
  for (; left > noise.length; left -= noise.length) yield noise
  yield noise.subarray(0, left)
}

const [size, work] = process.argv.slice(2)
if (size !== undefined) await measure(Number(size), work as (typeof works)[number])
else table()
