/**
 * `node bench/edxml.ts`: how fast messages of the axis are read, and how much the process grows while it reads them.
 * Every size in a process of its own; the message is made as it is read and never held.
 */
import { spawnSync } from 'node:child_process'
import { createHash, getRandomValues } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readFiles } from '#src/edxml/file-streams.ts'
import { readMessage } from '#src/edxml/reader.ts'

const sizes = { '10 KB': 1e4, '1 MB': 1e6, '20 MB': 2e7, '100 MB': 1e8, '500 MB': 5e8 }
const readings = ['first', 'second'] as const
const chunkBytes = 64 * 1024
const prefix = 'http://www.mic.gov.vn/TBT/QCVN_102_2016'
/** The same at every reading of one process. */
const noise = getRandomValues(new Uint8Array((chunkBytes / 4) * 3))
noise.set(Buffer.from('%PDF-1.7\n'))

const [size, reading] = process.argv.slice(2)
if (size !== undefined) await measure(Number(size), reading === 'second')
else table()

function table(): void {
  const rows = [['attachment', 'reading', 'seconds', 'MB/s', 'RSS growth MB']]
  for (const [name, bytes] of Object.entries(sizes))
    for (const one of readings) {
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

async function measure(bytes: number, withFiles: boolean): Promise<void> {
  // What a process holds after its first message is not growth: modules, compiled code, zlib.
  await read(10_000, withFiles)
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  const seconds = await read(bytes, withFiles)
  clearInterval(watch)
  peak = Math.max(peak, process.memoryUsage.rss())
  const growth = (peak - before) / 1e6
  process.stdout.write(JSON.stringify({ seconds, rate: bytes / 1e6 / seconds, growth }))
}

/** Seconds of the reading that is measured; the second one streams the file out and hashes it. */
async function read(bytes: number, withFiles: boolean): Promise<number> {
  let began = performance.now()
  const first = await readMessage(message(bytes))
  const file = first.readable && first.message.kind === 'document' && first.message.files[0]
  if (!file || file.size !== bytes) throw new Error('the message was not read')
  if (!withFiles || !first.readable) return (performance.now() - began) / 1000
  began = performance.now()
  const hash = createHash('sha256')
  const second = await readFiles(message(bytes), first, async (_file, content) => {
    for await (const chunk of content) hash.update(chunk)
  })
  if (!second.unchanged || hash.digest('hex') !== file.sha256) throw new Error('not the same file')
  return (performance.now() - began) / 1000
}

function* base64(bytes: number): Generator<Buffer> {
  const chunk = Buffer.from(Buffer.from(noise).toString('base64'))
  let left = bytes
  for (; left > noise.length; left -= noise.length) yield chunk
  yield Buffer.from(Buffer.from(noise.subarray(0, left)).toString('base64'))
}

async function* message(bytes: number): AsyncGenerator<Buffer> {
  yield Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\r\n<edXML xmlns="${prefix}"><e:edXMLEnvelope xmlns:e="${prefix}">
<e:edXMLHeader><e:MessageHeader><e:From><e:OrganId>000.00.00.H99</e:OrganId></e:From><e:To><e:OrganId>000.00.15.H99</e:OrganId></e:To>
<e:DocumentId>1</e:DocumentId><e:Code><e:CodeNumber>1</e:CodeNumber><e:CodeNotation>UBND</e:CodeNotation></e:Code>
<e:PromulgationInfo><e:PromulgationDate>2025/03/10</e:PromulgationDate></e:PromulgationInfo>
<e:DocumentType><e:TypeName>Công văn</e:TypeName></e:DocumentType><e:Subject>Đo tốc độ đọc</e:Subject></e:MessageHeader></e:edXMLHeader>
<e:edXMLBody><e:edXMLManifest><e:Reference><e:ContentId>cid:1</e:ContentId></e:Reference></e:edXMLManifest></e:edXMLBody></e:edXMLEnvelope>
<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId><AttachmentName>1.pdf</AttachmentName><e:ContentTransferEncoded>`)
  yield* base64(bytes)
  yield Buffer.from('</e:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>\r\n')
}
