/** Whatever a source writes, the store can hold it or a person is told; it is never a mistake of ours, and never asked for without end. */
import { afterEach, expect, it } from 'vitest'
import type { Delivery } from '#connectors/connector.ts'
import type { Source } from '#src/app.ts'
import { isStorable } from '#src/domain/storable.ts'
import { sendOnce } from '#src/flow/sending.ts'
import type { Send } from '#src/store/outbox.ts'
import { type Row, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(rows: Row[]): Promise<FarSide> {
  const f = await farSide(rows)
  f.register.state.announced = {}
  open.push(f)
  return f
}

/** Letters that no compression makes shorter. */
function letters(count: number): string {
  let seed = 5
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return 'ABCDEFGHKLNPQRSVXYĐ'[seed % 19]
  }
  return Array.from({ length: count }, next).join('')
}

const kinds: Record<string, (text: string) => string> = {
  'a NUL': (text) => `${text.slice(0, 6)}\0${text.slice(6)}`,
  'only a NUL': () => '\0',
  'the first half of a character': (text) => `${text.slice(0, 6)}\ud83d${text.slice(6)}`,
  'the second half of a character': (text) => `${text}\udc00`,
  'halves the wrong way round': (text) => `${text.slice(0, 6)}\ude00\ud83d${text.slice(6)}`,
  '3,600 letters': (text) => text + letters(3_600),
  '9,000 letters': (text) => text + letters(9_000),
  '70,000 letters': (text) => text + letters(70_000),
  'letters that grow when compared': (text) => text + '\ufdfa'.repeat(700),
}

/** Every text of a row that is stored. */
const fields = {
  notation: '800/UBND-NNMT',
  abstract: 'Về việc rà soát tiến độ các dự án',
  content: 'Thực hiện chỉ đạo của Chính phủ',
  signer: 'Nguyễn Văn Bình',
  signer_position: 'Phó Chủ tịch',
  issuer_name: 'UBND tỉnh Quảng Trị',
  doc_type_name: 'Công văn',
  recipients: 'Sở Nội vụ; UBND phường Đông Hà',
  previous_outgoing_doc_id: '77',
  urgent_id: 'Khẩn',
}

it.each(Object.entries(kinds))(
  'holds or names %s, in whichever field it stands',
  async (_, into) => {
    const rows = Object.entries(fields).map(([field, text], at) =>
      row(at + 1, { [field]: into(text), ...(field === 'notation' && { number: 800 }) }),
    )
    const f = await running(rows)
    const { app, register } = f
    await pullAll(app)
    const asked = register.state.asked.filter(({ url }) => /van-ban-di\/\d+$/.test(url)).length
    await dueNow(app)
    await pullAll(app)

    expect(f.t.logged.filter((line) => /ourMistake|22021|22P0|54000/.test(line))).toEqual([])
    const { rows: failed } = await app.store.db.raw(
      `select failure from sync.intake where state not in ('staged', 'unchanged')`,
    )
    expect(failed).toEqual([])
    const undecided = await undecidedOf(f)
    const shown = (await app.store.db.raw(`select code from sync.directive`)).rows.length
    // Another issuer and another type are out of scope, and what fills pages with letters nobody could judge, the signer's too.
    expect(shown + (undecided?.count ?? 0)).toBeGreaterThanOrEqual(2)
    if (undecided) expect(undecided.cause).toBe('unstorable')
    // What cannot be stored is not asked for again until its source has mended it.
    const again = register.state.asked.filter(({ url }) => /van-ban-di\/\d+$/.test(url)).length
    expect(again).toBe(asked)

    for (const [at, [field, text]] of Object.entries(fields).entries())
      rows[at] = row(at + 1, { [field]: text, ...(field === 'notation' && { number: 800 }) })
    await dueNow(app)
    await pullAll(app)
    const mended = await app.store.db.raw(`select code from sync.directive order by code`)
    expect(mended.rows).toHaveLength(rows.length)
  },
)

it.each(Object.entries(kinds))(
  'holds or names %s in what is announced of a file',
  async (_, into) => {
    const f = await running([row(1)])
    for (const [field, text] of [
      ['mime_type', 'application/pdf'],
      ['file_name', 'cong-van.pdf'],
      ['id', '10'],
    ] as const) {
      f.register.state.announced = { [field]: into(text) }
      f.rows[0] = row(1, { approved: true, note: field })
      await dueNow(f.app)
      await pullAll(f.app)
      await pullAll(f.app)
    }
    expect(f.t.logged.filter((line) => /ourMistake|22021|22P0|54000/.test(line))).toEqual([])
    const { rows } = await f.app.store.db.raw(`select from sync.intake where state = 'failed'`)
    expect(rows).toEqual([])
  },
)

it('keeps what a source says of a reply, whatever stands in it', async () => {
  const reply = { kind: 'reply', attempts: 0 } as Send
  for (const answer of ['Sai\0 đơn vị', 'Sai \ud83d', '\udc00', '\0\0']) {
    const connector = {
      can: { replies: 'message' },
      send: async () => ({ word: 'rejected', answer }),
    }
    const result = await sendOnce({ connector } as unknown as Source, reply, {} as Delivery)
    expect(result.state).toBe('rejected')
    expect(isStorable((result as { answer: string }).answer)).toBe(true)
  }
})

async function undecidedOf({ app }: FarSide) {
  const [one] = await app.store.attention.list({ at: app.clock.now(), kinds: ['undecided'] })
  return one && { cause: one.cause, count: Number(one.detail.count) }
}
