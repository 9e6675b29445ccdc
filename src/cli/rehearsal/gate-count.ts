/**
 * What the gate says of what was read, and which literals of secrecy and urgency stood there. For the terminal only
 * (docs/decisions/0032), and even there a literal is shown only if it is a code and no text of a document.
 */
import type { Judged } from '#connectors/connector.ts'
import type { Profile } from '#connectors/index.ts'
import type { SignalRule } from '../../domain/eligibility.ts'
import { isOneOf, type Literal } from '../../domain/literal.ts'
import { refusedBy, unseen } from '../../domain/refused-by.ts'
import { judge } from '../../flow/deciding.ts'
import { unseenWords } from '../unseen-words.ts'
import type { Slips } from './slips.ts'

export class GateCount {
  readonly #profile: Profile
  readonly #fields: readonly Field[]
  readonly #reasons = new Map<
    string,
    { times: number; field: string | null; key: string; differs: string }
  >()
  #counted = 0
  #admitted = 0

  constructor(profile: Profile) {
    this.#profile = profile
    const { secrecy, signals } = profile.gate
    const rules = [...('absentMeansNormal' in secrecy ? [] : secrecy), ...signals] as SignalRule[]
    this.#fields = [
      ...rules.map(
        ({ field, normal, secret }) =>
          new Field(field, 'gate', 'chưa khai, không nhận / not in the profile, not admitted', [
            ...normal.map((is) => [is, 'thường / ordinary'] as const),
            ...secret.map((is) => [is, 'mật / secret'] as const),
          ]),
      ),
      new Field(
        profile.urgency.field,
        'urgency.map',
        'chưa khai, tính hạn trong ngày / not in the profile, due the same day',
        profile.urgency.map.map(({ is, means }) => [is, urgencies[means]] as const),
      ),
    ]
  }

  count(judged: Judged, ref: string): void {
    const { header } = judged
    this.#counted++
    const decision = judge(judged, this.#profile.gate)
    if (decision.admit) this.#admitted++
    else {
      const by = refusedBy(header, this.#profile.gate, decision.reason)
      const differs = by?.differs ? `; ${unseenWords[by.differs]}` : ''
      const told = `${decision.reason}${by ? ` (${by.field})` : ''}${differs}`
      const before = this.#reasons.get(told)?.times ?? 0
      const key = keyOf(this.#profile, by?.field ?? null)
      this.#reasons.set(told, { times: before + 1, field: by?.field ?? null, key, differs })
    }
    const { number, symbol, subject } = header
    const own = [ref, number, symbol, subject, `${number}/${symbol}`]
    for (const field of this.#fields) field.count(header.fields, own)
  }

  /** What differs from the profile for no eye; and that nothing passes, where nothing else says why. */
  judge(slips: Slips): void {
    const reasons = [...this.#reasons].toSorted(([, a], [, b]) => b.times - a.times)
    // Literals of secrecy and urgency are told with their own line.
    for (const [told, { times, field, key, differs }] of reasons)
      if (differs !== '' && !this.#fields.some(({ name }) => name === field))
        slips.add(key, `${told} × ${times}`)
    for (const field of this.#fields) field.judge(slips)
    const [most] = reasons
    if (this.#admitted > 0 || !most || slips.all.length > 0) return
    slips.add(
      most[1].key,
      `cổng không nhận văn bản nào trong ${this.#counted}, nhiều nhất vì ${most[0]} × ${most[1].times}; xem cả gate / the gate admits none of ${this.#counted}: look at this path, and at what gate lists`,
    )
  }

  lines(): string[] {
    if (this.#counted === 0) return []
    const refused = [...this.#reasons].map(([told, { times }]) => `${told} × ${times}`).join('; ')
    const left = this.#counted - this.#admitted
    return [
      `cổng / gate: ${this.#admitted} được nhận / admitted, ${left} chưa đủ điều kiện / not eligible${refused && `: ${refused}`}`,
      ...this.#fields.map((field) => field.line()),
    ]
  }
}

const urgencies = {
  normal: 'thường / normal',
  urgent: 'khẩn / urgent',
  veryUrgent: 'thượng khẩn / very urgent',
  flash: 'hỏa tốc / flash',
}

/** Where the profile says under which path a part of a document stands. */
function keyOf(profile: Profile, field: string | null): string {
  if (profile.kind !== 'rest' || field === null) return 'gate'
  if (field === 'number' || field === 'symbol')
    return profile.map.code === undefined ? `map.${field}` : 'map.code'
  if (Object.hasOwn(profile.map.fields, field)) return `map.fields.${field}`
  return Object.hasOwn(profile.map, field) ? `map.${field}` : 'gate'
}

/** More different values than this are no codes. */
const mostCodes = 8
const degrees = new Set([
  'thường',
  'bình thường',
  'không',
  'không mật',
  'mật',
  'tối mật',
  'tuyệt mật',
  'khẩn',
  'thượng khẩn',
  'hỏa tốc',
  'hoả tốc',
  'hỏa tốc hẹn giờ',
  'hoả tốc hẹn giờ',
])

class Field {
  readonly name: string
  /** Where its literals are listed. */
  readonly #key: string
  readonly #unknown: string
  readonly #known: readonly (readonly [Literal, string])[]
  readonly #seen = new Map<unknown, number>()
  /** How often its value was what names that document, or its text. */
  #own = 0
  /** One of those that the profile does not list: none of them is shown. */
  #mayTell = false
  #absent = 0

  constructor(
    name: string,
    key: string,
    unknown: string,
    known: readonly (readonly [Literal, string])[],
  ) {
    this.name = name
    this.#key = key
    this.#unknown = unknown
    this.#known = known
  }

  count(fields: Readonly<Record<string, unknown>>, own: readonly (string | null)[]): void {
    if (!Object.hasOwn(fields, this.name)) {
      this.#absent++
      return
    }
    const value = fields[this.name]
    this.#seen.set(value, (this.#seen.get(value) ?? 0) + 1)
    if (!own.includes(String(value))) return
    this.#own++
    if (this.#meaning(value) === null) this.#mayTell = true
  }

  judge(slips: Slips): void {
    const times = [...this.#seen.values()].reduce((sum, n) => sum + n, 0)
    if (times > 1 && this.#own === times)
      slips.add(
        `map.fields.${this.name}`,
        'đường dẫn này dẫn tới mã, số hay trích yếu của văn bản / this path leads to the id, the number or the subject of the document',
      )
    const literals = this.#known.map(([literal]) => literal)
    for (const [value, times] of this.#seen) {
      const differs = unseen(value, literals)
      if (differs) slips.add(`${this.#key}, ${this.name}`, `${unseenWords[differs]} × ${times}`)
    }
  }

  line(): string {
    const unknown = [...this.#seen].filter(([value]) => this.#meaning(value) === null)
    const areCodes = !this.#mayTell && unknown.length <= mostCodes
    const shown: string[] = []
    let hidden = 0
    for (const [value, times] of this.#seen) {
      const meaning = this.#meaning(value)
      if (meaning !== null || (areCodes && isCode(value)))
        shown.push(
          `${JSON.stringify(value)} × ${times} ${meaning ?? this.#unknown}${this.#differs(value)}`,
        )
      else hidden += times
    }
    if (hidden > 0)
      shown.push(`giá trị khác, không in ra / other values, not shown × ${hidden} ${this.#unknown}`)
    if (this.#absent > 0) shown.push(`không có trường / absent × ${this.#absent}`)
    return `${this.name}: ${shown.join('; ')}`
  }

  #differs(value: unknown): string {
    const differs = unseen(
      value,
      this.#known.map(([literal]) => literal),
    )
    return differs ? `: ${unseenWords[differs]}` : ''
  }

  #meaning(value: unknown): string | null {
    return this.#known.find(([literal]) => isOneOf([literal], value))?.[1] ?? null
  }
}

function isCode(value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value < 1000
  if (typeof value !== 'string') return false
  return /^[A-Za-z0-9_-]{1,12}$/.test(value) || degrees.has(value.normalize('NFC').toLowerCase())
}
