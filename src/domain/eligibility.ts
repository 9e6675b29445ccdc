import type { NamedDocument } from './directive.ts'
import { type Findings, newFindings } from './findings.ts'
import { asSeen, isOneOf, type Literal } from './literal.ts'
import type { LocalDate } from './local-date.ts'
import { withoutLocalNames, withoutLocalNamesInFiles } from './local-names.ts'
import { markInFileName, secretSuffix, suffixInName } from './mark.ts'
import { type MarkFinding, strongest } from './mark-finding.ts'
import { neighboursIn, noNeighbours } from './neighbours.ts'
import { isNumberGiven, saysNothing } from './placeholder.ts'
import { isNameSized, isStorable, readableWays } from './storable.ts'

/** What the gate looks at of one message, raw where the profile decides, read where the text decides. */
export interface Header {
  /** Value of every field a rule names, by that name, exactly as on the wire; a missing field has no key. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly number: string | null
  readonly symbol: string | null
  readonly subject: string | null
  /** Other printed text in which a mark may stand: summary, place, file descriptions. */
  readonly texts: readonly string[]
  readonly fileNames: readonly string[]
  readonly issuedOn: LocalDate | null
  readonly issuer: string | null
  readonly typeName: string | null
  readonly receivers: readonly string[]
  /** What the source calls the document, its files and those it concerns, where that is more than a number. */
  readonly refs?: readonly string[] | undefined
  /** Elements or attributes the format does not know, where a secrecy field would hide (edXML). */
  readonly unknownElements: readonly string[]
}

/** What a source's profile says to the gate. There are no defaults: a source without a secrecy rule does not start. */
export interface GateRules {
  readonly secrecy:
    | readonly SignalRule[]
    | { readonly absentMeansNormal: { readonly authority: string } }
  /** Registers, distribution, envelope codes: every one must say ordinary. */
  readonly signals: readonly SignalRule[]
  /** Issued when every condition holds; recalled when every condition of `recalled` holds. */
  readonly issued: readonly FieldCondition[]
  readonly recalled: readonly FieldCondition[]
  readonly scope: {
    readonly issuers: readonly string[]
    readonly types: readonly string[]
    readonly receivers: readonly string[] | null
    readonly fields: readonly FieldCondition[]
  }
  /** Symbol suffixes such as `-M` that abbreviate a unit here and not a degree of secrecy. */
  readonly harmlessSuffixes: readonly string[]
  /** Names of the province's own in which Mật stands, such as `Mật Sơn`: matched as a whole, as listed or in capitals. */
  readonly harmlessNames?: readonly string[] | undefined
}

export interface SignalRule {
  readonly field: string
  readonly kind: 'level' | 'label' | 'register' | 'distribution' | 'envelope' | 'declassified'
  readonly normal: readonly Literal[]
  readonly secret: readonly Literal[]
  /** The source's wire has no such field; the authority for it is shown to operators. */
  readonly absentMeansNormal?: { readonly authority: string } | undefined
}

export interface FieldCondition {
  readonly field: string
  readonly in: readonly Literal[]
}

export type Refusal =
  | 'secrecyMissing'
  | 'secrecyUnknown'
  | 'secrecyPositive'
  | 'signalMissing'
  | 'signalUnknown'
  | 'signalPositive'
  | 'declassificationStated'
  | 'unknownElement'
  | 'secretSuffix'
  | 'markInSubject'
  | 'markInSymbol'
  | 'markInText'
  | 'markInFileName'
  | 'undecipherable'
  | 'issuerMissing'
  | 'typeMissing'
  | 'subjectMissing'
  | 'numberMissing'
  | 'issueDateMissing'
  | 'notIssued'
  | 'recalled'
  | 'issuerOutOfScope'
  | 'typeOutOfScope'
  | 'receiverOutOfScope'
  | 'fieldOutOfScope'
  /** Nothing else speaks against it: a text of it is one that the store cannot hold. */
  | 'unstorable'

export type Eligibility =
  | { readonly admit: true }
  /** `positive`: a literal or mark says secret; what is stored is withheld at once (docs/decisions/0011). */
  | { readonly admit: false; readonly reason: Refusal; readonly positive: boolean }

/** A code that no profile maps, kept without any reference so that an administrator can complete the profile. */
export interface UnmappedCode {
  readonly field: string
  readonly code: string
}

/**
 * THE GATE. Admits only if every declared signal says ordinary, nothing printed carries a mark, and the
 * directive is issued and in scope. Whatever is missing, unknown, contradictory or unreadable does not pass.
 * Secrecy is judged before everything else, so that no other reason hides it, and what says secret for certain
 * before what is only unknown.
 */
