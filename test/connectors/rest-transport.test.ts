import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import type {
  Answer,
  Connector,
  FailureWord,
  OpenFile,
  SendOutcome,
} from '#connectors/connector.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { replyTo, valueIn, walk, wordOf } from './contract.ts'
import { detailOf, profileAt, row, token } from './paged-register.ts'
import { selfSigned } from './self-signed.ts'

const host = 'https://qlvb.test'
const window = { from: '2026-03-02', until: '2026-03-02' }
const ref = { transportRef: '5121', sourceRef: '5121' }
const file = { ref: '1', name: 'a.pdf', mediaType: 'application/pdf', size: null }
const open: { close(): unknown }[] = []

function at(baseUrl: string, more: Partial<RestProfile> = {}): Connector {
  const connector = connectRest(profileAt(baseUrl, more), {})
  open.push(connector)
  return connector
}

const page = (...data: unknown[]) => ({
  success: true,
  data,
  pagination: { total: data.length, page: 1, pageSize: 3 },
})
const detail = { success: true, data: detailOf(row(5121)) }
const retried = (times: number, maxPauseMs = 5) => ({
  retries: { times, firstPauseMs: 1, maxPauseMs },
})

/** The answer for the file, its stream still to be read. */
async function firstFile(connector: Connector): Promise<Answer<OpenFile>> {
  const answers: Answer<OpenFile>[] = []
  await connector.openFiles(ref, [file], async (_file, answer) => answers.push(answer) === 0)
  return answers[0]!
}

/** A server of raw bytes, for what no HTTP library would say. */
async function rawServer(onAsked: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => onAsked(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  nock.abortPendingRequests()
  nock.cleanAll()
})

describe('the status of an answer as a word', () => {
  const table: [number, FailureWord][] = [
    [301, 'malformed'],
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'notFound'],
    [408, 'timeout'],
    [410, 'notFound'],
    [413, 'tooLarge'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ]
  for (const [status, word] of table) {
    it(`takes ${status} for ${word}`, async () => {
      nock(host).get('/api/van-ban-di/5121').reply(status, { success: false })
      expect(wordOf(await at(host).read(ref))).toBe(word)
    })
  }

  it("does not take a gateway's 404 page for a document that has vanished", async () => {
    nock(host)
      .get('/api/van-ban-di/5121')
      .reply(404, '<html>nginx</html>', { 'content-type': 'text/html' })
    expect(wordOf(await at(host).read(ref))).toBe('malformed')
  })
})

