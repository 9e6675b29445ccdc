/** A small far side in the shape of wire §11.1, over real sockets, that goes wrong when told to. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import type { Fault } from './contract.ts'

export const token = 'token-of-the-test'

/** The example profile against this register: small pages, short waits, nothing repeated. */
export function profileAt(baseUrl: string, more: Partial<RestProfile> = {}): RestProfile {
  const profile = simulatedRestProfile({
    baseUrl,
    token,
    importFrom: '2026-01-01',
    liveFrom: '2026-03-01',
  })
  return {
    ...profile,
    poll: { ...profile.poll, pageSize: 3 },
    limits: { ...profile.limits, answerTimeoutMs: 1000 },
    retries: { times: 0, firstPauseMs: 1, maxPauseMs: 5 },
    ...more,
  }
}

export interface Row {
  readonly id: number
  readonly publish_date: string
  readonly [field: string]: unknown
}

export function row(id: number, more: Record<string, unknown> = {}): Row {
  return {
    id,
    number: 780 + id,
    notation: `${780 + id}/UBND-NNMT`,
    abstract: `Về việc triển khai nhiệm vụ số ${id}`,
    publish_date: '2026-03-02T00:00:00+07:00',
    sign_date: '2026-03-01T17:20:00+07:00',
    signer: 'Trần Văn A',
    signer_position: 'Phó Chủ tịch',
    doc_type_code: 'CV',
    doc_type_name: 'Công văn',
    issuer_name: 'UBND tỉnh Quảng Trị',
    secret_id: 1,
    secret_name: 'Thường',
    urgent_id: 1,
    urgent_name: 'Thường',
    approved: true,
    is_released: true,
    register_code: 'VBDI',
    distribution_type: 1,
    envelope_code: null,
    recipients: 'Sở Nông nghiệp và Môi trường; UBND phường Đông Hà',
    attachment_count: 1,
    previous_outgoing_doc_id: null,
    ...more,
  }
}

export function contentOf(id: number): Buffer {
  return Buffer.from(`%PDF-1.7 toàn văn ${id}\0\xff`, 'latin1')
}

export function detailOf(document: Row) {
  const attachments = [
    {
      id: document.id * 10,
      file_name: `${document.id}.pdf`,
      mime_type: 'application/pdf',
      file_size: contentOf(document.id).length,
    },
  ]
  return { ...document, content: 'Thực hiện chỉ đạo của Chính phủ', attachments }
}

export async function openRegister(rows: readonly Row[]) {
  const state = {
    fault: null as Fault | null,
    /** Only of the detail of these documents. */
    faultsOf: new Map<number, Fault>(),
    refuseNext: false,
    loseNext: false,
    replies: [] as { id: number; ma_tra_loi: string; body: Record<string, unknown> }[],
    /** Instead of the list as it is: the rows inside the window, which page of how many rows, and the window's first day. */
    list: null as OddList | null,
    /** Instead of the file, whose announced size stays. */
    file: null as ((response: http.ServerResponse, id: number) => unknown) | null,
    /** Changes what a detail announces of its file. */
    announced: {} as Record<string, unknown>,
    asked: [] as { method: string; url: string }[],
    /** What time it says that it is; the machine's by default. */
    time: null as Date | null,
    /** Before each answer. */
    delayMs: 0,
    inFlight: 0,
    /** The most that were asked at once. */
    mostAtOnce: 0,
  }
  const server = http.createServer((request, response) => {
    state.mostAtOnce = Math.max(state.mostAtOnce, ++state.inFlight)
    response.once('close', () => state.inFlight--)
    if (state.delayMs > 0) setTimeout(() => answer(request, response), state.delayMs)
    else answer(request, response)
  })
  const answer = (request: http.IncomingMessage, response: http.ServerResponse): unknown => {
    state.asked.push({ method: request.method ?? '', url: request.url ?? '' })
    if (state.time) response.setHeader('date', state.time.toUTCString())
    const url = new URL(request.url ?? '/', 'http://register')
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (state.fault) return goWrong(state.fault, response)
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { success: false })
    const [, , , id, part, file] = url.pathname.split('/')
    const document = rows.find((one) => String(one.id) === id)
    if (id === undefined && state.list) {
      const { status = 200, ...body } = state.list(inside(rows, url), askedIn(url))
      return json(status, { success: true, ...body })
    }
    if (id === undefined) return json(200, pageOf(rows, url))
    if (!document) return json(404, { success: false, message: 'Không tìm thấy' })
    const fault = state.faultsOf.get(document.id)
    if (part === undefined && fault) return goWrong(fault, response)
    if (part === undefined) {
      const { attachments, ...data } = detailOf(document)
      const changed = attachments.map((one) => ({ ...one, ...state.announced }))
      return json(200, { success: true, data: { ...data, attachments: changed } })
    }
    if (part === 'dinh-kem' && state.file) return state.file(response, document.id)
    if (part === 'dinh-kem' && file === String(document.id * 10)) {
      response.writeHead(200, { 'content-type': 'application/pdf' })
      return response.end(contentOf(document.id))
    }
    if (part !== 'tra-loi') return json(404, { success: false })
    if (request.method === 'GET') {
      const wanted = url.searchParams.get('ma_tra_loi')
      const data = state.replies
        .filter((reply) => wanted === null || reply.ma_tra_loi === wanted)
        .map(({ id, ma_tra_loi, body }) => ({ ...body, id, ma_tra_loi }))
      return json(200, { success: true, data })
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (state.refuseNext) {
        state.refuseNext = false
        return json(422, { success: false, message: `Sai đơn vị nhận (Bearer ${token})` })
      }
      const body = JSON.parse(Buffer.concat(chunks).toString())
      state.replies.push({ id: state.replies.length + 1, ma_tra_loi: body.ma_tra_loi, body })
      if (state.loseNext) {
        state.loseNext = false
        return response.destroy()
      }
      return json(200, { success: true, data: { id: state.replies.length } })
    })
    return undefined
  }
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    state,
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** An address where, a moment ago, somebody listened. */
export async function deadAddress(): Promise<string> {
  const { address, close } = await openRegister([])
  await close()
  return address
}

export type OddList = (
  inside: readonly Row[],
  asked: ReturnType<typeof askedIn>,
) => { status?: number; data?: unknown; pagination?: unknown; success?: boolean }

function askedIn({ searchParams }: URL) {
  const [from, until] = [searchParams.get('from_date') ?? '', searchParams.get('to_date') ?? '']
  return {
    page: Number(searchParams.get('page') ?? 1),
    size: Number(searchParams.get('page_size')),
    from,
    until,
  }
}

function inside(rows: readonly Row[], url: URL): Row[] {
  const { from, until } = askedIn(url)
  return rows.filter(({ publish_date: date }) => {
    const day = date.slice(0, 10)
    return day >= from && day <= until
  })
}

function pageOf(rows: readonly Row[], url: URL) {
  const { page, size: pageSize } = askedIn(url)
  const all = inside(rows, url)
  const data = all.slice((page - 1) * pageSize, page * pageSize)
  return { success: true, data, pagination: { total: all.length, page, pageSize } }
}

function goWrong(fault: Fault, response: http.ServerResponse): void {
  switch (fault) {
    case 'unavailable':
      response.writeHead(503).end()
      return
    case 'unauthorized':
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"success":false}')
      return
    case 'htmlPage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Đăng nhập</html>')
      return
    case 'truncated':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"success":true,"data":[', () => response.destroy())
      return
    case 'silent':
  }
}
