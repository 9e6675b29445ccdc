/** Which field made the gate refuse, for whoever writes a profile. Told to a terminal, and kept nowhere. */
import type { FieldCondition, GateRules, Header, Refusal, SignalRule } from './eligibility.ts'
import { isOneOf, type Literal } from './literal.ts'

export interface RefusedBy {
  readonly field: string
  /** How its value differs from a literal of the profile, where no eye sees a difference. */
  readonly differs: Unseen | null
}

/** `1` for `"1"`; blanks within, and signs that do not show; capitals. */
export type Unseen = 'type' | 'blanks' | 'capitals'

export function refusedBy(header: Header, rules: GateRules, reason: Refusal): RefusedBy | null {
  const { secrecy, signals, issued, recalled, scope } = rules
  const ofSecrecy = 'absentMeansNormal' in secrecy ? [] : secrecy
  const all = [...ofSecrecy, ...signals]
  switch (reason) {
    case 'secrecyMissing':
    case 'signalMissing':
      return named(all.find((rule) => isAbout(rule, reason) && isAbsent(header, rule)))
    case 'secrecyUnknown':
    case 'signalUnknown':
    case 'declassificationStated':
      return valued(
        header,
        all.find((rule) => isAbout(rule, reason) && isUnknown(header, rule)),
      )
    case 'secrecyPositive':
    case 'signalPositive':
      return named(all.find((rule) => isAbout(rule, reason) && isIn(header, rule, rule.secret)))
    case 'notIssued':
      return unmet(header, issued)
    case 'recalled':
      return named(recalled[0])
    case 'fieldOutOfScope':
      return unmet(header, scope.fields)
    case 'issuerOutOfScope':
      return { field: 'issuer', differs: unseen(header.issuer, scope.issuers) }
    case 'typeOutOfScope':
      return { field: 'typeName', differs: unseen(header.typeName, scope.types) }
    case 'unknownElement':
    case 'undecipherable':
    case 'unstorable':
      return null
    case 'issuerMissing':
    case 'typeMissing':
    case 'receiverOutOfScope':
    case 'subjectMissing':
    case 'numberMissing':
    case 'issueDateMissing':
    case 'secretSuffix':
    case 'markInSymbol':
    case 'markInSubject':
    case 'markInText':
    case 'markInFileName':
      return { field: parts[reason], differs: null }
  }
}

const parts = {
  issuerMissing: 'issuer',
  typeMissing: 'typeName',
  receiverOutOfScope: 'receivers',
  subjectMissing: 'subject',
  numberMissing: 'number',
  issueDateMissing: 'issuedOn',
  secretSuffix: 'symbol',
  markInSymbol: 'symbol',
  markInSubject: 'subject',
  markInText: 'texts',
  markInFileName: 'fileNames',
} as const

/** Null also where the value is one of the literals, or differs from all of them for every eye. */
export function unseen(value: unknown, literals: readonly Literal[]): Unseen | null {
  if (isOneOf(literals, value)) return null
  const steps: readonly (readonly [Unseen, (text: string) => string])[] = [
    ['type', (text) => text],
    ['blanks', withoutBlanks],
    ['capitals', (text) => withoutBlanks(text).toLowerCase()],
  ]
  if (typeof value === 'object' && value !== null) return null
  const found = steps.find(([, step]) =>
    literals.some((literal) => step(String(literal)) === step(String(value))),
  )
  return found?.[0] ?? null
}

function withoutBlanks(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]+/gu, '')
    .normalize('NFKC')
    .trim()
}

function isAbout({ kind }: SignalRule, reason: Refusal): boolean {
  if (reason === 'declassificationStated') return kind === 'declassified'
  return (kind === 'level' || kind === 'label') === reason.startsWith('secrecy')
}

function isAbsent({ fields }: Header, { field, absentMeansNormal }: SignalRule): boolean {
  return !absentMeansNormal && (!Object.hasOwn(fields, field) || fields[field] === undefined)
}

function isUnknown(header: Header, rule: SignalRule): boolean {
  const isThere =
    Object.hasOwn(header.fields, rule.field) && header.fields[rule.field] !== undefined
  return isThere && !isIn(header, rule, [...rule.normal, ...rule.secret])
}

function isIn({ fields }: Header, { field }: { field: string }, literals: readonly Literal[]) {
  return Object.hasOwn(fields, field) && isOneOf(literals, fields[field])
}

function unmet(header: Header, conditions: readonly FieldCondition[]): RefusedBy | null {
  const failed = conditions.find((one) => !isIn(header, one, one.in))
  if (!failed) return null
  return { field: failed.field, differs: unseen(header.fields[failed.field], failed.in) }
}

function named(rule: { readonly field: string } | undefined): RefusedBy | null {
  return rule ? { field: rule.field, differs: null } : null
}

function valued(header: Header, rule: SignalRule | undefined): RefusedBy | null {
  if (!rule) return null
  const { field, normal, secret } = rule
  return { field, differs: unseen(header.fields[field], [...normal, ...secret]) }
}