describe('an answer of another shape', () => {
  const malformed: Record<string, string> = {
    'an HTML page with status 200': '<!doctype html><title>Đăng nhập</title>',
    'nothing at all': '',
    'a list without its total': JSON.stringify({ success: true, data: [] }),
    'rows that are no array': JSON.stringify({ ...page(), data: {} }),
    'null for the rows': JSON.stringify({ ...page(), data: null }),
    'no word of success': JSON.stringify({ data: [], pagination: { total: 0 } }),
    'a field named twice': '{"success":true,"success":true,"data":[],"pagination":{"total":0}}',
  }
  for (const [what, body] of Object.entries(malformed)) {
    it(`never takes ${what} for an empty list`, async () => {
      nock(host).get('/api/van-ban-di').query(true).reply(200, body)
      expect(wordOf(await at(host).list(window, null))).toBe('malformed')
    })
  }

  it('refuses bytes that are not UTF-8', async () => {
    const latin = Buffer.from(JSON.stringify(detail).replace('Trần', 'Tr\xe2n'), 'latin1')
    nock(host).get('/api/van-ban-di/5121').reply(200, latin)
    expect(wordOf(await at(host).read(ref))).toBe('malformed')
  })

  it('takes success that the source denies for rejected', async () => {
    nock(host)
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, { ...page(), success: false })
    expect(wordOf(await at(host).list(window, null))).toBe('rejected')
  })

  it('takes fewer bytes than announced for malformed', async () => {
    const address = await rawServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"success":true,"data":[]')
    })
    expect(wordOf(await at(address).list(window, null))).toBe('malformed')
  })

  it('takes more bytes than announced for malformed', async () => {
    const address = await rawServer((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n${JSON.stringify(page())}`)
    })
    expect(wordOf(await at(address).list(window, null))).toBe('malformed')
  })

  it('takes what is not HTTP for malformed', async () => {
    const address = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(wordOf(await at(address).list(window, null))).toBe('malformed')
  })

  it('takes another document than the one asked for as malformed', async () => {
    nock(host)
      .get('/api/van-ban-di/5121')
      .reply(200, { success: true, data: detailOf(row(5122)) })
    expect(wordOf(await at(host).read(ref))).toBe('malformed')
  })

  it('takes a detail without its files for malformed, and one with none for one with none', async () => {
    const { attachments: _, ...without } = detailOf(row(5121))
    nock(host).get('/api/van-ban-di/5121').reply(200, { success: true, data: without })
    expect(wordOf(await at(host).read(ref))).toBe('malformed')
    nock(host)
      .get('/api/van-ban-di/5121')
      .reply(200, { success: true, data: { ...without, attachments: [] } })
    expect(valueIn(await at(host).read(ref)).files).toEqual([])
  })
})

describe('limits', () => {
  const small = {
    limits: { ...profileAt(host).limits, maxAnswerBytes: 2000, maxFileBytes: 2000 },
  }
  const download = '/api/van-ban-di/5121/dinh-kem/1/download'

  it('stops reading an answer that is too large', async () => {
    nock(host).get('/api/van-ban-di/5121').reply(200, 'x'.repeat(2001))
    expect(wordOf(await at(host, small).read(ref))).toBe('tooLarge')
  })

  it('counts the bytes that come out of a compressed answer', async () => {
    nock(host)
      .get('/api/van-ban-di/5121')
      .reply(200, gzipSync(Buffer.alloc(1_000_000, 32)), { 'content-encoding': 'gzip' })
    expect(wordOf(await at(host, small).read(ref))).toBe('tooLarge')
  })

  it('does not open a file that announces too many bytes', async () => {
    nock(host).get(download).reply(200, Buffer.alloc(2001), { 'content-length': '2001' })
    expect(wordOf(await firstFile(at(host, small)))).toBe('tooLarge')
  })

  it('breaks the stream of a file that grows beyond the limit, saying no more than the word', async () => {
    nock(host).get(download).reply(200, Buffer.alloc(2001))
    const opened = valueIn(await firstFile(at(host, small)))
    const broken = await buffer(opened.content).catch((error: unknown) => error)
    expect(broken).toMatchObject({
      failure: { word: 'tooLarge', source: 'qlvb-tinh', operation: 'openFile' },
    })
    expect(String(broken)).not.toMatch(/5121|qlvb\.test/)
    expect(JSON.stringify(broken)).not.toContain(token)
  })

  it('breaks the stream of a file that the source cuts off', async () => {
    const address = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%PDF', () => socket.destroy())
    })
    const opened = valueIn(await firstFile(at(address)))
    expect(opened.size).toBe(900)
    await expect(buffer(opened.content)).rejects.toMatchObject({ failure: { word: 'malformed' } })
  })

  it('breaks the stream of a file that stops coming', async () => {
    const address = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%PDF')
    })
    const hurried = { limits: { ...profileAt(host).limits, answerTimeoutMs: 200 } }
    const opened = valueIn(await firstFile(at(address, hurried)))
    await expect(buffer(opened.content)).rejects.toMatchObject({ failure: { word: 'timeout' } })
  })

  it('tells a reader who comes too late that the time is over', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const address = await rawServer((socket) => {
      closed = once(socket, 'close')
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%PDF')
    })
    const hurried = { limits: { ...profileAt(host).limits, fileTimeoutMs: 200 } }
    const opened = valueIn(await firstFile(at(address, hurried)))
    await closed
    await expect(buffer(opened.content)).rejects.toMatchObject({ failure: { word: 'timeout' } })
  })

  it('lets go of a file whose taker fails', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const address = await rawServer((socket) => {
      closed = once(socket, 'close')
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%PDF')
    })
    const taken = at(address).openFiles(ref, [file], async () => {
      throw new Error('no longer ours')
    })
    await expect(taken).rejects.toThrow('no longer ours')
    await closed
  })

  it('closes the connection of a file that nobody reads', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const address = await rawServer((socket) => {
      closed = once(socket, 'close')
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n%PDF')
    })
    valueIn(await firstFile(at(address))).content.destroy()
    await closed
  })
})

describe('a connection that waits for its turn', () => {
  it('is not taken for one that does not come to stand', async () => {
    const connectTimeoutMs = 500
    let asked = 0
    const server = http.createServer((_request, answer) => {
      asked += 1
      const give = () =>
        answer.setHeader('content-type', 'application/json').end(JSON.stringify(detail))
      // Two connections are allowed: the third question is handed one that has just answered.
      if (asked <= 2) give()
      else setTimeout(give, 2 * connectTimeoutMs)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push({ close: () => server.closeAllConnections() ?? server.close() })
    const { limits, poll } = profileAt(host)
    const connector = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      limits: { ...limits, connectTimeoutMs, answerTimeoutMs: 20 * connectTimeoutMs },
      poll: { ...poll, concurrency: 1 },
    })
    const words = await Promise.all([1, 2, 3].map(async () => wordOf(await connector.read(ref))))
    expect(words).toEqual(['ok', 'ok', 'ok'])
  })
})

describe('reading again', () => {
  it('asks again where that can help', async () => {
    nock(host).get('/api/van-ban-di/5121').reply(503).get('/api/van-ban-di/5121').reply(200, detail)
    expect(wordOf(await at(host, retried(1)).read(ref))).toBe('ok')
  })

  it('asks as often as the profile allows and no more', async () => {
    const far = nock(host).get('/api/van-ban-di/5121').times(3).reply(500)
    expect(wordOf(await at(host, retried(2)).read(ref))).toBe('unavailable')
    expect(far.isDone()).toBe(true)
  })

  it('does not ask again where that cannot help', async () => {
    const second = nock(host).get('/api/van-ban-di/5121').reply(401).get('/').reply(200)
    expect(wordOf(await at(host, retried(3)).read(ref))).toBe('unauthorized')
    expect(second.pendingMocks()).toHaveLength(1)
  })

  it('waits as long as the source asks for', async () => {
    nock(host)
      .get('/api/van-ban-di/5121')
      .reply(429, '', { 'retry-after': '1' })
      .get('/api/van-ban-di/5121')
      .reply(200, detail)
    const began = performance.now()
    expect(wordOf(await at(host, retried(1, 2000)).read(ref))).toBe('ok')
    expect(performance.now() - began).toBeGreaterThanOrEqual(990)
  })

  it('gives up rather than ask sooner than the source allows', async () => {
    const far = nock(host).get('/api/van-ban-di/5121').reply(429, '', { 'retry-after': '3600' })
    far.get('/api/van-ban-di/5121').reply(200, detail)
    expect(wordOf(await at(host, retried(1)).read(ref))).toBe('unavailable')
    expect(far.pendingMocks()).toHaveLength(1)
  })
})

describe('where a question may go', () => {
  it('follows no redirect, so the token stays with its host', async () => {
    const elsewhere = nock('https://other.test').get('/').reply(200, detail)
    nock(host).get('/api/van-ban-di/5121').reply(302, '', { location: 'https://other.test/' })
    expect(wordOf(await at(host).read(ref))).toBe('malformed')
    expect(elsewhere.isDone()).toBe(false)
  })

  it('goes through no proxy of the environment', async () => {
    const address = await rawServer((socket) => {
      const body = JSON.stringify(detail)
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    })
    process.env.HTTP_PROXY = 'http://127.0.0.1:9'
    try {
      expect(wordOf(await at(address).read(ref))).toBe('ok')
    } finally {
      delete process.env.HTTP_PROXY
    }
  })

  it('keeps a reference inside its part of the address', async () => {
    const far = nock(host).get('/api/van-ban-di/..%2F..%2Fx').reply(404, {})
    const odd = { transportRef: '../../x', sourceRef: '../../x' }
    expect(wordOf(await at(host).read(odd))).toBe('notFound')
    expect(far.isDone()).toBe(true)
  })

  it('sends the token in the header that the profile names', async () => {
    const far = nock(host, { reqheaders: { 'x-authentication-token': 'k1' } })
    far.get('/api/van-ban-di/5121').reply(200, detail)
    const auth = { header: 'X-Authentication-Token', prefix: '', tokenEnv: 'QLVB_TOKEN' }
    const connector = connectRest(profileAt(host, { auth }), { QLVB_TOKEN: 'k1\n' })
    open.push(connector)
    expect(wordOf(await connector.read(ref))).toBe('ok')
  })
})

describe('connections that fail', () => {
  it('names a port that does not speak TLS, and nothing of a reply as sent', async () => {
    const address = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const connector = at(address.replace('http:', 'https:'))
    expect(wordOf(await connector.read(ref))).toBe('tlsNotSpoken')
    expect(await connector.send(replyTo('5121'))).toMatchObject({
      word: 'notSent',
      failure: { word: 'tlsNotSpoken' },
    })
  })

  it('accepts no certificate that it cannot verify, and sends nothing to its owner', async () => {
    let asked = 0
    const server = https.createServer(selfSigned('localhost'), () => {
      asked += 1
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const connector = at(`https://localhost:${(server.address() as AddressInfo).port}`)
    expect(wordOf(await connector.read(ref))).toBe('certificateChain')
    expect((await connector.send(replyTo('5121'))).word).toBe('notSent')
    expect(asked).toBe(0)
  })

  it("accepts a certificate of the province's own authority where the profile names it", async () => {
    const identity = selfSigned('localhost')
    const server = https.createServer(identity, (_, response) => {
      response.end(JSON.stringify(detail))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const folder = mkdtempSync(join(tmpdir(), 'ca-'))
    const caFile = join(folder, 'ca.pem')
    writeFileSync(caFile, identity.cert)
    const { port } = server.address() as AddressInfo
    const answer = await at(`https://localhost:${port}`, { tls: { caFile } }).read(ref)
    rmSync(folder, { recursive: true })
    expect(wordOf(answer)).toBe('ok')
  })

  it('names errors of the system by what they mean', async () => {
    for (const [code, word] of [
      ['ECONNREFUSED', 'connectionRefused'],
      ['ENOTFOUND', 'noSuchHost'],
      ['EAI_AGAIN', 'noSuchHost'],
      ['EHOSTUNREACH', 'noRoute'],
      ['CERT_REVOKED', 'certificateChain'],
      ['ECONNRESET', 'unreachable'],
      ['ETIMEDOUT', 'timeout'],
    ] as const) {
      nock(host)
        .get('/api/van-ban-di/5121')
        .replyWithError(Object.assign(new Error('no'), { code }))
      expect(wordOf(await at(host).read(ref))).toBe(word)
    }
  })
})

describe('what became of a send', () => {
  const sent = (reply: (far: nock.Interceptor) => unknown): Promise<SendOutcome> => {
    reply(nock(host).post('/api/van-ban-di/5121/tra-loi'))
    return at(host, retried(3)).send(replyTo('5121'))
  }

  it('is delivered when the source says so, under its own id', async () => {
    const outcome = await sent((far) => far.reply(200, { success: true, data: { id: 77 } }))
    expect(outcome).toEqual({ word: 'delivered', farRef: '77' })
  })

  it('is rejected in the words of the source, stripped of credentials and cut short', async () => {
    const message = `khóa ${token} không hợp lệ\n${'x'.repeat(900)}`
    const outcome = await sent((far) => far.reply(422, { success: false, message }))
    expect(outcome).toMatchObject({ word: 'rejected', answer: expect.stringContaining('hợp lệ') })
    expect(JSON.stringify(outcome)).not.toContain(token)
    expect(outcome.word === 'rejected' && outcome.answer.length).toBe(500)
  })

  it('is rejected by a denial with status 200', async () => {
    const outcome = await sent((far) => far.reply(200, { success: false, message: 'Trùng số' }))
    expect(outcome).toEqual({ word: 'rejected', answer: 'Trùng số' })
  })

  it('is not sent when the credentials are not accepted', async () => {
    const outcome = await sent((far) => far.reply(401, { success: false }))
    expect(outcome).toMatchObject({ word: 'notSent', failure: { word: 'unauthorized' } })
  })

  const open: Record<string, (far: nock.Interceptor) => unknown> = {
    'a server error': (far) => far.reply(500, { success: false }),
    'a page with status 200': (far) => far.reply(200, '<html>'),
    'no word of success': (far) => far.reply(200, {}),
    'a refusal without a word': (far) => far.reply(400, ''),
    'too many requests': (far) => far.reply(429, 'slow down'),
    'a redirect': (far) => far.reply(302, 'moved', { location: `${host}/x` }),
    'a connection that was reset': (far) =>
      far.replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
  }
  for (const [what, reply] of Object.entries(open)) {
    it(`stays unconfirmed after ${what}, and is not repeated`, async () => {
      expect((await sent(reply)).word).toBe('unconfirmed')
    })
  }

  it('is not sent when the system says that there was no connection', async () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    expect((await sent((far) => far.replyWithError(refused))).word).toBe('notSent')
  })

  it('stays unconfirmed when the answer does not come in time', async () => {
    let asked = 0
    const server = http.createServer(() => {
      asked += 1
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const hurried = { limits: { ...profileAt(host).limits, answerTimeoutMs: 300 } }
    const connector = at(`http://127.0.0.1:${port}`, { ...hurried, ...retried(3) })
    expect(await connector.send(replyTo('1'))).toMatchObject({
      word: 'unconfirmed',
      failure: { word: 'timeout' },
    })
    expect(asked).toBe(1)
    server.closeAllConnections()
    server.close()
  })
})

describe('pages', () => {
  it('are read on when the source gives fewer rows than asked for', async () => {
    const far = nock(host)
    for (const id of [1, 2, 3]) {
      far
        .get('/api/van-ban-di')
        .query({ page: id, page_size: 3, from_date: '2026-03-02', to_date: '2026-03-02' })
        .reply(200, { success: true, data: [row(id)], pagination: { total: '3' } })
    }
    far.get('/api/van-ban-di').query(true).reply(200, page())
    const { items, pages } = await walk(at(host), window)
    expect([items.length, pages]).toEqual([3, 4])
  })

  it('count a row without a readable id, and keep nothing of it', async () => {
    nock(host)
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, page(row(1, { id: null }), row(1, { id: '..' }), row(1, { id: { x: 1 } })))
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, page())
    const { items } = await walk(at(host), window)
    expect(items).toEqual([{ unreadable: true }, { unreadable: true }, { unreadable: true }])
  })

  it('tell two ids beyond 2^53 apart', async () => {
    const text = JSON.stringify(page(row(1), row(2)))
      .replace('"id":1,', '"id":9007199254740992,')
      .replace('"id":2,', '"id":9007199254740993,')
    nock(host)
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, text)
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, page())
    const { items } = await walk(at(host), window)
    expect(items.map((item) => (item.unreadable ? null : item.ref.transportRef))).toEqual([
      '9007199254740992',
      '9007199254740993',
    ])
  })

  it('give a row another version whenever anything in it changes, and not when its order does', async () => {
    const one = row(1)
    const turned = Object.fromEntries(Object.entries(one).reverse())
    nock(host)
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, page(one, turned, { ...one, secret_name: 'Mật' }))
      .get('/api/van-ban-di')
      .query(true)
      .reply(200, page())
    const { items } = await walk(at(host), window)
    const [first, second, third] = items.map((item) => (item.unreadable ? '' : item.version))
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })
})