export function eligibility(
  header: Header,
  rules: GateRules,
  findings: Findings = newFindings(),
): Eligibility {
  const signals = signalsOf(rules).map((rule) => judgeSignal(header, rule))
  const marks = judgeMarks(header, rules, findings)
  // A number that cannot be read for a stray sign in it is not missing.
  const isHeld = canBeStored(header)
  return (
    signals.find((one) => one?.positive) ??
    marks.find((one) => one.positive) ??
    signals.find((one) => one !== null) ??
    marks[0] ??
    when(header.unknownElements.length > 0, 'unknownElement') ??
    judgeState(header, rules) ??
    (isHeld ? judgeNames(header) : null) ??
    judgeScope(header, rules.scope) ??
    (isHeld ? judgeForm(header) : null) ??
    when(!isHeld, 'unstorable') ?? { admit: true }
  )
}

/** Without these nobody can say whether it is in scope. */
function judgeNames({ issuer, typeName }: Header): Refused | null {
  return when(isBlank(issuer), 'issuerMissing') ?? when(isBlank(typeName), 'typeMissing')
}

/** Whether its form alone would keep it out, were it in scope. */
export function hasForm(header: Header): boolean {
  return judgeForm(header) === null
}

/** Behind state and scope: of a draft, and of what concerns nobody here, no form is expected. */
function judgeForm({ subject, number, issuedOn }: Header): Refused | null {
  return (
    when(saysNothing(subject), 'subjectMissing') ??
    when(!isNumberGiven(number), 'numberMissing') ??
    when(issuedOn === null, 'issueDateMissing')
  )
}

/** A field whose absence alone keeps out an issued document that nothing else speaks against (docs/decisions/0032). */
export type FormField = 'subject' | 'number' | 'issuedOn' | 'issuer' | 'typeName'

const formFields: Readonly<Partial<Record<Refusal, FormField>>> = {
  subjectMissing: 'subject',
  numberMissing: 'number',
  issueDateMissing: 'issuedOn',
  issuerMissing: 'issuer',
  typeMissing: 'typeName',
}

export function formFieldOf(eligible: Eligibility): FormField | null {
  return eligible.admit ? null : (formFields[eligible.reason] ?? null)
}

/**
 * The gate for a status message, which assigns nothing and has neither subject nor type nor state of its own:
 * what it prints, what its format does not know, and who sends it.
 */
export function statusEligibility(header: Header, rules: GateRules): Eligibility {
  const marks = judgeMarks(header, rules, newFindings())
  return (
    marks.find((one) => one.positive) ??
    marks[0] ??
    when(header.unknownElements.length > 0, 'unknownElement') ??
    when(!isListed(header.issuer, rules.scope.issuers), 'issuerOutOfScope') ??
    when(!canBeStored(header), 'unstorable') ?? { admit: true }
  )
}

/** Every text that the gate looks at, and the parts that name the document. */
function canBeStored(header: Header): boolean {
  const { number, symbol, issuer, typeName } = header
  const names = [number, symbol, issuer, typeName].map((name) => name ?? '')
  return textsOf(header).every(isStorable) && isNameSized(...names)
}

/** Short codes of declared fields that no rule lists; a value that could be anything else is never kept. */
export function unmappedCodes(header: Header, rules: GateRules): UnmappedCode[] {
  return signalsOf(rules).flatMap((rule) => {
    const value = header.fields[rule.field]
    if (
      !Object.hasOwn(header.fields, rule.field) ||
      (typeof value !== 'string' && typeof value !== 'number')
    )
      return []
    const code = String(asSeen(value))
    const known = isOneOf([...rule.normal, ...rule.secret], value)
    return !known && /^[A-Za-z0-9_-]{1,12}$/.test(code) ? [{ field: rule.field, code }] : []
  })
}

function signalsOf({ secrecy, signals }: GateRules): SignalRule[] {
  return [...('absentMeansNormal' in secrecy ? [] : secrecy), ...signals]
}

function judgeSignal(header: Header, rule: SignalRule): Refused | null {
  const isSecrecy = rule.kind === 'level' || rule.kind === 'label'
  if (!Object.hasOwn(header.fields, rule.field) || header.fields[rule.field] === undefined) {
    return rule.absentMeansNormal ? null : refuse(isSecrecy ? 'secrecyMissing' : 'signalMissing')
  }
  const value = header.fields[rule.field]
  if (isOneOf(rule.secret, value))
    return refuse(isSecrecy ? 'secrecyPositive' : 'signalPositive', true)
  if (isOneOf(rule.normal, value)) return null
  if (rule.kind === 'declassified') return refuse('declassificationStated')
  return refuse(isSecrecy ? 'secrecyUnknown' : 'signalUnknown')
}

/**
 * Whether the name under which a file comes bears a mark that its message does not. A header of a transport often has its
 * letters replaced, and what cannot be read there says nothing: it is not kept.
 */
export function isMarkedName(
  name: string,
  { harmlessSuffixes, harmlessNames }: GateRules,
  document: NamedDocument = unnamed,
): boolean {
  const left = withoutLocalNamesInFiles(harmlessNames)(name)
  const found = markInFileName(left, neighboursIn(document.subject ?? ''))
  return found === 'sure' || found === 'doubtful' || suffixInName(name, harmlessSuffixes, document)
}

