import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Simulator } from '#connectors/simulator/control.ts'
import { type FaultKind, faultKinds, makeFaults } from '#connectors/simulator/faults.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { manualClock } from '#src/domain/clock.ts'

const register = makeRegister({ seed: 31, from: '2026-03-02', until: '2026-04-30' })
const evening = new Date('2026-04-10T20:00:00+07:00')
const token = 'token-of-the-test'
const open: Simulator[] = []
const released = register.documents.filter(
  ({ releasedAt, expected }) => releasedAt <= evening && expected === 'eligible',
)
const withFile = released.find(({ files }) => files.length > 0)!
const detail = `/api/van-ban-di/${withFile.id}`
const download = `${detail}/dinh-kem/${withFile.files[0]!.id}/download`
const list = '/api/van-ban-di?page=1&page_size=20'

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.stop()))
})

async function start() {
  const clock = manualClock(evening)
  const simulator = await startSimulator({ register, clock, token })
  open.push(simulator)
  return simulator
}

/** What stands on the wire until the connection ends: status, headers and body as they came. */
function onTheWire(simulator: Simulator, path: string, method = 'GET', body = '') {
  return new Promise<{ status: number | null; headers: Map<string, string>; body: Buffer }>(
    (resolve) => {
      const { port, hostname } = new URL(simulator.url)
      const chunks: Buffer[] = []
      const socket = net.connect(Number(port), hostname)
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', () => {})
      socket.on('close', () => {
        const all = Buffer.concat(chunks)
        const end = all.indexOf('\r\n\r\n')
        const [first = '', ...lines] = all.subarray(0, Math.max(0, end)).toString().split('\r\n')
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? Number.NaN) || null
        const headers = new Map(
          lines.map((line) => {
            const colon = line.indexOf(':')
            return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
          }),
        )
        resolve({ status, headers, body: all.subarray(end + 4) })
      })
      const length = Buffer.byteLength(body)
      socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: simulator\r\nauthorization: Bearer ${token}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
      )
    },
  )
}

async function rowsOf(simulator: Simulator, page: number): Promise<number[]> {
  const path = `/api/van-ban-di?page=${page}&page_size=10&from_date=2026-04-01&to_date=2026-04-10`
  const { body } = await onTheWire(simulator, path)
  return JSON.parse(body.toString()).data.map(({ id }: { id: number }) => id)
}

