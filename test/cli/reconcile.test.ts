/** `chidao reconcile`, by the real executable: the Office's own register against what the store shows. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import writeExcelFile, { type SheetData } from 'write-excel-file/node'
import { stringify } from 'yaml'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

const howMany = 1000
/** Of every hundred: never listed, of a type out of scope, called secret by the source, withheld here. */
const isNeverListed = (id: number) => id % 100 === 7
const isOutOfScope = (id: number) => id % 100 === 23
const isSecretThere = (id: number) => id % 100 === 51
const isWithheld = (id: number) => id % 100 === 88
const isAbsent = (id: number) =>
  [isNeverListed, isOutOfScope, isSecretThere, isWithheld].some((is) => is(id))

const ids = Array.from({ length: howMany }, (_, n) => n + 1)
const dayOf = (id: number) => `2026-0${1 + (id % 2)}-${String(1 + (id % 27)).padStart(2, '0')}`
const codeOf = (id: number) => `${780 + id}/UBND-NNMT`
const typeOf = (id: number) => (isOutOfScope(id) ? 'Giấy mời' : 'Công văn')
const subject = 'Về việc triển khai nhiệm vụ'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let folder: string
let env: Record<string, string>
let source: string

beforeAll(async () => {
  const rows: Row[] = ids
    .filter((id) => !isNeverListed(id))
    .map((id) =>
      row(id, {
        publish_date: `${dayOf(id)}T08:00:00+07:00`,
        doc_type_name: typeOf(id),
        ...(isSecretThere(id) ? { secret_id: 2, secret_name: 'Mật' } : {}),
      }),
    )
  register = await openRegister(rows)
  const usual = profileAt(register.address)
  const profile = { ...usual, poll: { ...usual.poll, pageSize: 500, concurrency: 16 } }
  source = profile.name
  t = await testApp([profile])
  await pullAll(t.app)
  const { rows: held } = await t.app.store.db.raw(`select id, source_ref from sync.directive`)
  for (const { id, source_ref: ref } of held)
    if (isWithheld(Number(ref))) await t.app.store.withholding.withhold(id, 'doubtful', start)
  folder = await mkdtemp(join(tmpdir(), 'chidao-register-'))
  await writeFile(join(folder, 'chidao.yaml'), stringify({ sources: [profile] }))
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
    CHIDAO_CONFIG: join(folder, 'chidao.yaml'),
    CHIDAO_CLOCK: formatClock(acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })),
  }
}, 600_000)
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
  await rm(folder, { recursive: true })
})

async function reconcile(content: string | Buffer, ...more: string[]) {
  const file = join(folder, 'so')
  await writeFile(file, content)
  return chidao(['reconcile', source, '--register', file, ...more], env)
}

async function found(content: string | Buffer, ...more: string[]) {
  const { out, err, code } = await reconcile(content, '--json', ...more)
  expect(err).toBe('')
  return { code, ...JSON.parse(out) }
}

const inVietnamese = (date: string) => date.split('-').reverse().join('/')

