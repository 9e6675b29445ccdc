import type { Urgency } from './directive.ts'

/** What a person is woken for. */
export const alertKinds = [
  'deadlineNear',
  'deadlinePassed',
  'withoutText',
  'doubtedDate',
  'foundLate',
  'releasedLate',
  'sourceAway',
  'sourceSilent',
  'queueSilent',
  'storeWentBack',
  'breakerOpen',
  'sentinelUnreadable',
  'undecided',
  'fuseAsked',
  'failed',
  'fileMissing',
  'unconfirmed',
  'notAdmitted',
  'withheld',
  'notEligibleJump',
  'unmappedCode',
  'formRefused',
] as const

export type AlertKind = (typeof alertKinds)[number]

/** Those that say of a source itself that it is in trouble. */
export const sourceTrouble = [
  'sourceAway',
  'sourceSilent',
  'breakerOpen',
  'sentinelUnreadable',
] as const satisfies readonly AlertKind[]

/** Hours before its legal deadline from which a directive is close to it, where nothing else is configured. */
export const nearHours: Readonly<Record<Urgency, number>> = {
  normal: 8,
  urgent: 8,
  veryUrgent: 8,
  flash: 6,
  unreadable: 6,
}

/** Numbers, and a word of a fixed list: an alert never says which directive. */
export interface Figures {
  readonly count: number
  readonly byUrgency?: Readonly<Partial<Record<Urgency, number>>>
  /** Directives of the source whose legal deadline runs. */
  readonly open?: number
  readonly hours?: number
  /** Why a source fails, as a failure word. */
  readonly cause?: string
  readonly percent?: number
  readonly percentBefore?: number
}

/** Something that is so now. `source` is a configured name, or empty where it is about none. */
export interface Condition {
  readonly kind: AlertKind
  readonly source: string
  readonly figures: Figures
}

/** `raised`, `worse` and `again` while it lasts; `recovered` once. */
export type Occasion = 'raised' | 'worse' | 'again' | 'recovered'

export interface OpenAlert {
  readonly lastAt: Date
  readonly toldAt: Date
  readonly toldCount: number
}

export interface Patience {
  /** How long until a lasting condition is told again. */
  readonly repeatMs: number
  /** A condition that is away for less than this has not gone. */
  readonly quietMs: number
}

/** More of the same is told sooner than the same, but not with every single one. */
const worseAfterMs = 15 * 60_000

/** What is to be said of a condition, if anything; `alert` is null where nobody was told of it yet. */
export function occasionOf(
  alert: OpenAlert | null,
  condition: Pick<Condition, 'figures'> | null,
  at: Date,
  { repeatMs, quietMs }: Patience,
): Occasion | null {
  if (!alert) return condition ? 'raised' : null
  if (!condition) return at.getTime() - alert.lastAt.getTime() >= quietMs ? 'recovered' : null
  const sinceTold = at.getTime() - alert.toldAt.getTime()
  if (condition.figures.count > alert.toldCount && sinceTold >= worseAfterMs) return 'worse'
  return sinceTold >= repeatMs ? 'again' : null
}
