/** Answers that cost more to read than to send, from real far sides: given up while they come, few large ones at once. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Connector } from '#connectors/connector.ts'
import { mostLevels, mostValues } from '#connectors/http/bounds.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { eachInTurn, inTurn } from '#src/turns.ts'
import { profileAt, row } from './paged-register.ts'

let opened = new AsyncDisposableStack()
afterEach(async () => {
  await opened.disposeAsync()
  opened = new AsyncDisposableStack()
})

const window = { from: '2026-03-02', until: '2026-03-02' }

/** Answers a list with these pieces, the next only when the one before has left. */
async function openHeavy(pieces: () => Iterable<Buffer>, headers: Record<string, string> = {}) {
  const told = { sent: 0, ended: false }
  const server = http.createServer((_, response) => void send(response))
  async function send(response: http.ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    for (const piece of pieces()) {
      if (response.destroyed) return
      const room = response.write(piece)
      told.sent += piece.length
      if (!room) await left(response)
    }
    told.ended = true
    response.end()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, told }
}

async function left(response: http.ServerResponse): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  await Promise.race(
    ['drain', 'close'].map((event) => once(response, event, { signal }).catch(() => {})),
  )
  over.abort()
}

function at(address: string, more: Partial<RestProfile> = {}): Connector {
  const connector = connectRest(profileAt(address, more), {})
  opened.defer(() => connector.close())
  return connector
}

const patient = { limits: { ...profileAt('http://x').limits, answerTimeoutMs: 60_000 } }

function* repeated(head: string, piece: string, times: number, tail: string): Iterable<Buffer> {
  yield Buffer.from(head)
  const block = Buffer.from(piece.repeat(10_000))
  for (let n = 0; n < times; n += 10_000) yield block
  yield Buffer.from(tail)
}

const whole = '{"success":true,"pagination":{"total":1},"data":['

describe('an answer that costs more to read than to send is given up while it comes', () => {
  it.each([
    ['a million rows', whole, '{},', 'tooLarge'],
    ['a million numbers in one row', `${whole}{"a":[`, '1,', 'tooLarge'],
    ['a million fields', `${whole}{`, '"a":1,', 'tooLarge'],
    ['millions of lists within lists', `${whole}`, '[', 'malformed'],
    ['millions of objects within objects', `${whole}{"a":`, '{"a":', 'malformed'],
    ['levels after a text that looks like their end', `${whole}"]]]\\"}}}",`, '[', 'malformed'],
  ])('%s', async (_, head, piece, word) => {
    const { address, told } = await openHeavy(() => repeated(head, piece, 10_000_000, ''))
    const answer = await at(address, patient).list(window, null)
    expect(answer).toMatchObject({ ok: false, failure: { word } })
    expect(told.ended).toBe(false)
  })

  it('compressed to next to nothing', async () => {
    const packed = gzipSync(`${whole}${'{},'.repeat(3_000_000)}`)
    const { address } = await openHeavy(() => [packed], { 'content-encoding': 'gzip' })
    const answer = await at(address, patient).list(window, null)
    expect(answer).toMatchObject({ ok: false, failure: { word: 'tooLarge' } })
  })

  it('of XML', async () => {
    const pieces = () => repeated('<kq><ds>', '<v/>', 10_000_000, '')
    const { address, told } = await openHeavy(pieces)
    const answer = await at(address, { ...patient, answers: 'xml' }).list(window, null)
    expect(answer).toMatchObject({ ok: false, failure: { word: 'tooLarge' } })
    expect(told.ended).toBe(false)
  })

  it('and what an honest source sends is read: long texts, signs in them, a thousand rows', async () => {
    const text = '[{,'.repeat(2 * mostLevels + mostValues / 500)
    const rows = Array.from({ length: 1000 }, (_, n) => row(n + 1, { abstract: `${text} ${n}` }))
    const body = JSON.stringify({ success: true, data: rows, pagination: { total: 1000 } })
    const { address } = await openHeavy(() => [Buffer.from(body)])
    const answer = await at(address, patient).list(window, null)
    expect(answer).toMatchObject({ ok: true })
    expect(answer.ok && answer.value.items.length).toBe(1000)
  })
})

