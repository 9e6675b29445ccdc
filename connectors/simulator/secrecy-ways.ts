/**
 * The ways in which a document that must not pass says so, each alone: whoever reads every other sign would
 * admit it. Levels, registers and envelopes after wire §11.3; marks after what clerks type.
 */
import { type Row, secretNames } from './document.ts'
import { tcvn3, vni } from './legacy-encodings.ts'

export interface Way {
  readonly name: string
  readonly fields?: Partial<Row>
  readonly without?: readonly (keyof Row)[]
  /** Secret documents are numbered apart (NĐ 30/2020 Đ15.2), so their codes collide with ordinary ones. */
  readonly ownSeries?: true
  subject?(subject: string): string
  symbol?(symbol: string): string
  summary?(summary: string): string
  /** Takes and gives the name without its `.pdf`. */
  fileName?(name: string): string
}

const levels: readonly Way[] = [
  { name: 'level 2', fields: { secret_id: 2, secret_name: secretNames[2] }, ownSeries: true },
  { name: 'level 3', fields: { secret_id: 3, secret_name: secretNames[3] }, ownSeries: true },
  { name: 'level 4', fields: { secret_id: 4, secret_name: secretNames[4] }, ownSeries: true },
  { name: 'label against code', fields: { secret_name: secretNames[2] } },
  { name: 'code against label', fields: { secret_id: 3 } },
  { name: 'level null', fields: { secret_id: null, secret_name: null } },
  { name: 'level missing', without: ['secret_id', 'secret_name'] },
  { name: 'level missing beside its label', without: ['secret_id'] },
  { name: 'label empty', fields: { secret_name: '' } },
  { name: 'level unknown', fields: { secret_id: 9, secret_name: 'Hạn chế' } },
  { name: 'level zero', fields: { secret_id: 0 } },
  { name: 'level as text', fields: { secret_id: '1' } },
]

const signals: readonly Way[] = [
  { name: 'secret register', fields: { register_code: 'VBM' }, ownSeries: true },
  { name: 'register unknown', fields: { register_code: 'VBX' } },
  { name: 'register missing', without: ['register_code'] },
  { name: 'distribution đi mật', fields: { distribution_type: 2 } },
  { name: 'distribution null', fields: { distribution_type: null } },
  { name: 'envelope A', fields: { envelope_code: 'A' } },
  { name: 'envelope B', fields: { envelope_code: 'B' } },
  { name: 'envelope C', fields: { envelope_code: 'C' } },
]

const marksInSymbols: readonly Way[] = [
  { name: 'symbol -M', symbol: (symbol) => `${symbol}-M` },
  { name: 'symbol /M', symbol: (symbol) => `${symbol}/M` },
  { name: 'symbol (M)', symbol: (symbol) => `${symbol}(M)` },
  { name: 'symbol -TM', symbol: (symbol) => `${symbol}-TM` },
  { name: 'symbol -MẬT', symbol: (symbol) => `${symbol}-MẬT` },
  { name: 'symbol -М in Cyrillic', symbol: (symbol) => `${symbol}-\u041c` },
]

const marksInSubjects: readonly Way[] = [
  { name: 'subject in brackets', subject: (subject) => `(Mật) ${subject}` },
  { name: 'subject in square brackets', subject: (subject) => `[TỐI MẬT] ${subject}` },
  { name: 'subject after a dash', subject: (subject) => `${subject} - Mật` },
  { name: 'subject before a colon', subject: (subject) => `Tuyệt mật: ${subject}` },
  { name: 'subject stamped in front', subject: (subject) => `MẬT ${subject}` },
  { name: 'subject stamped at the end', subject: (subject) => `${subject} TỐI MẬT` },
  { name: 'subject on a line of its own', subject: (subject) => `TUYỆT MẬT\n${subject}` },
  { name: 'subject with its degree', subject: (subject) => `${subject} (độ Tối mật)` },
  {
    name: 'subject with zero-width characters',
    subject: (subject) => `(M\u200bậ\u200dt) ${subject}`,
  },
  { name: 'subject decomposed', subject: (subject) => `(Mật) ${subject}`.normalize('NFD') },
  { name: 'subject with look-alikes', subject: (subject) => `[\u041cẬ\u0422] ${subject}` },
  { name: 'subject spaced', subject: (subject) => `(M Ậ T) ${subject}` },
  { name: 'subject without diacritics', subject: (subject) => `(MAT) ${subject}` },
  { name: 'subject in TCVN3', subject: (subject) => tcvn3(`(mật) ${subject}`) },
  { name: 'subject in VNI', subject: (subject) => vni(`(tối mật) ${subject}`) },
  { name: 'subject in capitals', subject: (subject) => `${subject.toLocaleUpperCase('vi')} - MẬT` },
  { name: 'subject in English', subject: (subject) => `[TOP SECRET] ${subject}` },
]

const marksElsewhere: readonly Way[] = [
  { name: 'summary', summary: (summary) => `[Mật] ${summary}` },
  { name: 'summary with its degree', summary: (summary) => `${summary} Văn bản có độ Tối mật.` },
  { name: 'file name after a dash', fileName: (name) => `${name} - Mật` },
  { name: 'file name in front', fileName: (name) => `TUYỆT MẬT_${name}` },
  { name: 'file name without diacritics', fileName: (name) => `${name}_MAT` },
  { name: 'file name in brackets', fileName: (name) => `${name} (toi mat)` },
  { name: 'file name decomposed', fileName: (name) => `Mật - ${name}`.normalize('NFD') },
  { name: 'file name with zero-width characters', fileName: (name) => `${name}_M\u2060ẬT` },
  { name: 'file name in TCVN3', fileName: (name) => tcvn3(`${name} (mật)`) },
]

export const ways: readonly Way[] = [
  ...levels,
  ...signals,
  ...marksInSymbols,
  ...marksInSubjects,
  ...marksElsewhere,
]
