/** What the connector makes of answers that are not what they should be, and of messages of every size. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type Answer,
  type Connector,
  type FailureWord,
  FarSideFailure,
  type Message,
} from '#connectors/connector.ts'
import type { VxpProfile } from '#connectors/vxp/profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { replyTo, valueIn, wordOf } from './contract.ts'

const window = { from: '2026-03-02', until: '2026-03-02' }
const docId = '5a1f0a52-0000-4000-8000-000000000001'
const ref = { transportRef: docId, sourceRef: null }
const small = readFileSync(
  new URL('../fixtures/edxml/01-new-one-attachment.edxml', import.meta.url),
)
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
})

/** The answers of one axis, in the order in which they are asked for: operation, HTTP status, body. */
type Script = readonly (readonly [operation: string, status: number, body: unknown])[]

async function axis(script: Script, more: Partial<VxpProfile> = {}) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    request.resume().once('end', () => {
      asked.push(request.url!.slice(1))
      const [operation, status, body] = script[asked.length - 1] ?? ['nothing', 418, '']
      if (operation !== asked.at(-1)) response.writeHead(418).end()
      else response.writeHead(status).end(bytesOf(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = simulatedVxpProfile({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    systemId: 'sys.test.01',
    secret: 'bi-mat-cua-bai-kiem-tra',
    importFrom: '2026-01-01',
    liveFrom: '2026-01-01',
  })
  const retries = { times: 0, firstPauseMs: 1, maxPauseMs: 1 }
  const connector = connectVxp({ ...profile, retries, ...more }, {})
  open.push({
    async close() {
      await connector.close()
      server.closeAllConnections()
      server.close()
    },
  })
  return { connector, asked }
}

function bytesOf(body: unknown): Buffer | string {
  return Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
}

const ok = (data: unknown) => ({ status: 'OK', ErrorCode: '0', ErrorDesc: 'Thanh cong', data })

const mib = 1024 * 1024

/** One file of 4 MiB: more, as base64, than is held in memory. */
function largeMessage(fill: string): Buffer {
  const content = Buffer.from(`%PDF-1.4\n${fill.repeat(4 * mib)}\n%%EOF\n`)
  const encoded = /(<edXML:ContentTransferEncoded[^>]*>)[^<]*/
  return Buffer.from(small.toString().replace(encoded, `$1${content.toString('base64')}`))
}

async function filesOf(from: Connector, message: Message) {
  const got: { name: string; size: number }[] = []
  const words: FailureWord[] = []
  const take = async (
    file: { name: string },
    opened: Answer<{ content: AsyncIterable<Buffer> }>,
  ) => {
    if (!opened.ok) {
      words.push(opened.failure.word)
      return true
    }
    const bytes = await buffer(opened.value.content)
    got.push({ name: file.name, size: bytes.length })
    return true
  }
  const answer = message.held
    ? await message.held(message.files, take)
    : await from.openFiles({ ...ref, sourceRef: 'x' }, message.files, take)
  return { got, words, answer: wordOf(answer) }
}

describe('an answer that is not a list', () => {
  it.each<[string, number, unknown, FailureWord]>([
    ['nothing', 200, '', 'malformed'],
    ['no content', 204, undefined, 'malformed'],
    ['a page of a proxy', 200, '<html><body>Bảo trì</body></html>', 'malformed'],
    ['a bare array', 200, [], 'malformed'],
    ['no status', 200, { ErrorCode: '0', data: [] }, 'malformed'],
    ['OK without data', 200, { status: 'OK', ErrorCode: '0', ErrorDesc: '' }, 'malformed'],
    ['null for data', 200, ok(null), 'malformed'],
    ['an object for data', 200, ok({ docId }), 'malformed'],
    ['texts for rows', 200, ok([docId]), 'malformed'],
    ['OK with an ErrorCode', 200, { ...ok([]), ErrorCode: '99' }, 'rejected'],
    ['OK behind a 500', 500, ok([]), 'unavailable'],
    ['OK behind a 403', 403, ok([]), 'unauthorized'],
    ['FAIL of the signature', 200, { status: 'FAIL', ErrorCode: '15' }, 'unauthorized'],
    ['FAIL for now', 200, { status: 'FAIL', ErrorCode: '20' }, 'unavailable'],
    ['FAIL in small letters', 200, { status: 'fail', data: [] }, 'rejected'],
    ['the same name twice', 200, '{"status":"FAIL","status":"OK","data":[]}', 'malformed'],
    ['text behind the end', 200, `${JSON.stringify(ok([]))}<!-- -->`, 'malformed'],
  ])('is a failure and no empty list: %s', async (_what, status, body, word) => {
    const { connector } = await axis([['getReceivedEdocList', status, body]])
    expect(wordOf(await connector.list(window, null))).toBe(word)
  })

  it('names a row without a usable id unreadable, and keeps the others', async () => {
    const rows = ok([{ docId }, {}, { docId: 'a b' }, { docId: 7 }, { docId }])
    const { connector } = await axis([['getReceivedEdocList', 200, rows]])
    const { items } = valueIn(await connector.list(window, null))
    expect(items.map((item) => (item.unreadable ? null : item.ref.transportRef))).toEqual([
      docId,
      null,
      null,
      '7',
    ])
  })
})

describe('a message', () => {
  const smallByGet = ok(small.toString('base64'))

  it('is fetched by getEdoc where the axis has no downloadEdoc, from then on without asking', async () => {
    const { connector, asked } = await axis([
      ['downloadEdoc', 404, '<html>404</html>'],
      ['getEdoc', 200, smallByGet],
      ['getEdoc', 200, smallByGet],
    ])
    const message = valueIn(await connector.read(ref))
    expect(message.directive?.number).toBe('125')
    expect((await filesOf(connector, message)).got).toHaveLength(1)
    expect(wordOf(await connector.read(ref))).toBe('ok')
    expect(asked).toEqual(['downloadEdoc', 'getEdoc', 'getEdoc'])
  })

  it('that the axis does not know is not found, and is not asked for another way', async () => {
    const unknown = { status: 'FAIL', ErrorCode: '21' }
    const { connector, asked } = await axis([['downloadEdoc', 404, unknown]])
    expect(wordOf(await connector.read(ref))).toBe('notFound')
    expect(asked).toEqual(['downloadEdoc'])
  })

  it.each<[string, unknown, FailureWord]>([
    ['without data', { status: 'OK', ErrorCode: '0' }, 'malformed'],
    ['with data that is no base64', ok('PGVkWE1M*'), 'malformed'],
    ['with base64 of something else', ok(Buffer.from('<html/>').toString('base64')), 'malformed'],
    ['with an ErrorCode', { ...smallByGet, ErrorCode: '99' }, 'rejected'],
  ])('by getEdoc is refused %s', async (_what, body, word) => {
    const { connector } = await axis([['getEdoc', 200, body]], { fetch: 'getEdoc' })
    expect(wordOf(await connector.read(ref))).toBe(word)
  })

  it.each<[string, unknown, FailureWord]>([
    ['an answer of the axis', ok(null), 'malformed'],
    ['a refusal', { status: 'FAIL', ErrorCode: '99' }, 'rejected'],
    ['a page of a proxy', '<html><body>Bảo trì</body></html>', 'malformed'],
    ['a message that breaks off', small.subarray(0, -20), 'malformed'],
  ])('by downloadEdoc is not %s', async (_what, body, word) => {
    const { connector } = await axis([['downloadEdoc', 200, body]])
    expect(wordOf(await connector.read(ref))).toBe(word)
  })

  it('of more than 4 MiB is asked for again for its files, and not held', async () => {
    const large = largeMessage('a')
    const { connector, asked } = await axis([
      ['downloadEdoc', 200, large],
      ['downloadEdoc', 200, large],
    ])
    const message = valueIn(await connector.read(ref))
    expect(message.held).toBeNull()
    const { got, answer } = await filesOf(connector, message)
    expect({ sizes: got.map(({ size }) => size), answer }).toEqual({
      sizes: [4 * mib + 16],
      answer: 'ok',
    })
    expect(asked).toHaveLength(2)
  })

  it('that changed between its two readings gives no file that counts', async () => {
    const { connector } = await axis([
      ['downloadEdoc', 200, largeMessage('a')],
      ['downloadEdoc', 200, largeMessage('b')],
    ])
    const message = valueIn(await connector.read(ref))
    const said = await filesOf(connector, message).then(
      ({ answer, words }) => [answer, ...words],
      (error: unknown) => [error instanceof FarSideFailure ? error.failure.word : 'ours'],
    )
    expect(said).toContain('malformed')
  })

  it('of up to 4 MiB is asked for once', async () => {
    const { connector, asked } = await axis([['downloadEdoc', 200, small]])
    const { got } = await filesOf(connector, valueIn(await connector.read(ref)))
    expect(got).toHaveLength(1)
    expect(asked).toEqual(['downloadEdoc'])
  })
})

describe('what is sent', () => {
  it.each<[string, number, unknown, string]>([
    ['OK that names it', 200, ok([{ docId: 'abc' }]), 'delivered'],
    ['a page with status 200', 200, '<html/>', 'unconfirmed'],
    ['a gateway that gave up', 504, '<html/>', 'unconfirmed'],
    ['OK with an ErrorCode', 200, { ...ok([]), ErrorCode: '22' }, 'rejected'],
    ['a refusal', 200, { status: 'FAIL', ErrorCode: '22', ErrorDesc: 'sai chuẩn' }, 'rejected'],
  ])('answered with %s and %i', async (_what, status, body, word) => {
    const { connector, asked } = await axis([['sendEdoc', status, body]])
    const { word: said } = await connector.send(replyTo(docId, '000.00.00.H50 x'))
    expect(said).toBe(word)
    expect(asked).toEqual(['sendEdoc'])
  })
})