describe('large answers', () => {
  /** So much lies in buffers of the two ends of a connection that nobody reads. */
  const buffered = 12 * 1024 * 1024

  it('of many sources are held few at once, and all are read', async () => {
    const size = 30
    const text = Buffer.alloc(1024 * 1024, 'x')
    const pieces = function* () {
      yield Buffer.from(`{"success":true,"pagination":{"total":0},"data":[],"x":"`)
      for (let n = 0; n < size; n++) yield text
      yield Buffer.from('"}')
    }
    const sources = await Promise.all(Array.from({ length: 10 }, () => openHeavy(pieces)))
    let most = 0
    let over = false
    const watching = (async () => {
      for (; !over; await pause(2)) {
        const inHand = sources.filter(({ told }) => !told.ended && told.sent > buffered)
        most = Math.max(most, inHand.length)
      }
    })()
    const answers = await Promise.all(
      sources.map(({ address }, n) => connectorNamed(`nguon-${n}`, address).list(window, null)),
    )
    over = true
    await watching
    expect(answers.map(({ ok }) => ok)).toEqual(sources.map(() => true))
    expect(most).toBeLessThanOrEqual(3)
  }, 120_000)

  it('that wait for others are not told that they were slow', async () => {
    const big = Buffer.alloc(3 * 1024 * 1024, ' ')
    // Three that never end take all the room, until their time is over.
    const stalling = await Promise.all(Array.from({ length: 3 }, () => openStalling(big)))
    const slow = stalling.map((address, n) => connectorNamed(`cham-${n}`, address, 1500))
    const failing = Promise.all(slow.map((one) => one.list(window, null)))
    while (stalled < 3) await pause(5)
    const pieces = () => [big, Buffer.from('{"success":true,"pagination":{"total":0},"data":[]}')]
    const { address } = await openHeavy(pieces)
    const answer = await connectorNamed('nhanh', address, 1500).list(window, null)
    expect((await failing).map((one) => !one.ok && one.failure.word)).toEqual(
      slow.map(() => 'timeout'),
    )
    expect(answer).toMatchObject({ ok: true })
  }, 60_000)

  let stalled = 0
  async function openStalling(big: Buffer): Promise<string> {
    const server = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(big, () => {
        stalled += 1
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.defer(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  function connectorNamed(name: string, address: string, answerTimeoutMs = 60_000): Connector {
    const profile = profileAt(address)
    const limits = { ...profile.limits, answerTimeoutMs }
    const connector = connectRest({ ...profile, name, limits }, {})
    opened.defer(() => connector.close())
    return connector
  }
})

describe('long work takes turns', () => {
  it('so that whatever else waits comes in between', async () => {
    let seen = 0
    let over = false
    const other = (async () => {
      for (; !over; await setImmediate()) seen++
    })()
    const busy = () => {
      const end = performance.now() + 5
      while (performance.now() < end);
      return seen
    }
    const [many, one] = await Promise.all([
      eachInTurn(Array.from({ length: 40 }), busy),
      inTurn(busy),
    ])
    over = true
    await other
    // Between the first and the last of the many others were looked after more than once.
    expect(new Set(many).size).toBeGreaterThan(2)
    expect(one).toBeLessThan(many.at(-1)!)
  })

  it('and keeps its order, its results and what it throws', async () => {
    expect(await eachInTurn([1, 2, 3], (n) => n * 2)).toEqual([2, 4, 6])
    expect(await eachInTurn([], (n) => n)).toEqual([])
    await expect(
      eachInTurn([1], () => {
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
    expect(await inTurn(() => 'next')).toBe('next')
  })
})
