/** Every request, byte for byte what the axis operator's own client wrote in the same place (wire §4). */
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import type { Connector, Delivery } from '#connectors/connector.ts'
import type { VxpProfile } from '#connectors/vxp/profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { replyTo } from './contract.ts'

const secret = 'bi-mat-cua-bai-kiem-tra'
const docId = '5a1f0a52-0000-4000-8000-000000000001'
const concerns = {
  ref: { transportRef: docId, sourceRef: '000.00.15.H99 000.00.15.H99,2025/03/10,125/UBND-VP' },
  code: '125/UBND-VP',
  issuedOn: '2025-03-10',
  issuer: 'UBND tỉnh Mẫu',
}
const status: Delivery = {
  kind: 'status',
  concerns,
  code: '03',
  description: 'Đã tiếp nhận',
  at: new Date('2025-03-12T02:02:00Z'),
  id: 'x',
}
const reply: Delivery = { ...replyTo(''), concerns }

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

it.each<[string, Partial<VxpProfile>, (connector: Connector) => Promise<unknown>]>([
  [
    '004-getReceivedEdocList-ok',
    { list: { dates: 'none' } },
    (c) => c.list({ from: '2025-03-01', until: '2025-03-30' }, null),
  ],
  [
    '005-getReceivedEdocList-ok',
    {},
    (c) => c.list({ from: '2025-03-01', until: '2025-03-30' }, 'status'),
  ],
  ['006-getEdoc-ok', { fetch: 'getEdoc' }, (c) => c.read({ transportRef: docId, sourceRef: null })],
  [
    '007-updateStatus-ok',
    {},
    (c) => c.send({ kind: 'acknowledge', ref: concerns.ref, as: 'done' }),
  ],
  ['008-getSentEdocList-ok', {}, (c) => c.lookUp(reply, new Date())],
  ['011-downloadEdoc-ok', {}, (c) => c.read({ transportRef: docId, sourceRef: null })],
  ['014-sendEdoc-ok', {}, (c) => c.send(reply)],
  ['015-sendEdoc-ok', {}, (c) => c.send(status)],
])('asks as in transcript %s', async (name, more, ask) => {
  const transcript = transcriptOf(name)
  const { asked, connector, host } = await at(transcript.at, more)
  await ask(connector)
  const { head, body } = partsOf(asked())

  const headers = headersIn(head)
  const signed = headers['XroadVnpt-sign-header']!
  const variable: Record<string, string> = {
    Host: host,
    'XroadVnpt-sign-header': signed,
    'XroadVnpt-hash-header': createHmac('sha256', secret).update(signed).digest('hex'),
  }
  // The transcript looks up one DocId and names two receivers; the bridge has none and one.
  const dropped = name.startsWith('008') ? ['docId'] : []
  if (name.startsWith('015')) variable['XroadVnpt-to'] = '["000.00.15.H99"]'
  if (name.includes('sendEdoc')) {
    variable['Content-Length'] = String(body.length)
    variable['XroadVnpt-hash-file'] = oddHex(
      createHash('sha256').update(body.subarray(0, -2)).digest(),
    )
  }
  expect(head).toBe(transcript.headWith(variable, dropped))
  expect(Object.entries(JSON.parse(signed))).toEqual(
    headers['XroadVnpt-sign-header-key']!.split(';').map((key) => [
      `XroadVnpt-${key}`,
      headers[`XroadVnpt-${key}`],
    ]),
  )
  if (name.includes('sendEdoc')) expect(body.subarray(-2).toString()).toBe('\r\n')
  else expect(body.toString()).toBe(transcript.body)
})

