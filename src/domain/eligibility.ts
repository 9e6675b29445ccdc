import type { LocalDate } from './local-date.ts'

/** A value exactly as a source writes it; `1` and `"1"` are different literals. */
export type Literal = string | number | boolean | null

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
  /** Elements or attributes the format does not know, where a secrecy field would hide (edXML). */
  readonly unknownElements: readonly string[]
}

/** What a source's profile says to the gate. There are no defaults: a source without a secrecy rule does not start. */
export interface GateRules {
  readonly secrecy: readonly SignalRule[] | { readonly absentMeansNormal: { readonly authority: string } }
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
  | 'subjectMissing'
  | 'numberMissing'
  | 'issueDateMissing'
  | 'notIssued'
  | 'recalled'
  | 'issuerOutOfScope'
  | 'typeOutOfScope'
  | 'receiverOutOfScope'
  | 'fieldOutOfScope'

export type Eligibility =
  | { readonly admit: true }
  /** `positive`: a literal or mark says secret, so a directive already stored is withheld at once (design §5). */
  | { readonly admit: false; readonly reason: Refusal; readonly positive: boolean }