describe('on the wire', () => {
  it('answers late', async () => {
    const simulator = await start()
    simulator.faults.set({ latencyMs: [80, 80] })
    simulator.faults.arm('latency')
    const begun = performance.now()
    expect((await onTheWire(simulator, detail)).status).toBe(200)
    // Timers may fire a little early; without the fault nothing waits at all.
    expect(performance.now() - begun).toBeGreaterThan(70)
  })

  it('answers 500, 502 or 503 to anything, or to details only', async () => {
    const simulator = await start()
    simulator.faults.arm('serverError', 3)
    for (const path of [list, detail, download]) {
      expect([500, 502, 503]).toContain((await onTheWire(simulator, path)).status)
    }
    simulator.faults.arm('detailError', 1)
    expect((await onTheWire(simulator, list)).status).toBe(200)
    expect((await onTheWire(simulator, download)).status).toBe(200)
    expect([500, 502, 503]).toContain((await onTheWire(simulator, detail)).status)
    expect((await onTheWire(simulator, detail)).status).toBe(200)
  })

  it('gives all three statuses in time', async () => {
    const simulator = await start()
    simulator.faults.arm('serverError', 60)
    const statuses = new Set<number | null>()
    for (let at = 0; at < 60; at += 1) statuses.add((await onTheWire(simulator, detail)).status)
    expect(statuses).toEqual(new Set([500, 502, 503]))
  })

  it('shows a page with status 200 instead of JSON', async () => {
    const simulator = await start()
    simulator.faults.arm('htmlPage')
    const { status, headers, body } = await onTheWire(simulator, detail)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(body.toString()).toMatch(/^<!doctype html>/)
  })

  it.each([list, detail, download])('announces more than it sends: %s', async (path) => {
    const simulator = await start()
    const whole = await onTheWire(simulator, path)
    simulator.faults.arm('cutBody')
    const { status, headers, body } = await onTheWire(simulator, path)
    expect(status).toBe(200)
    expect(Number(headers.get('content-length'))).toBe(whole.body.length)
    expect(body.length).toBeLessThan(whole.body.length)
    expect(body.length).toBeGreaterThan(0)
  })

  it('carries well a JSON that stops in the middle', async () => {
    const simulator = await start()
    simulator.faults.arm('cutJson', 1)
    const { headers, body } = await onTheWire(simulator, detail)
    expect(Number(headers.get('content-length'))).toBe(body.length)
    expect(() => JSON.parse(body.toString())).toThrow(SyntaxError)
  })

  it('drops the connection before anything is said or done', async () => {
    const simulator = await start()
    simulator.faults.arm('dropped', 2)
    expect((await onTheWire(simulator, detail)).status).toBeNull()
    const lost = await onTheWire(simulator, `${detail}/tra-loi`, 'POST', reply())
    expect(lost.status).toBeNull()
    expect(simulator.replies()).toEqual([])
  })

  it('records the reply, then loses the answer', async () => {
    const simulator = await start()
    simulator.faults.arm('answerLost')
    const lost = await onTheWire(simulator, `${detail}/tra-loi`, 'POST', reply())
    expect(lost.status).toBeNull()
    expect(simulator.replies()).toMatchObject([{ ma_tra_loi: 'tl-1', documentId: withFile.id }])
    const found = await onTheWire(simulator, `${detail}/tra-loi?ma_tra_loi=tl-1`)
    expect(JSON.parse(found.body.toString()).data).toMatchObject([{ id: 1, ma_tra_loi: 'tl-1' }])
  })

  it('shows a row twice on its page', async () => {
    const simulator = await start()
    const right = await rowsOf(simulator, 1)
    simulator.faults.arm('duplicateRows')
    const wrong = await rowsOf(simulator, 1)
    expect(wrong.length).toBe(right.length + 1)
    expect(new Set(wrong)).toEqual(new Set(right))
    expect(await rowsOf(simulator, 1)).toEqual(right)
  })

  it('cuts a page out of another order, so that rows are missed and met twice', async () => {
    const simulator = await start()
    const [first, second] = [await rowsOf(simulator, 1), await rowsOf(simulator, 2)]
    simulator.faults.arm('reorderedPages')
    const mixed = await rowsOf(simulator, 2)
    expect(mixed).not.toEqual(second)
    expect(mixed.some((id) => first.includes(id))).toBe(true)
    expect(await rowsOf(simulator, 2)).toEqual(second)
  })

  it('shifts later pages by a row that came on top after the first', async () => {
    const simulator = await start()
    const right = [...(await rowsOf(simulator, 1)), ...(await rowsOf(simulator, 2))]
    simulator.faults.arm('shiftedPages')
    const [first, second] = [await rowsOf(simulator, 1), await rowsOf(simulator, 2)]
    expect(first).not.toContain(right[0])
    expect(second[0]).toBe(first.at(-1))
    expect(await rowsOf(simulator, 1)).toContain(right[0])
  })

  it('has its own idea of the time', async () => {
    const simulator = await start()
    const before = JSON.parse((await onTheWire(simulator, list)).body.toString()).pagination.total
    simulator.faults.set({ skewMs: 5 * 86_400_000 })
    const { headers, body } = await onTheWire(simulator, list)
    expect(JSON.parse(body.toString()).pagination.total).toBeGreaterThan(before)
    expect(headers.get('date')).toBe('Wed, 15 Apr 2026 13:00:00 GMT')
    expect(simulator.now().toISOString()).toBe('2026-04-15T13:00:00.000Z')
  })

  it('refuses every connection for a while, ends those that are open, and comes back', async () => {
    const simulator = await start()
    const { port } = new URL(simulator.url)
    const waiting = net.connect(Number(port), '127.0.0.1')
    await new Promise((connected) => waiting.once('connect', connected))
    const ended = new Promise((closed) => waiting.once('close', closed))
    waiting.on('error', () => {})
    const over = simulator.outage(300)
    await ended
    const refused = await new Promise<NodeJS.ErrnoException>((failed) => {
      net.connect(Number(port), '127.0.0.1').once('error', failed)
    })
    expect(refused.code).toBe('ECONNREFUSED')
    await over
    expect((await onTheWire(simulator, detail)).status).toBe(200)
  })

  it('stops during an outage', async () => {
    const simulator = await start()
    const over = simulator.outage(50)
    await simulator.stop()
    await over
    const { port } = new URL(simulator.url)
    const refused = await new Promise<NodeJS.ErrnoException>((failed) => {
      net.connect(Number(port), '127.0.0.1').once('error', failed)
    })
    expect(refused.code).toBe('ECONNREFUSED')
  })
})