it('sends a message that is read as what was meant', async () => {
  const { asked, connector } = await at(new Date(), {}, 'unit')
  await connector.send(reply)
  const { body } = partsOf(asked())
  const reading = await readMessage(Readable.from([body.subarray(0, -2)]))
  expect(reading).toMatchObject({
    readable: true,
    problems: [],
    message: {
      kind: 'document',
      from: { organId: 'H50.12', name: 'Sở Nông nghiệp và Môi trường' },
      to: [{ organId: '000.00.15.H99', name: 'UBND tỉnh Mẫu' }],
      documentId: 'H50.12,2026/03/19,112/SNNMT-VP',
      number: '112',
      symbol: 'SNNMT-VP',
      issuedOn: '2026-03-19',
      steering: 2,
      subject: 'Về kết quả rà soát',
      signer: { name: 'Nguyễn Văn B' },
      responseFor: [
        {
          organId: '000.00.15.H99',
          code: '125/UBND-VP',
          documentId: '000.00.15.H99,2025/03/10,125/UBND-VP',
          issuedOn: '2025-03-10',
        },
      ],
      business: { kind: 'new' },
      files: [{ name: 'tra-loi.pdf', mediaType: 'application/pdf' }],
      unknownElements: [],
    },
  })
})

/** A server of raw bytes that keeps what it is asked and answers OK. */
async function at(now: Date, more: Partial<VxpProfile>, sendAs: 'self' | 'unit' = 'self') {
  const chunks: Buffer[] = []
  const answer = '{"status":"OK","ErrorCode":"0","ErrorDesc":"Thanh cong","data":[]}'
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (!isWhole(Buffer.concat(chunks))) return
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\nConnection: close\r\n\r\n${answer}`,
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const profile = simulatedVxpProfile({
    baseUrl: `http://${host}`,
    systemId: 'sys.test.01',
    secret,
    importFrom: '2025-01-01',
    liveFrom: '2025-01-01',
  })
  const self = { organId: '000.00.00.H99', name: 'UBND tỉnh Mẫu' }
  const retries = { times: 0, firstPauseMs: 1, maxPauseMs: 1 }
  const connector = connectVxp(
    { ...profile, retries, replies: { ...profile.replies, self, sendAs }, ...more },
    {},
    () => now,
  )
  open.push(async () => {
    await connector.close()
    server.close()
  })
  return { connector, host, asked: () => Buffer.concat(chunks) }
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /Content-Length: (\d+)/.exec(bytes.toString('latin1', 0, end))?.[1] ?? '0'
  return bytes.length >= end + 4 + Number(length)
}

function partsOf(bytes: Buffer): { head: string; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n')
  return { head: bytes.toString('utf8', 0, end), body: bytes.subarray(end + 4) }
}

function headersIn(head: string): Record<string, string> {
  return Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
}

function transcriptOf(name: string) {
  const text = readFileSync(new URL(`../fixtures/vxp/${name}.txt`, import.meta.url), 'utf8')
  const [head = '', ...rest] = text.split('\n\n')
  const lines = head.split('\n')
  const [, day, month, year, hour, minute, second, ms] =
    /^XroadVnpt-timestamp: (\d\d)(\d\d)(\d{4})T(\d\d)(\d\d)(\d\d)\+0(\d{3})$/m.exec(head)!
  return {
    at: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}+07:00`),
    body: rest[0]?.startsWith('{}') ? '{}' : '',
    headWith(variable: Record<string, string>, dropped: readonly string[]): string {
      return lines
        .map((line) => {
          const at = line.indexOf(': ')
          const key = line.slice(0, at)
          const value =
            key === 'XroadVnpt-sign-header-key'
              ? withoutKeys(line.slice(at + 2), dropped)
              : line.slice(at + 2)
          if (dropped.some((gone) => key === `XroadVnpt-${gone}`)) return null
          return at < 0 ? line : `${key}: ${variable[key] ?? value}`
        })
        .filter((line) => line !== null)
        .join('\r\n')
    },
  }
}

function withoutKeys(keys: string, dropped: readonly string[]): string {
  return keys
    .split(';')
    .filter((key) => !dropped.includes(key))
    .join(';')
}

/** A byte below 0x10 as one digit (wire §4.3). */
function oddHex(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16)).join('')
}
