/** What has happened in a year and on which face; a year without any of it would prove nothing. */
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import type { Faults, Subject } from '#connectors/simulator/faults.ts'
import type { App } from '#src/app.ts'
import { startOfDay } from '#src/domain/local-date.ts'
import { type AskedAt, cameLateAtTheEdge } from './readings.ts'
import type { Script } from './script.ts'
import type { Truth } from './truth.ts'

const rest = 'qlvb-tinh'
const axis = 'truc-vxp'
const faces = [rest, axis]

const onBoth = [
  'backdated by days',
  'backdated by months',
  'backdated by weeks',
  'bears the code of a secret one',
  'clock ahead',
  'clock behind',
  'late at the edge',
  'recalled',
  'replaced',
  'rows twice',
  'secret',
  'silent',
  'staged',
  'updated',
]

/** The axis takes nothing back, never says what it still has, and its list has no pages. */
const inTheRegister = ['declassified', 'rows late', 'vanished', 'vanished for a while']

/** So few that a quarter may pass without them. */
const rare = [
  `${rest}: declassified`,
  `${rest}: vanished for a while`,
  ...faces.flatMap((face) => [
    `${face}: backdated by months`,
    `${face}: backdated by weeks`,
    `${face}: bears the code of a secret one`,
  ]),
]

export function everythingIn(days: number): string[] {
  return [
    ...faces.flatMap((face) => onBoth.map((what) => `${face}: ${what}`)),
    ...inTheRegister.map((what) => `${rest}: ${what}`),
    'purged',
  ].filter((what) => days >= 365 || !rare.includes(what))
}

export interface Year {
  readonly app: App
  readonly script: Script
  /** What is shown at its end. */
  readonly truths: readonly Truth[]
  readonly asked: readonly AskedAt[]
  /** By the name of the store's rows: what its source called secret while the store had it. */
  readonly calledSecret: ReadonlySet<string>
  /** The faces that were asked while their clock was wrong: `qlvb-tinh: clock ahead`. */
  readonly skewed: ReadonlySet<string>
  readonly faults: Faults
}

export async function lived(year: Year): Promise<string[]> {
  const { rows } = await year.app.store.db.raw(
    `select d.source || ': ' || h.event as what from sync.history h join sync.directive d on d.id = h.directive_id where h.event in ('staged', 'updated', 'recalled')
     union select d.source || ': vanished for a while' from sync.history h join sync.directive d on d.id = h.directive_id where h.event = 'released' and d.source = ?
     union select source || ': vanished' from sync.directive where withheld_itself = 'vanished'
     union select source || ': replaced' from sync.replacement
     union select 'purged' from sync.purge`,
    [rest],
  )
  return [
    ...new Set<string>([
      ...rows.map(({ what }: { what: string }) => what),
      ...[...year.calledSecret].map((name) => `${name.split(' ')[0]}: secret`),
      ...year.skewed,
      ...year.truths.flatMap((truth) => fatesOf(truth, year)),
      ...faultsOf(year.faults),
    ]),
  ]
}

/** What befell one that is shown in the end. */
function fatesOf({ shown: { name }, document }: Truth, year: Year): string[] {
  const { script, asked, calledSecret } = year
  const fates = [
    script.backdated.has(document.id) && backdatedBy(document),
    script.sameCode.has(document.id) && 'bears the code of a secret one',
    cameLateAtTheEdge(document, asked) && 'late at the edge',
    script.declassified.has(document.id) && calledSecret.has(name) && 'declassified',
  ]
  return fates.filter((fate) => fate !== false).map((fate) => `${name.split(' ')[0]}: ${fate}`)
}

function backdatedBy({ issuedOn, releasedAt }: SimulatedDocument): string {
  const days = (+releasedAt - +startOfDay(issuedOn)) / 86_400_000
  return days < 9 ? 'backdated by days' : days < 46 ? 'backdated by weeks' : 'backdated by months'
}

function faultsOf(faults: Faults): string[] {
  return faces.flatMap((face) => {
    const { dropped, duplicateRows, shiftedPages } = faults.counts((subject) =>
      isListOf(face, subject),
    )
    return [
      ...(dropped > 0 ? [`${face}: silent`] : []),
      ...(duplicateRows > 0 ? [`${face}: rows twice`] : []),
      ...(shiftedPages > 0 ? [`${face}: rows late`] : []),
    ]
  })
}

/** A face's list goes by its window among the subjects of faults. */
function isListOf(face: string, subject: Subject): boolean {
  return (face === axis ? /^received / : /^\d{4}-\d\d-\d\d /).test(String(subject))
}
