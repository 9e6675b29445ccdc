import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { headerFrom } from '#connectors/rest/mapping.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { rowAt } from '#connectors/simulator/document.ts'
import { innocents } from '#connectors/simulator/letters.ts'
import { officeDays } from '#connectors/simulator/office-days.ts'
import {
  canariesOf,
  expectedEligible,
  makeRegister,
  type Register,
} from '#connectors/simulator/register.ts'
import { ways } from '#connectors/simulator/secrecy-ways.ts'
import { localDateOf } from '#src/domain/local-date.ts'

const span = { from: '2026-03-01', until: '2026-08-31' }
const register = makeRegister({ seed: 11, ...span })
const { documents } = register
const atTheEnd = new Date('2027-01-01T00:00:00Z')
const guarded = documents.filter(({ fate }) => fate === 'guarded')
const refused = documents.filter(({ expected }) => expected === 'notEligible')
const eligible = documents.filter(({ expected }) => expected === 'eligible')

describe('a register', () => {
  it('is the same for the same seed, to the bytes of its files', () => {
    expect(fingerprint(makeRegister({ seed: 11, ...span }))).toBe(fingerprint(register))
    expect(fingerprint(makeRegister({ seed: 12, ...span }))).not.toBe(fingerprint(register))
  })

  it.each([1, 2, 3, 4, 5])('keeps its shares with seed %i', (seed) => {
    const all = makeRegister({ seed, ...span }).documents
    const share = (fate: string) => all.filter((one) => one.fate === fate).length / all.length
    expect(all.length).toBeGreaterThanOrEqual(400)
    expect(share('guarded')).toBeGreaterThan(0.08)
    expect(share('guarded')).toBeLessThan(0.12)
    expect(share('outOfScope')).toBeGreaterThan(0.035)
    expect(share('outOfScope')).toBeLessThan(0.065)
    expect(share('draft')).toBeGreaterThan(0.025)
    expect(share('draft')).toBeLessThan(0.055)
    expect(share('innocent')).toBeGreaterThan(0.03)
  })

  it('holds every kind of Điều 3 and every urgency', () => {
    const types = new Set(eligible.map(({ row }) => row.doc_type_name))
    for (const type of [
      ...['Quyết định', 'Chỉ thị', 'Quy chế', 'Chương trình', 'Kế hoạch', 'Đề án', 'Công văn'],
      ...['Công điện', 'Thông báo', 'Phiếu chuyển'],
    ]) {
      expect(types).toContain(type)
    }
    expect(new Set(eligible.map(({ row }) => row.urgent_id))).toEqual(new Set([1, 2, 3, 4, 5]))
    expect(new Set(eligible.map(({ files }) => files.length))).toEqual(new Set([0, 1, 2, 3]))
  })

  it('issues in office hours on working days, and storm warnings never after eight in the evening', () => {
    const days = officeDays()
    expect(days.isWorkingDay('2026-08-22')).toBe(true)
    expect(days.isWorkingDay('2026-04-30')).toBe(false)
    let outside = 0
    for (const { releasedAt, row } of documents) {
      const clock = new Date(releasedAt.getTime() + 7 * 3_600_000).toISOString().slice(11, 16)
      expect(clock >= '07:30' && clock < '20:00').toBe(true)
      if (clock < '17:01' && days.isWorkingDay(localDateOf(releasedAt))) continue
      outside += 1
      expect(row.doc_type_name).toBe('Công điện')
    }
    expect(outside).toBeGreaterThan(3)
    expect(outside / documents.length).toBeLessThan(0.12)
  })

  it('never gives one number of one series twice', () => {
    const codes = eligible.map(({ row }) => `${row.issuer_name} ${row.notation}`)
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('starts every series again with the year', () => {
    const turn = makeRegister({ seed: 3, from: '2025-12-01', until: '2026-01-31' })
    const letters = turn.documents.filter(
      ({ row }) => row.doc_type_code === 'CV' && row.notation.includes('UBND-'),
    )
    const after = letters.filter(({ issuedOn }) => issuedOn >= '2026-01-01')
    const least = Math.min(...after.map(({ row }) => Number.parseInt(String(row.number), 10)))
    expect(least).toBe(1)
    expect(after.some(({ row }) => row.notation.startsWith('01'))).toBe(true)
  })

  it('prints codes in the variants that are seen in print', () => {
    const codes = makeRegister({ seed: 1, ...span, perWorkingDay: 12 })
      .documents.map(({ row }) => row.notation)
      .join('\n')
    for (const variant of [/\/\p{L}+ - UBND/u, /\/\p{L}+\.UBND/u, /\u2044/, /-HC$/m]) {
      expect(codes).toMatch(variant)
    }
    expect(codes).toMatch(/\d+\/2026\/QĐ-UBND/)
  })

  it('leaves no blank of a pattern unfilled and no letter out of composed form', () => {
    for (const { row, content, files, fate } of documents) {
      const text = [row.abstract, content, row.recipients, ...files.map(({ name }) => name)].join()
      expect(text).not.toMatch(/[{}\0]|undefined|null/)
      if (fate !== 'guarded') expect(text).toBe(text.normalize('NFC'))
    }
  })

  it('uses the word mật innocently', () => {
    const found = documents.filter(({ fate }) => fate === 'innocent')
    expect(found.length).toBeGreaterThan(10)
    for (const { row, expected } of found) {
      expect(expected).toBe('eligible')
      expect(row.abstract.toLowerCase()).toMatch(/mật/)
      const neighbours = /bảo mật|bí mật nhà nước|mật độ|mật ong|mật mía|mật khẩu|mật mã/i.exec(
        row.abstract,
      )
      expect(neighbours).not.toBeNull()
    }
    for (const word of ['mật ong', 'mật độ', 'mật khẩu', 'mật mã', 'bảo mật', 'bí mật nhà nước']) {
      expect(innocents.some(({ say }) => say.toLowerCase().includes(word))).toBe(true)
    }
  })

  it('shows the connector everything it needs of an eligible document', () => {
    const profile = simulatedRestProfile({
      baseUrl: 'http://127.0.0.1',
      token: 't',
      importFrom: span.from,
      liveFrom: span.from,
    })
    for (const document of eligible) {
      const header = headerFrom({ ...document.row, attachments: [], content: '' }, profile)
      expect(header.number).not.toBeNull()
      expect(header.symbol).not.toBeNull()
      expect(header.issuedOn).toBe(document.issuedOn)
      expect(profile.gate.scope.issuers).toContain(header.issuer)
      expect(profile.gate.scope.types).toContain(header.typeName)
    }
  })
})

describe('a document that must not pass', () => {
  it('says so in every way, each alone', () => {
    const met = new Set(
      [1, 2].flatMap((seed) => makeRegister({ seed, ...span }).documents.map(({ way }) => way)),
    )
    for (const { name } of ways) expect(met).toContain(name)
    for (const { row, way } of guarded) {
      if (way?.startsWith('level') || way?.includes('label') || way?.includes('code')) continue
      expect([way, row.secret_id, row.secret_name]).toEqual([way, 1, 'Thường'])
    }
  })

  it('bears its canary in every text field, every file name and every file', () => {
    expect(guarded.length).toBeGreaterThan(35)
    for (const { row, content, files, canaries } of refused) {
      const stem = canaries[0]!
      const texts = [row.abstract, row.notation, row.signer, row.signer_position, row.recipients]
      for (const text of [...texts, content]) expect(text.toUpperCase()).toContain(stem)
      expect(files.length).toBeGreaterThan(0)
      for (const file of files) {
        expect(file.name).toContain(stem)
        expect(file.content().includes(stem)).toBe(true)
        expect(canaries).toContain(String(file.id))
      }
      expect(canaries).toContain(String(row.id))
      expect(row.id).toBeGreaterThanOrEqual(300_000_000)
    }
  })

  it('has canaries that stand nowhere else', () => {
    const canaries = canariesOf(register)
    expect(new Set(canaries).size).toBe(canaries.length)
    const everythingElse = eligible
      .map(({ row, content, files }) =>
        JSON.stringify([row, content, files.map(({ name }) => name)]),
      )
      .join('\n')
    for (const canary of canaries) expect(everythingElse).not.toContain(canary)
    const [first, second] = refused
    expect(JSON.stringify(second!.row)).not.toContain(first!.canaries[0])
  })
})

describe('time', () => {
  it('shows nothing before it is there, and an issued document from its release on', () => {
    for (const document of documents) {
      const { createdAt, releasedAt, fate } = document
      expect(rowAt(document, before(createdAt))).toBeNull()
      expect(rowAt(document, releasedAt)).toEqual(document.row)
      if (fate !== 'draft') expect(rowAt(document, before(releasedAt))).toBeNull()
    }
  })

  it('lists a draft without number and date, and releases it days later', () => {
    const drafts = documents.filter(({ fate }) => fate === 'draft')
    expect(drafts.length).toBeGreaterThan(10)
    for (const draft of drafts) {
      const row = rowAt(draft, before(draft.releasedAt))!
      expect(row).toMatchObject({ number: null, publish_date: null, is_released: false })
      expect(row.notation).not.toMatch(/\d+[/\u2044]/)
      expect(draft.releasedAt.getTime() - draft.createdAt.getTime()).toBeGreaterThan(12 * 3_600_000)
      expect(rowAt(draft, draft.releasedAt)?.number).not.toBeNull()
    }
  })

  it('knows what a perfect bridge holds at every instant', () => {
    const document = eligible[eligible.length >> 1]!
    const ids = (at: Date) => expectedEligible(register, at).map(({ id }) => id)
    expect(ids(before(document.releasedAt))).not.toContain(document.id)
    expect(ids(document.releasedAt)).toContain(document.id)
    expect(new Set(ids(atTheEnd))).toEqual(new Set(eligible.map(({ id }) => id)))
    expect(ids(before(documents[0]!.createdAt))).toEqual([])
  })

  it('keeps every document as it was unless changes are wanted', () => {
    expect(documents.flatMap(({ changes }) => changes)).toEqual([])
    const restless = makeRegister({ seed: 11, ...span, perWorkingDay: 10, changes: true })
    const kinds = restless.documents.flatMap(({ changes }) => changes.map(({ kind }) => kind))
    expect(new Set(kinds)).toEqual(new Set(['recall', 'update', 'replace']))
    const recalled = restless.documents.find(({ changes: [one] }) => one?.kind === 'recall')!
    expect(rowAt(recalled, recalled.releasedAt)?.approved).toBe(true)
    // Only approved goes: the source goes on calling a recalled document released.
    expect(rowAt(recalled, atTheEnd)).toMatchObject({ approved: false, is_released: true })
    const held = expectedEligible(restless, atTheEnd).find(({ id }) => id === recalled.id)
    expect(held?.recalled).toBe(true)
  })
})

describe('a file', () => {
  it('is a PDF whose table of objects is right, and a few are scans of megabytes', () => {
    const files = documents.flatMap((document) => document.files)
    for (const file of files.slice(0, 60)) expectWellFormed(file.content())
    const large = files.filter((file) => file.size() > 1_000_000)
    expect(large.length).toBeGreaterThan(2)
    expect(large.every((file) => file.size() < 6_300_000)).toBe(true)
    expectWellFormed(large[0]!.content())
    expect(large[0]!.content().equals(large[0]!.content())).toBe(true)
    expect(large[0]!.content().length).toBe(large[0]!.size())
  })
})

function expectWellFormed(pdf: Buffer): void {
  const text = pdf.toString('latin1')
  expect(text.startsWith('%PDF-1.7\n')).toBe(true)
  expect(text.endsWith('%%EOF\n')).toBe(true)
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1])
  const table = text.slice(start)
  expect(table.startsWith('xref\n')).toBe(true)
  const offsets = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset))
  expect(offsets.length).toBeGreaterThan(5)
  for (const [at, offset] of offsets.entries()) {
    expect(text.slice(offset).startsWith(`${at + 1} 0 obj\n`)).toBe(true)
  }
  for (const found of text.matchAll(/<< \/Length (\d+)[^\n]*\nstream\n/g)) {
    const end = found.index + found[0].length + Number(found[1])
    expect(text.slice(end, end + 10)).toBe('\nendstream')
  }
}

function fingerprint(of: Register): string {
  const hash = createHash('sha256')
  for (const document of of.documents) {
    hash.update(JSON.stringify([document, document.files.map((file) => file.size())]))
    for (const file of document.files) if (file.size() < 100_000) hash.update(file.content())
  }
  return hash.digest('hex')
}

function before(instant: Date): Date {
  return new Date(instant.getTime() - 1)
}
