/** `chidao check` as a rehearsal: what is wrong in a profile is found before the first directive flows, with the key to change. */
import { afterEach, describe, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { rehearse } from '#src/cli/rehearsal/rehearsal.ts'
import {
  type OddList,
  openRegister,
  profileAt,
  type Row,
  row,
} from '#test/connectors/paged-register.ts'

const now = new Date('2026-03-04T02:00:00Z')
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

type Register = Awaited<ReturnType<typeof openRegister>>
const seven = Array.from({ length: 7 }, (_, at) => row(at + 1))

async function rehearsed(
  change: (profile: RestProfile) => Partial<RestProfile> = () => ({}),
  rows: readonly Row[] = seven,
  prepare: (register: Register) => void = () => {},
) {
  const register = await openRegister(rows)
  register.state.time = now
  prepare(register)
  open.push(register)
  const profile = profileAt(register.address)
  const { slips, notes } = await rehearse({ ...profile, ...change(profile) }, {}, now)
  return { slips, notes, asked: register.state.asked }
}

describe('a profile that fits', () => {
  it('is told what was tried: pages, a detail, a file, a look-up, the gate, the clock', async () => {
    const { slips, notes, asked } = await rehearsed()
    expect(slips).toEqual([])
    const said = notes.join('\n')
    expect(said).toMatch(/trang 1 \/ page 1 3 dòng.*page 2 3.*counts 7/)
    expect(said).toMatch(/đã đọc một tệp rồi bỏ \/ one file read and dropped: \d+ byte/)
    expect(said).toMatch(/look-up of a reply: hỏi được/)
    expect(said).toMatch(/gate: 6 được nhận \/ admitted, 0 chưa đủ/)
    expect(said).toContain('secret_id: 1 × 6 thường / ordinary')
    expect(said).toContain('urgent_id: 1 × 6 thường / normal')
    expect(said).toMatch(/clock against ours: [+-]?\d+ s/)
    expect(asked.every(({ method }) => method === 'GET')).toBe(true)
    expect(asked).toHaveLength(5)
  })

  it('also where most documents do without what is asked for', async () => {
    const { slips, notes } = await rehearsed(map({ replaces: 'thay_the' }))
    expect(slips).toEqual([])
    expect(notes.join('\n')).toMatch(/CẢNH BÁO: map\.replaces: không có gì/)
  })

  it('also where one page holds everything, and where the list alone decides nothing', async () => {
    const few = await rehearsed(undefined, seven.slice(0, 2))
    expect(few.slips).toEqual([])
    const undecided = await rehearsed(({ list }) => ({ list: { ...list, rowsDecide: false } }))
    expect(undecided.slips).toEqual([])
    expect(undecided.notes.join('\n')).toContain('gate: 1 được nhận')
  })
})

const renamed = ({ page, ...params }: Record<string, string>) => ({ ...params, trang: page })
const map = (more: object) => (profile: RestProfile) => ({ map: { ...profile.map, ...more } })
const fields = (more: object) => (profile: RestProfile) =>
  map({ fields: { ...profile.map.fields, ...more } })(profile)
const list = (more: object) => (profile: RestProfile) => ({ list: { ...profile.list, ...more } })
const detail = (more: object) => (profile: RestProfile) => ({
  detail: { ...(profile.detail as object), ...more } as RestProfile['detail'],
})
const files = (more: object) => (profile: RestProfile) => ({
  files: { ...profile.files!, ...more },
})
const reply = (more: object) => (profile: RestProfile) => {
  const lookUp = { ...(profile.reply!.lookUp as object), ...more }
  return { reply: { ...profile.reply!, lookUp: lookUp as never } }
}

describe('a profile that is wrong in one thing is named by its key', () => {
  it.each<[string, string, RegExp, (profile: RestProfile) => Partial<RestProfile>]>([
    [
      'subject',
      'map.subject (abstractt)',
      /nothing readable stands there/,
      map({ subject: 'abstractt' }),
    ],
    [
      'secrecy path',
      'map.fields.secret_id (secretId)',
      /nothing readable/,
      fields({ secret_id: 'secretId' }),
    ],
    [
      'paging',
      'list.params',
      /trang 2 lặp lại trang 1.*does not know the page parameter/,
      (profile) => list({ params: renamed(profile.list.params) })(profile),
    ],
    [
      'detail path',
      'detail.path (/v2/api/van-ban-di/{id})',
      /notFound/,
      detail({ path: '/v2/api/van-ban-di/{id}' }),
    ],
    ['file path', 'files.path', /notFound/, files({ path: '/api/van-ban-di/{id}/tep/{file}' })],
    [
      'date format',
      'map.issuedOn (publish_date, localDate)',
      /nothing readable/,
      map({ issuedOn: { path: 'publish_date', format: 'localDate' } }),
    ],
    ['files array', 'files.items (files)', /malformed/, files({ items: 'files' })],
    ['issuer', 'map.issuer (issuer)', /nothing readable/, map({ issuer: { path: 'issuer' } })],
    [
      'issuer of another field',
      'map.issuer (signer)',
      /admits none.*|cổng không nhận văn bản nào trong 6, nhiều nhất vì issuerOutOfScope \(issuer\) × 6/,
      map({ issuer: { path: 'signer' } }),
    ],
    ['id', 'map.id (doc_id)', /no row has an id/, map({ id: 'doc_id' })],
    ['number', 'map.code (code)', /nothing readable/, map({ code: 'code' })],
    [
      'number that is not there',
      'map.number (so)',
      /không có, hoặc khác số/,
      map({ number: 'so' }),
    ],
    ['number that differs', 'map.number (id)', /không có, hoặc khác số/, map({ number: 'id' })],
    [
      'urgency',
      'map.fields.urgent_id (urgency)',
      /urgency\.absentMeans/,
      fields({ urgent_id: 'urgency' }),
    ],
    ['type', 'map.typeName (type)', /nothing readable/, map({ typeName: { path: 'type' } })],
    ['state', 'map.fields.approved (ok)', /nothing readable/, fields({ approved: 'ok' })],
    [
      'list path',
      'list.path (/v2/api/van-ban-di)',
      /notFound/,
      list({ path: '/v2/api/van-ban-di' }),
    ],
    ['rows', 'list.items (items)', /malformed/, list({ items: 'items' })],
    ['total', 'list.total (total)', /malformed/, list({ total: 'total' })],
    [
      'success',
      'list.success.field (ok)',
      /malformed/,
      list({ success: { field: 'ok', in: [true] } }),
    ],
    [
      'success literal',
      'list.success',
      /rejected/,
      list({ success: { field: 'success', in: [1] } }),
    ],
    ['detail root', 'detail.root (item)', /malformed/, detail({ root: 'item' })],
    ['file id', 'files.id (file_id)', /malformed/, files({ id: 'file_id' })],
    ['file name', 'files.name (name)', /malformed/, files({ name: 'name' })],
    ['file size', 'files.size (id)', /notAnnounced/, files({ size: 'id' })],
    [
      'days',
      'list.params',
      /ngoài những ngày đã hỏi/,
      (profile) => list({ params: { ...profile.list.params, from_date: '2020-01-01' } })(profile),
    ],
    ['look-up rows', 'reply.lookUp.items (replies)', /malformed/, reply({ items: 'replies' })],
    [
      'token',
      'auth',
      /unauthorized: nguồn từ chối tài khoản.*refused the credentials/,
      ({ auth }) => ({ auth: { ...auth, token: 'another' } }),
    ],
    [
      'missing token',
      'QLVB_TOKEN',
      /secretMissing: thiếu token/,
      () => ({ auth: { header: 'Authorization', prefix: 'Bearer ', tokenEnv: 'QLVB_TOKEN' } }),
    ],
  ])('%s', async (_what, key, says, change) => {
    const older = row(9, { publish_date: '2025-12-01T00:00:00+07:00' })
    const { slips } = await rehearsed(change, [older, ...seven])
    expect(slips.length).toBeGreaterThan(0)
    expect(slips[0]).toMatch(says)
    expect(slips[0]!.startsWith(key)).toBe(true)
    expect(slips.join('\n')).not.toMatch(/triển khai nhiệm vụ|UBND-NNMT|Trần Văn A/)
  })

  it('host that is none', async () => {
    const { slips } = await rehearsed(() => ({ baseUrl: 'https://no-such-host.invalid' }))
    expect(slips).toEqual([
      expect.stringMatching(/^baseUrl .*noSuchHost: không có máy chủ.*no such host/),
    ])
  })

  it('a list that is empty since the import proves nothing, and is no success', async () => {
    const { slips } = await rehearsed(undefined, [])
    expect(slips).toEqual([expect.stringMatching(/^list .*: nguồn không liệt kê văn bản nào/)])
  })

  it('a page parameter that is unknown, also where one page holds everything', async () => {
    const ignored: OddList = (rows, { size }) => ({
      data: rows.slice(0, size),
      pagination: { total: rows.length },
    })
    const { slips } = await rehearsed(undefined, seven.slice(0, 2), ({ state }) => {
      state.list = ignored
    })
    expect(slips).toEqual([expect.stringMatching(/^list\.params: trang 2 lặp lại trang 1/)])
  })

  it('a page beyond the last that is the last again is no slip', async () => {
    const last: OddList = (rows, { page, size }) => {
      const pages = Math.ceil(rows.length / size)
      const at = Math.min(page, pages) - 1
      return { data: rows.slice(at * size, (at + 1) * size), pagination: { total: rows.length } }
    }
    const { slips } = await rehearsed(undefined, seven.slice(0, 2), ({ state }) => {
      state.list = last
    })
    expect(slips).toEqual([])
  })

  it.each([
    ['ahead', 3_600_000, /^đồng hồ.*lệch (3599|3600) giây.*apart by/],
    ['behind', -7 * 3_600_000, /lệch -2520[01] giây/],
  ])('a clock that is far %s', async (_what, byMs, says) => {
    const { slips } = await rehearsed(undefined, seven, ({ state }) => {
      state.time = new Date(now.getTime() + byMs)
    })
    expect(slips).toEqual([expect.stringMatching(says)])
  })

  it('a look-up that finds what was never sent', async () => {
    const { slips } = await rehearsed(
      reply({ params: { ma_tra_loi: 'x' }, match: { ma_tra_loi: 'x' } }),
      seven,
      ({ state }) => {
        state.replies.push({ id: 1, ma_tra_loi: 'x', body: {} })
      },
    )
    expect(slips).toEqual([expect.stringMatching(/^reply\.lookUp\.match: .*never sent/)])
  })
})

describe('what is printed of a document', () => {
  it('counts the literals, and how the profile reads each', async () => {
    const rows = [
      ...[1, 2, 3].map((id) => row(id)),
      row(4, { secret_id: 2, secret_name: 'Mật' }),
      row(5, { secret_id: 7, secret_name: 'Hạn chế lưu hành nội bộ' }),
      row(6, { urgent_id: 9 }),
    ]
    const { slips, notes } = await rehearsed(undefined, rows)
    const said = notes.join('\n')
    expect(slips).toEqual([])
    expect(said).toMatch(
      /secret_id: .*1 × 4 thường.*2 × 1 mật \/ secret.*7 × 1 chưa khai, không nhận/,
    )
    expect(said).toMatch(/secret_name: .*"Mật" × 1 mật.*giá trị khác, không in ra.*× 1 chưa khai/)
    expect(said).not.toContain('lưu hành')
    expect(said).toMatch(/urgent_id: .*9 × 1 chưa khai, tính hạn trong ngày/)
    expect(said).toMatch(/not eligible: .*secrecyPositive \(secret_id\) × 1/)
  })

  it.each([
    ['the subject', { secret_name: 'abstract' }],
    ['the number', { secret_id: 'number' }],
    ['the id', { secret_id: 'id' }],
    ['the code', { register_code: 'notation' }],
    ['who signed it', { register_code: 'signer' }],
  ])('is nothing where a path leads to %s', async (_what, wrong) => {
    const odd = seven.map((one) => ({ ...one, abstract: 'Họp', notation: `${one.number}/UB` }))
    const { notes, slips } = await rehearsed(fields(wrong), odd)
    const said = [...notes, ...slips].join('\n')
    for (const own of ['Họp', '781', '/UB', 'Trần Văn A']) expect(said).not.toContain(own)
    expect(said).toContain('không in ra')
    expect(slips.length).toBeGreaterThan(0)
  })

  it.each([
    ['a sign without width', 'Thường\u200b', 'chỉ khác khoảng trắng'],
    ['capitals', 'THƯỜNG', 'chỉ khác chữ hoa'],
  ])('says that a literal differs from the profile only in %s', async (_what, value, says) => {
    const { slips } = await rehearsed(
      undefined,
      seven.map((one) => ({ ...one, secret_name: value })),
    )
    expect(slips.join('\n')).toContain(says)
    expect(slips.join('\n')).toContain('secret_name')
  })

  it('says that a number is written as text', async () => {
    const { slips } = await rehearsed(
      undefined,
      seven.map((one) => ({ ...one, secret_id: '1', urgent_id: '1' })),
    )
    expect(slips.join('\n')).toMatch(/secret_id.*chỉ khác kiểu/)
    expect(slips.join('\n')).toMatch(/urgency\.map, urgent_id: chỉ khác kiểu/)
  })

  it('of a document that its row calls secret nothing more is asked', async () => {
    const secret = seven.map((one) => ({ ...one, secret_id: 2 }))
    const { asked, slips } = await rehearsed(undefined, secret)
    expect(asked.every(({ url }) => url.startsWith('/api/van-ban-di?'))).toBe(true)
    expect(slips).toEqual([expect.stringMatching(/^map\.fields\.secret_id .*secrecyPositive/)])
  })
})