const unnamed: NamedDocument = { number: null, symbol: null, subject: null }

function judgeMarks(
  header: Header,
  { harmlessSuffixes, harmlessNames }: GateRules,
  { inText, inName, inCode }: Findings,
): Refused[] {
  const { symbol, number, fileNames } = header
  if (textsOf(header).reduce((length, text) => length + text.length, 0) > longestHeader)
    return [refuse('undecipherable')]
  const suffixed = waysOf([symbol ?? '', number ?? '']).some((part) =>
    secretSuffix(part, harmlessSuffixes),
  )
  const left = withoutLocalNames(harmlessNames)
  const leftOfName = withoutLocalNamesInFiles(harmlessNames)
  const subject = left(header.subject ?? '')
  const inSubject = found(inText, subject)
  // Only a subject that carries no mark says what its files are about.
  const beside = inSubject === null && fileNames.length > 0 ? neighboursIn(subject) : noNeighbours
  const inFile = (name: string) => inName(leftOfName(name), beside)
  return [
    suffixed ? refuse('secretSuffix', true) : null,
    asRefusal(inSubject, 'markInSubject'),
    asRefusal(found(inCode, symbol ?? ''), 'markInSymbol'),
    asRefusal(found(inCode, number ?? ''), 'markInSymbol'),
    ...(header.refs ?? []).map((ref) => asRefusal(inRef(found(inCode, ref)), 'markInSymbol')),
    ...printedOf(header).map((text) => asRefusal(found(inText, left(text)), 'markInText')),
    ...fileNames.map((name) => asRefusal(found(inFile, name), 'markInFileName')),
    waysOf(fileNames).some((name) => suffixInName(name, harmlessSuffixes, header))
      ? refuse('markInFileName')
      : null,
  ].filter((found) => found !== null)
}

/** Nobody reads a reference: what cannot be deciphered in it is no mark. */
function inRef(finding: MarkFinding): MarkFinding {
  return finding === 'undecipherable' ? null : finding
}

/** A text that no store can hold is looked at without what makes it so. */
function found(look: (text: string) => MarkFinding, text: string): MarkFinding {
  const finding = look(text)
  if (finding !== 'undecipherable' || isStorable(text)) return finding
  return strongest(readableWays(text).map(look))
}

function waysOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => (isStorable(text) ? text : readableWays(text)))
}

function printedOf({ texts, typeName, issuer, receivers }: Header): string[] {
  return [...texts, typeName, issuer, ...receivers].filter((text) => text !== null)
}

function textsOf(header: Header): string[] {
  const { subject, symbol, number, fileNames } = header
  const refs = header.refs ?? []
  return [subject ?? '', symbol ?? '', number ?? '', ...printedOf(header), ...fileNames, ...refs]
}

function asRefusal(finding: MarkFinding, reason: Refusal): Refused | null {
  if (!finding) return null
  return refuse(finding === 'undecipherable' ? 'undecipherable' : reason, finding === 'sure')
}

function judgeState(header: Header, { issued, recalled }: GateRules): Refused | null {
  if (recalled.length > 0 && recalled.every((condition) => holds(header, condition)))
    return refuse('recalled')
  return when(!issued.every((condition) => holds(header, condition)), 'notIssued')
}

function judgeScope(header: Header, scope: GateRules['scope']): Refused | null {
  const { issuers, types, receivers, fields } = scope
  return (
    when(!isListed(header.issuer, issuers), 'issuerOutOfScope') ??
    when(!isListed(header.typeName, types), 'typeOutOfScope') ??
    when(
      receivers !== null && !header.receivers.some((receiver) => isListed(receiver, receivers)),
      'receiverOutOfScope',
    ) ??
    when(!fields.every((condition) => holds(header, condition)), 'fieldOutOfScope')
  )
}

/** All printed parts of one message, or of one writing, together, in UTF-16 units; longer ones are not read, and refused. */
export const longestHeader = 200_000

type Refused = Extract<Eligibility, { admit: false }>

function refuse(reason: Refusal, positive = false): Refused {
  return { admit: false, reason, positive }
}

function when(condition: boolean, reason: Refusal): Refused | null {
  return condition ? refuse(reason) : null
}

function holds(header: Header, { field, in: literals }: FieldCondition): boolean {
  return Object.hasOwn(header.fields, field) && isOneOf(literals, header.fields[field])
}

export function isListed(name: string | null, listed: readonly string[]): boolean {
  return name !== null && listed.some((one) => plain(one) === plain(name))
}

/** Names of offices and types are compared without regard to case, spacing and Unicode form. */
function plain(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** A name may be as short as it likes. */
function isBlank(name: string | null): boolean {
  return name === null || !/[\p{L}\p{N}]/u.test(name)
}