describe('a register of a thousand documents', () => {
  /** As văn thư keep them: a letterhead, a running number, months between, the number as a number, dates as dates. */
  const workbook = () => {
    const months = ids.toSorted((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1))
    return writeExcelFile([
      ['ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ'],
      ['SỔ ĐĂNG KÝ VĂN BẢN ĐI NĂM 2026'],
      [],
      ['STT', 'Số', 'Ký hiệu', 'Ngày ban hành', 'Loại', 'Trích yếu nội dung', 'Người ký'],
      ['THÁNG 01'],
      ...months.map((id, at) => [
        ...[at + 1, 780 + id, 'UBND-NNMT'],
        { value: new Date(`${dayOf(id)}T00:00:00Z`), type: Date, format: 'dd/mm/yyyy' },
        ...[typeOf(id), `${subject} số ${id}`, 'Trần Văn A'],
      ]),
      [],
      ['Cộng: 1000 văn bản'],
    ] as SheetData).toBuffer()
  }

  it('finds every absent one and no other, and says why as far as that may be told', async () => {
    const before = await kept()
    const { code, absent, ...totals } = await found(await workbook())
    expect(code).toBe(3)
    expect(totals).toMatchObject({
      ...{ rows: 1000, present: 960, repeated: 0, marked: 0, leftOut: 2 },
      ...{ datedOtherwise: [], unreadable: [] },
    })
    const why = new Map(absent.map((one: { code: string; why: string }) => [one.code, one.why]))
    expect(new Set(why.keys())).toEqual(new Set(ids.filter(isAbsent).map(codeOf)))
    // What is withheld is told apart neither from what was refused nor from what was never there.
    for (const id of ids.filter(isAbsent))
      expect(why.get(codeOf(id)), codeOf(id)).toBe(
        isOutOfScope(id) ? 'typeOutOfScope' : 'notListedOrNotShown',
      )
    expect(await kept()).toEqual(before)
  }, 120_000)

  it('tells a person the same, in lines', async () => {
    const { code, out, err } = await reconcile(await workbook())
    expect([code, err]).toEqual([3, ''])
    expect(out).toContain('Đọc 1000 văn bản trong sổ; có trong kho 960, vắng 40')
    expect(out).toContain('Vắng / absent: 10  loại văn bản ngoài phạm vi')
    expect(out).toContain(codeOf(7))
    expect(out).not.toContain(subject)
  }, 120_000)

  it('ends well where nothing is absent', async () => {
    const lines = ids
      .filter((id) => !isAbsent(id))
      .map((id) => `${codeOf(id)};${inVietnamese(dayOf(id))}`)
    const { code, out } = await reconcile(['Số ký hiệu;Ngày ban hành', ...lines].join('\r\n'))
    expect([code, out]).toEqual([0, expect.stringContaining('No number is absent')])
  }, 120_000)
})

/** Whatever a command could leave behind: rows and files. What it remembers of the store is of the store. */
async function kept(): Promise<unknown> {
  const { rows } = await t.app.store.db.raw(
    `select relname, n_tup_ins from pg_stat_user_tables where schemaname = 'sync' and relname not in ('life', 'sweep') order by relname`,
  )
  const files = (await readdir(t.filesDirectory)).filter((name) => name !== 'last-seen.json')
  return {
    rows,
    files,
    temporary: (await readdir(tmpdir())).filter((name) => /xls|chidao-so/.test(name)),
  }
}

it('names one that is dated otherwise in the same year, and misses one of another year', async () => {
  const text = `Số ký hiệu;Ngày\n${codeOf(1)};2026-12-30\n${codeOf(2)};2027-02-03`
  expect(await found(text)).toMatchObject({
    code: 3,
    datedOtherwise: [{ line: 2, code: codeOf(1), issuedOn: '2026-12-30', heldOn: dayOf(1) }],
    absent: [{ line: 3, code: codeOf(2), why: 'notReadYet' }],
  })
})

it('counts a row that looks secret, and prints nothing of it', async () => {
  const secret = '9001/UBND-NC;01/03/2026;(MẬT) Phương án QUẢN LÝ'
  const text = `Số ký hiệu;Ngày;Trích yếu\n${secret}\n${codeOf(1)};${dayOf(1)};x`
  for (const more of [[], ['--json']]) {
    const { code, out, err } = await reconcile(text, ...more)
    expect(code).toBe(3)
    expect(`${out}${err}`).not.toMatch(/9001|QUẢN LÝ|01\/03|2026-03-01/)
  }
})

it('says of a file or a column that it does not find what to do', async () => {
  const text = `Mã;Vào sổ\n${codeOf(1)};${dayOf(1)}`
  const named = await reconcile(text, '--code-column', 'mã', '--date-column', 'Vào sổ')
  expect(named.code).toBe(0)
  const { code, err } = await reconcile(text, '--code-column', 'Không có')
  expect([code, err]).toEqual([2, expect.stringContaining('--code-column')])
  const away = await chidao(['reconcile', source, '--register', '/nonexistent'], env)
  expect([away.code, away.err]).toEqual([2, expect.stringContaining('ENOENT')])
  const { code: unknown } = await chidao(['reconcile', 'khac', '--register', '/nonexistent'], env)
  expect(unknown).toBe(2)
})
