/**
 * A lean source in a process of its own, so that what it costs is not counted with what asks it. Answers in
 * the shape of the example profile; `/bench/*` is for the bench alone. Prints its address when it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Batch, makeDocuments } from './documents.ts'

const { batches, fileBytes } = JSON.parse(process.argv[2] ?? '{}') as {
  batches: Batch[]
  fileBytes: number
}
const documents = makeDocuments(batches, fileBytes)
const file = Buffer.alloc(fileBytes, '%PDF-1.7 nội dung của một văn bản mẫu\n')

/** Milliseconds since the epoch. */
const seen = {
  requests: { list: 0, detail: 0, file: 0, reply: 0 },
  firstDetailAt: null as number | null,
  /** By the id of the reply. */
  replies: {} as Record<string, number>,
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://source')
  if (pathname.startsWith('/bench/')) return control(request, response, pathname)
  const [, , , id = '', part = ''] = pathname.split('/')
  if (id === '') {
    seen.requests.list++
    const [page, size] = [Number(searchParams.get('page')), Number(searchParams.get('page_size'))]
    const [from, until] = [searchParams.get('from_date')!, searchParams.get('to_date')!]
    const { rows, total } = documents.page(from, until, page, size)
    const pagination = JSON.stringify({ total, page, pageSize: size })
    return json(response, `{"success":true,"data":${rows},"pagination":${pagination}}`)
  }
  if (part === 'dinh-kem') {
    seen.requests.file++
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': file.length })
    return void response.end(file)
  }
  if (part === 'tra-loi') {
    const reply = JSON.parse(await text(request)) as { ma_tra_loi: string }
    seen.requests.reply++
    seen.replies[reply.ma_tra_loi] = Date.now()
    return json(response, JSON.stringify({ success: true, data: { id: seen.requests.reply } }))
  }
  seen.requests.detail++
  seen.firstDetailAt ??= Date.now()
  json(response, `{"success":true,"data":${documents.detail(Number(id))}}`)
}

async function control(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path === '/bench/seen') return json(response, JSON.stringify(seen))
  const batch = JSON.parse(await text(request)) as Batch
  json(response, JSON.stringify({ ids: documents.issue(batch), at: Date.now() }))
}

function json(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const server = createServer((request, response) => void answer(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
