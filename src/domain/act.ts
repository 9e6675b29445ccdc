/** What a person does to what waits or is shown, and what that takes: on a page as by a command. */
import { normaliseCode } from './code.ts'
import { markInText } from './mark.ts'

/** A text that stays: why, which the history keeps, or by whose decision, which outlives even what it removes. */
export type Saying = 'reason' | 'authority'

interface Demand {
  readonly says: readonly Saying[]
  /**
   * Beyond being asked for. `yes`: once more, on a page that tells the consequence, or by `--yes`. `name`: what it is
   * called, typed. `count`: of how many directives, typed.
   */
  readonly confirmed: 'no' | 'yes' | 'name' | 'count'
}

export const demands = {
  retry: { says: ['reason'], confirmed: 'no' },
  discard: { says: ['reason'], confirmed: 'yes' },
  delivered: { says: ['reason'], confirmed: 'yes' },
  settled: { says: ['reason'], confirmed: 'yes' },
  again: { says: ['reason'], confirmed: 'yes' },
  known: { says: ['reason'], confirmed: 'yes' },
  giveUp: { says: ['reason'], confirmed: 'yes' },
  handIn: { says: ['reason'], confirmed: 'yes' },
  release: { says: ['reason'], confirmed: 'yes' },
  same: { says: ['reason'], confirmed: 'yes' },
  two: { says: ['reason'], confirmed: 'yes' },
  withhold: { says: ['reason'], confirmed: 'yes' },
  recall: { says: ['reason', 'authority'], confirmed: 'yes' },
  undoRecall: { says: ['reason', 'authority'], confirmed: 'yes' },
  purge: { says: ['authority'], confirmed: 'name' },
  keep: { says: ['reason'], confirmed: 'no' },
  acceptDate: { says: ['reason'], confirmed: 'yes' },
  keepClock: { says: ['reason'], confirmed: 'yes' },
  proceed: { says: ['reason'], confirmed: 'count' },
  pause: { says: ['reason'], confirmed: 'no' },
  resume: { says: ['reason'], confirmed: 'no' },
  resync: { says: ['reason'], confirmed: 'no' },
  waive: { says: ['reason'], confirmed: 'yes' },
  endWaiver: { says: ['reason'], confirmed: 'no' },
  adopt: { says: ['reason'], confirmed: 'yes' },
} as const satisfies Readonly<Record<string, Demand>>

export type Act = keyof typeof demands

/** What was said for an act, by name. */
export type Said<A extends Act> = Readonly<Record<(typeof demands)[A]['says'][number], string>>

/** `unfounded`: an authority that names no decision. Nothing of a marked text is kept or shown. */
export interface Refused {
  readonly saying: Saying
  readonly why: 'missing' | 'marked' | 'tooLong' | 'unfounded'
}

export const longest: Readonly<Record<Saying, number>> = { reason: 500, authority: 300 }
export const shortestAuthority = 4

/** All that an act demands to be said, fit to stay for ever; or everything that is wrong with it. */
export function saidFor<A extends Act>(
  act: A,
  given: Readonly<Partial<Record<Saying, unknown>>>,
): { readonly said: Said<A> } | { readonly refused: readonly Refused[] } {
  const said: Partial<Record<Saying, string>> = {}
  const refused: Refused[] = []
  for (const saying of demands[act].says) {
    const text = readable(given[saying])
    const why = wrongWith(saying, text)
    if (why === null) said[saying] = text
    else refused.push({ saying, why })
  }
  return refused.length > 0 ? { refused } : { said: said as Said<A> }
}

/** On one line, without what nobody sees. */
export function readable(given: unknown): string {
  if (typeof given !== 'string') return ''
  return given
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim()
}

function wrongWith(saying: Saying, text: string): Refused['why'] | null {
  if (!/[\p{L}\p{N}]/u.test(text)) return 'missing'
  // Before the gate: of what is too long it reads nothing.
  if (text.length > longest[saying]) return 'tooLong'
  if (markInText(text)) return 'marked'
  return saying === 'reason' || namesDecision(text) ? null : 'unfounded'
}

/** A decision has a number or a date, and somebody's or its type's name: `CV 12/VP-TH`, `ý kiến Chánh VP ngày 5/9`. */
function namesDecision(text: string): boolean {
  return text.length >= shortestAuthority && /\p{L}/u.test(text) && /\p{Nd}/u.test(text)
}

/** What a directive is called where its name has to be typed; of a withheld one no code may be shown. */
export function nameToType({ id, code }: Named): string {
  return code ?? id.slice(0, 8)
}

/** However a code is printed it is the same; an id is the short one of the lists, or the whole. */
export function isItsName(typed: unknown, { id, code }: Named): boolean {
  const text = readable(typed)
  if (code === null) return [id, id.slice(0, 8)].includes(text.toLowerCase())
  return text !== '' && normaliseCode(text) === normaliseCode(code)
}

interface Named {
  readonly id: string
  /** Null of what is withheld. */
  readonly code: string | null
}
