/** The kinds of QĐ 23/2016 Điều 3, how each is numbered and signed, and what its subject sounds like. */
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Draw } from './draw.ts'
import { fields, innocents, letters } from './letters.ts'
import { leaders, officeLeaders, type Signatory } from './names.ts'
import { capitalised, inSeason, type Pattern, phrase } from './phrase.ts'
import * as subjects from './subjects.ts'

export const issuers = {
  committee: 'UBND tỉnh Quảng Trị',
  chairman: 'Chủ tịch UBND tỉnh',
  office: 'Văn phòng UBND tỉnh',
} as const

/** A document before it has a number: everything that its kind decides. */
export interface Wording {
  readonly typeCode: string
  readonly typeName: string
  readonly issuer: string
  readonly signer: Signatory
  /** `UBND-NNMT`, without its number. */
  readonly symbol: string
  /** Numbered with the year in the code, `12/2026/QĐ-UBND`. */
  readonly normative: boolean
  readonly subject: string
}

interface Kind {
  readonly share: number
  readonly typeCode: string
  readonly typeName: string
  word(date: LocalDate, draw: Draw): Omit<Wording, 'typeCode' | 'typeName'>
}

const letter: Kind = {
  share: 40,
  typeCode: 'CV',
  typeName: 'Công văn',
  word: (date, draw) => {
    const field = draw.pick(fields)
    const byOffice = draw.chance(0.12)
    return {
      ...(byOffice ? byOfficeOf(draw) : byCommittee(draw)),
      symbol: byOffice ? `VP-${field}` : `UBND-${field}`,
      subject: say(letters[field], date, draw, aboutDoing),
    }
  },
}

export const telegram: Kind = {
  share: 5,
  typeCode: 'CD',
  typeName: 'Công điện',
  word: (date, draw) => {
    const byChairman = draw.chance(0.4)
    return {
      ...(byChairman ? byChairmanOf(draw) : byCommittee(draw)),
      symbol: byChairman ? 'CĐ-CTUBND' : 'CĐ-UBND',
      subject: say(subjects.telegrams, date, draw, (text) => `Về việc ${text}`),
    }
  },
}

const decision: Kind = {
  share: 26,
  typeCode: 'QD',
  typeName: 'Quyết định',
  word: (date, draw) => ({
    ...byCommittee(draw),
    symbol: 'QĐ-UBND',
    subject: say(subjects.decisions[draw.pick(fields)], date, draw, aboutDoing),
  }),
}

const regulation: Kind = {
  share: 3,
  typeCode: 'QD',
  typeName: 'Quyết định',
  word: (date, draw) => ({
    ...byCommittee(draw),
    normative: true,
    symbol: 'QĐ-UBND',
    subject: say(subjects.regulations, date, draw, capitalised),
  }),
}

const kinds: readonly Kind[] = [
  letter,
  telegram,
  decision,
  regulation,
  titled(3, 'CT', 'Chỉ thị', 'CT-UBND', subjects.instructions, (text) => `Về việc ${text}`),
  titled(9, 'KH', 'Kế hoạch', 'KH-UBND', subjects.plans, (text) => `Kế hoạch ${text}`),
  titled(
    2,
    'CTR',
    'Chương trình',
    'CTr-UBND',
    subjects.programmes,
    (text) => `Chương trình ${text}`,
  ),
  titled(2, 'DA', 'Đề án', 'ĐA-UBND', subjects.schemes, (text) => `Đề án ${text}`),
  titled(2, 'QC', 'Quy chế', 'QC-UBND', subjects.charters, (text) => `Quy chế ${text}`),
  byTheOffice(11, 'TB', 'Thông báo', 'TB-VP', subjects.conclusions),
  byTheOffice(4, 'PC', 'Phiếu chuyển', 'PC-VP', subjects.transferSlips),
]

/** One card of a deck of a hundred or so; deal them to meet every kind at its share. */
export const kindCards: readonly Kind[] = kinds.flatMap((kind) => Array(kind.share).fill(kind))

export function wordingOf(kind: Kind, date: LocalDate, draw: Draw): Wording {
  const { typeCode, typeName } = kind
  return { typeCode, typeName, ...kind.word(date, draw) }
}

/** A letter whose subject has the word mật in it and is innocent all the same. */
export function innocentWording(date: LocalDate, draw: Draw): Wording {
  const { field, say: pattern } = draw.pick(innocents)
  return {
    typeCode: letter.typeCode,
    typeName: letter.typeName,
    ...byCommittee(draw),
    symbol: `UBND-${field}`,
    subject: aboutDoing(phrase(pattern, date, draw), draw),
  }
}

export function byCommittee(draw: Draw) {
  return { issuer: issuers.committee, signer: draw.pick(leaders), normative: false }
}

function byChairmanOf(_draw: Draw) {
  return { issuer: issuers.chairman, signer: leaders[0]!, normative: false }
}

function byOfficeOf(draw: Draw) {
  return { issuer: issuers.office, signer: draw.pick(officeLeaders), normative: false }
}

function titled(
  share: number,
  typeCode: string,
  typeName: string,
  symbol: string,
  patterns: readonly Pattern[],
  shape: (text: string) => string,
): Kind {
  const word: Kind['word'] = (date, draw) => ({
    ...byCommittee(draw),
    symbol,
    subject: say(patterns, date, draw, shape),
  })
  return { share, typeCode, typeName, word }
}

function byTheOffice(
  share: number,
  typeCode: string,
  typeName: string,
  symbol: string,
  patterns: readonly Pattern[],
): Kind {
  const word: Kind['word'] = (date, draw) => ({
    ...byOfficeOf(draw),
    symbol,
    subject: say(patterns, date, draw, capitalised),
  })
  return { share, typeCode, typeName, word }
}

function say(
  patterns: readonly Pattern[],
  date: LocalDate,
  draw: Draw,
  shape: (text: string, draw: Draw) => string,
): string {
  return shape(phrase(draw.pick(inSeason(patterns, date)).say, date, draw), draw)
}

/** Registers write it all three ways. */
export function aboutDoing(text: string, draw: Draw): string {
  if (draw.chance(0.5)) return capitalised(text)
  return `${draw.chance(0.75) ? 'Về việc' : 'V/v'} ${text}`
}
