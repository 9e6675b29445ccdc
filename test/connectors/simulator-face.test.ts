import { afterEach, describe, expect, it } from 'vitest'
import type { Simulator } from '#connectors/simulator/control.ts'
import { type Row, rowAt } from '#connectors/simulator/document.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { manualClock } from '#src/domain/clock.ts'
import { localDateOf } from '#src/domain/local-date.ts'

const months = { seed: 21, from: '2026-03-02', until: '2026-04-30' }
const register = makeRegister(months)
const evening = new Date('2026-04-10T20:00:00+07:00')
const token = 'token-of-the-test'
const open: Simulator[] = []
const released = register.documents.filter(({ releasedAt }) => releasedAt <= evening)
const ordinary = released.filter(({ expected }) => expected === 'eligible')

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.stop()))
})

/** All that this face may answer, in one: each test reads what it asked for. */
interface Said {
  readonly success: boolean
  readonly message: string
  readonly data: Row[] & { readonly id: number; readonly attachments: Announced[] }
  readonly pagination: { readonly total: number; readonly page: number; readonly pageSize: number }
}

interface Announced {
  readonly id: number
  readonly file_size: number
}

async function start(more: Partial<Parameters<typeof startSimulator>[0]> = {}) {
  const clock = manualClock(evening)
  const simulator = await startSimulator({ register, clock, token, ...more })
  open.push(simulator)
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${simulator.url}${path}`, { headers: { authorization: `Bearer ${token}` }, ...init })
  const read = async (path: string, init?: RequestInit) => {
    const response = await ask(path, init)
    return { status: response.status, said: (await response.json()) as Said }
  }
  return { simulator, clock, ask, read }
}

const reply = {
  ma_tra_loi: 'tl-1',
  ket_qua: 'hoan_thanh',
  ngay_hoan_thanh: '2026-04-09',
  dien_giai: 'Đã hoàn thành',
  don_vi: { ma: 'H99.02', ten: 'Sở Xây dựng' },
  van_ban: null,
  tep: [{ ten: 'a.pdf', loai: 'application/pdf', noi_dung: Buffer.from('abc').toString('base64') }],
}
const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })

describe('the list', () => {
  it('holds exactly what is visible, over all pages, newest first', async () => {
    const { read } = await start()
    const ids: number[] = []
    const dates: string[] = []
    for (let page = 1; ; page += 1) {
      const { said } = await read(`/api/van-ban-di?page=${page}&page_size=50`)
      expect(said.success).toBe(true)
      if (said.data.length === 0) break
      for (const row of said.data) {
        ids.push(row.id)
        dates.push(row.publish_date ?? '')
      }
      expect(said.pagination).toMatchObject({ page, pageSize: 50 })
    }
    const visible = register.documents.filter((document) => rowAt(document, evening))
    expect(ids.toSorted()).toEqual(visible.map(({ id }) => id).toSorted())
    const issued = dates.filter((date) => date !== '')
    expect(issued).toEqual(issued.toSorted().reverse())
  })

  it('takes both ends of a window of issue dates, and drafts by the day they were created', async () => {
    const { read } = await start()
    const { said } = await read(
      '/api/van-ban-di?page=1&page_size=500&from_date=2026-04-06&to_date=2026-04-10',
    )
    const days = said.data
      .filter((row) => row.is_released)
      .map((row) => row.publish_date?.slice(0, 10))
    expect([days.at(-1), days[0]]).toEqual(['2026-04-06', '2026-04-10'])
    expect(said.pagination.total).toBe(said.data.length)
    const draft = register.documents.find(({ fate }) => fate === 'draft')!
    const { simulator } = await start({ clock: manualClock(draft.createdAt) })
    const day = localDateOf(draft.createdAt)
    const listed = await fetch(`${simulator.url}/api/van-ban-di?from_date=${day}&to_date=${day}`, {
      headers: { authorization: `Bearer ${token}` },
    }).then(async (response) => (await response.json()) as Said)
    const row = listed.data.find(({ id }) => id === draft.id)
    expect(row).toMatchObject({ number: null, publish_date: null, is_released: false })
  })

  it('grows with the clock', async () => {
    const { read, clock } = await start()
    const total = async () => (await read('/api/van-ban-di?page_size=1')).said.pagination.total
    const before = await total()
    clock.advance(7 * 86_400_000)
    expect(await total()).toBeGreaterThan(before)
  })

  it.each(['page=0', 'page_size=x', 'from_date=2026-02-30'])('refuses %s', async (query) => {
    const { read } = await start()
    expect(await read(`/api/van-ban-di?${query}`)).toMatchObject({
      status: 400,
      said: { success: false },
    })
  })
})

describe('a document', () => {
  it('shows its row, its content and its files, whose bytes come with their length', async () => {
    const { read, ask } = await start()
    const document = ordinary.find(({ files }) => files.length > 1)!
    const { said } = await read(`/api/van-ban-di/${document.id}`)
    expect(said.data).toMatchObject({ ...document.row, content: document.content })
    for (const [at, announced] of said.data.attachments.entries()) {
      const path = `/api/van-ban-di/${document.id}/dinh-kem/${announced.id}/download`
      const response = await ask(path)
      expect(response.headers.get('content-type')).toBe('application/pdf')
      expect(Number(response.headers.get('content-length'))).toBe(announced.file_size)
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(bytes.equals(document.files[at]!.content())).toBe(true)
    }
  })

  it('is unknown before it is created, as is any other', async () => {
    const { read } = await start()
    const future = register.documents.find(({ createdAt }) => createdAt > evening)!
    for (const path of [
      `${future.id}`,
      '1',
      `${ordinary[0]!.id}/dinh-kem/1/download`,
      '1/tra-loi',
    ]) {
      expect(await read(`/api/van-ban-di/${path}`)).toMatchObject({
        status: 404,
        said: { success: false },
      })
    }
  })
})

describe('a reply', () => {
  const path = `/api/van-ban-di/${ordinary[0]!.id}/tra-loi`

  it('is recorded each time it is sent, and found by its code', async () => {
    const { read, simulator } = await start()
    const first = await read(path, post(reply))
    const again = await read(path, post(reply))
    const other = await read(path, post({ ...reply, ma_tra_loi: 'tl-2' }))
    expect([first, again, other].map(({ status }) => status)).toEqual([200, 200, 200])
    expect(simulator.replies().map(({ ma_tra_loi }) => ma_tra_loi)).toEqual([
      'tl-1',
      'tl-1',
      'tl-2',
    ])
    expect(simulator.replies()[0]).toMatchObject({
      documentId: ordinary[0]!.id,
      tep: [{ size: 3 }],
    })
    const found = await read(`${path}?ma_tra_loi=tl-1`)
    expect(found.said.data).toEqual([
      expect.objectContaining({ id: first.said.data.id, ma_tra_loi: 'tl-1' }),
      expect.objectContaining({ id: again.said.data.id, ma_tra_loi: 'tl-1' }),
    ])
    const elsewhere = `/api/van-ban-di/${ordinary[1]!.id}/tra-loi?ma_tra_loi=tl-1`
    expect((await read(elsewhere)).said.data).toEqual([])
  })

  it.each([
    ['an unknown unit', { don_vi: { ma: 'KHONG-CO', ten: 'x' } }],
    ['no unit', { don_vi: null }],
    ['another outcome', { ket_qua: 'xong' }],
    ['no date though done', { ngay_hoan_thanh: null }],
    ['a date that does not exist', { ngay_hoan_thanh: '2026-02-30' }],
    ['no code', { ma_tra_loi: '' }],
    ['a file that is not base64', { tep: [{ ten: 'a', loai: 'b', noi_dung: '%%%' }] }],
  ])('is refused with %s, and nothing is recorded', async (_what, wrong) => {
    const { read, simulator } = await start()
    const { status, said } = await read(path, post({ ...reply, ...wrong }))
    expect([status, said.success]).toEqual([422, false])
    expect(said.message).toMatch(/\p{L}/u)
    expect(simulator.replies()).toEqual([])
  })

  it('is refused by seed at the wanted share, and the same one every time', async () => {
    const { read } = await start({ refusals: { seed: 4, share: 0.3 } })
    const outcome = async (code: number) =>
      (await read(path, post({ ...reply, ma_tra_loi: `tl-${code}` }))).status
    const codes = Array.from({ length: 100 }, (_, code) => code)
    const first = await Promise.all(codes.map(outcome))
    expect(await Promise.all(codes.map(outcome))).toEqual(first)
    const refused = first.filter((status) => status === 422).length
    expect(refused).toBeGreaterThan(15)
    expect(refused).toBeLessThan(45)
  })
})

describe('the door', () => {
  it('lets nobody in without the token, and counts what is asked', async () => {
    const { simulator, read } = await start()
    for (const headers of [{}, { authorization: 'Bearer other' }]) {
      const response = await fetch(`${simulator.url}/api/van-ban-di`, { headers })
      expect(response.status).toBe(401)
    }
    await read('/api/van-ban-di')
    await read(`/api/van-ban-di/${ordinary[0]!.id}`)
    expect(simulator.requests()).toMatchObject({ list: 1, detail: 1, unauthorized: 2, reply: 0 })
  })

  it('is driven from outside', async () => {
    // A register of its own, because this test changes a document of it.
    const { simulator, read, clock } = await start({ register: makeRegister(months) })
    const drive = async (method: string, what: string, body?: unknown) => {
      const response = await fetch(`${simulator.url}/_simulator/${what}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, said: (await response.json()) as Said & unknown[] }
    }
    await drive('PUT', 'faults', { rates: { serverError: 1 }, atMost: 1 })
    const path = `/api/van-ban-di/${ordinary[0]!.id}`
    expect((await read(path)).status).toBeGreaterThanOrEqual(500)
    expect((await read(path)).status).toBe(200)
    await drive('DELETE', 'faults')
    await drive('POST', 'arm', { kind: 'detailError', subject: ordinary[1]!.id })
    expect((await read(path)).status).toBe(200)
    expect((await read(`/api/van-ban-di/${ordinary[1]!.id}`)).status).toBeGreaterThanOrEqual(500)

    const at = new Date(evening.getTime() + 1000).toISOString()
    await drive('POST', 'change', { id: ordinary[0]!.id, kind: 'markSecret', level: 3, at })
    expect((await read(path)).said.data).toMatchObject({ secret_id: 1 })
    const expected = async () => (await drive('GET', 'expected')).said.length
    const before = await expected()
    clock.advance(1000)
    expect((await read(path)).said.data).toMatchObject({ secret_id: 3, secret_name: 'Tối mật' })
    expect(await expected()).toBe(before - 1)

    await read(`${path}/tra-loi`, post(reply))
    expect((await drive('GET', 'replies')).said).toHaveLength(1)
    expect((await drive('GET', 'state')).said).toMatchObject({ replies: 1, requests: { reply: 1 } })
    expect((await drive('GET', 'canaries')).said).toEqual(simulator.canaries())
    expect((await drive('PUT', 'faults', { rates: { rain: 1 } })).status).toBe(400)
    expect((await drive('POST', 'change', { id: 1, kind: 'recall' })).status).toBe(400)
    expect((await drive('GET', 'weather')).status).toBe(404)
  })
})