describe('by rate', () => {
  const perDocument = faultKinds.filter((kind) => kind !== 'latency')

  it('strikes the same requests for the same seed', () => {
    const pattern = (seed: number) => {
      const faults = makeFaults({ seed, rates: { serverError: 0.3 } })
      return Array.from({ length: 300 }, (_, at) => faults.strikes('serverError', at % 100))
    }
    expect(pattern(1)).toEqual(pattern(1))
    expect(pattern(1)).not.toEqual(pattern(2))
  })

  it('strikes at its rate', () => {
    const faults = makeFaults({ seed: 5, rates: { dropped: 0.25 } })
    for (let id = 0; id < 2000; id += 1) faults.strikes('dropped', id)
    expect(faults.counts().dropped).toBeGreaterThan(400)
    expect(faults.counts().dropped).toBeLessThan(600)
    expect(faults.counts().cutBody).toBe(0)
    const even = faults.counts((id) => Number(id) % 2 === 0).dropped
    const odd = faults.counts((id) => Number(id) % 2 === 1).dropped
    expect(even).toBeGreaterThan(200)
    expect(even + odd).toBe(faults.counts().dropped)
  })

  it.each(perDocument)('lets everybody through in the end: %s', (kind: FaultKind) => {
    const faults = makeFaults({ seed: 5, rates: { [kind]: 1 }, atMost: 3 })
    const asked = Array.from({ length: 6 }, () => faults.strikes(kind, 51_001))
    expect(asked).toEqual([true, true, true, false, false, false])
    expect(faults.strikes(kind, 51_002)).toBe(true)
  })

  it('goes on with a list for as long as it is asked for, but never too often in a row', () => {
    const faults = makeFaults({ seed: 5, rates: { htmlPage: 1 }, atMost: 2 })
    const asked = Array.from({ length: 6 }, () => faults.strikes('htmlPage', 'a window'))
    expect(asked).toEqual([true, true, false, true, true, false])
  })

  it('is silent when cleared, and after an armed fault is spent', () => {
    const faults = makeFaults({ rates: { cutJson: 1 } })
    faults.clear()
    expect(faults.strikes('cutJson', 1)).toBe(false)
    faults.arm('cutJson', 1, 7)
    expect(faults.strikes('cutJson', 8)).toBe(false)
    expect(faults.strikes('cutJson', 7)).toBe(true)
    expect(faults.strikes('cutJson', 7)).toBe(false)
  })

  it('refuses a plan it does not understand', () => {
    expect(() => makeFaults({ rates: { serverError: 2 } })).toThrow(/from 0 to 1/)
    expect(() => makeFaults({ rates: { rain: 1 } as never })).toThrow(/no fault is called rain/)
  })
})

function reply(): string {
  return JSON.stringify({
    ma_tra_loi: 'tl-1',
    ket_qua: 'chua_hoan_thanh',
    ngay_hoan_thanh: null,
    dien_giai: 'Đang thực hiện',
    don_vi: { ma: 'H99.02', ten: 'Sở Xây dựng' },
    van_ban: null,
    tep: [],
  })
}
