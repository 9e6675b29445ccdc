import { longestHeader, type Refusal } from './eligibility.ts'
import { withoutLocalNames } from './local-names.ts'
import { markInCode, markInText, secretSuffix } from './mark.ts'

export type WritingKind =
  | 'classify'
  | 'refuse'
  | 'actAtOnce'
  | 'beginWork'
  | 'reply'
  | 'returnToOffice'
  | 'answerOrder'

/** What the tracking software wrote, as it wrote it. */
export interface Writing {
  readonly kind: WritingKind
  readonly content: unknown
  readonly actor: string
}

/**
 * What is written passes the same gate as a directive (QĐ 23/2016 Đ6.4), whole: every text, also one that nothing
 * reads, and every name of a field. A value where its form has none of that shape does not pass, since it would be
 * stored as text. `harmlessSuffixes` and `harmlessNames` are those of the source the directive came from.
 */
export function writingEligibility(
  { kind, content, actor }: Writing,
  harmlessSuffixes: readonly string[] = [],
  harmlessNames: readonly string[] = [],
): { admit: true } | { admit: false; reason: Refusal } {
  const found = [{ text: actor, as: 'text' as const }, ...textsOf(content, forms[kind])]
  if (found.reduce((length, { text }) => length + text.length, 0) > longestHeader)
    return { admit: false, reason: 'undecipherable' }
  const left = withoutLocalNames(harmlessNames)
  for (const { text, as } of found) {
    if (as === 'unknown') return { admit: false, reason: 'unknownElement' }
    if (as === 'symbol' && secretSuffix(text, harmlessSuffixes))
      return { admit: false, reason: 'secretSuffix' }
    if (as !== 'text' && markInCode(text)) return { admit: false, reason: 'markInSymbol' }
    if (markInText(left(text))) return { admit: false, reason: 'markInText' }
  }
  return { admit: true }
}

/** `symbol`: may abbreviate a degree of secrecy. `code`: commonly written without diacritics. */
type Leaf = 'text' | 'code' | 'symbol'
type Form = Leaf | readonly [Form] | { readonly [field: string]: Form }

const unit = { code: 'code' } as const
const reply = { document: { number: 'symbol', symbol: 'symbol' } } as const

/** A field that is not named here is a text. */
const forms: Readonly<Record<WritingKind, Form>> = {
  classify: { tasks: [{ lead: unit, support: [unit] }] },
  refuse: {},
  actAtOnce: {},
  beginWork: {},
  reply,
  returnToOffice: {},
  answerOrder: {},
}

interface Found {
  readonly text: string
  readonly as: Leaf | 'unknown'
}

function textsOf(value: unknown, form: Form): Found[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object')
    return [{ text: String(value), as: typeof form === 'string' ? form : 'text' }]
  if (Array.isArray(value))
    return isList(form) ? value.flatMap((one) => textsOf(one, form[0])) : [unknown]
  if (typeof form === 'string' || isList(form)) return [unknown]
  return Object.entries(value).flatMap(([name, field]) => [
    { text: name, as: 'text' as const },
    ...textsOf(field, Object.hasOwn(form, name) ? form[name]! : 'text'),
  ])
}

const unknown: Found = { text: '', as: 'unknown' }

function isList(form: Form): form is readonly [Form] {
  return Array.isArray(form)
}
