/** What went wrong, counted by comparing the store with what the simulated source knows itself. */
export interface Counters {
  /** Eligible at the source and not shown by the store; or called delivered, and the source does not have it. */
  readonly lost: number
  /** A directive that stands twice in the store, a reply that stands twice at the source. */
  readonly duplicated: number
  /** In the store and not eligible; or at the source, and the store knows nothing of it or says that it was refused. */
  readonly unexpected: number
  /** Shown, and not eligible. */
  readonly exposed: number
  /** Shown, and an acknowledging source was never told that it came. */
  readonly unacknowledged: number
  /** Strings of documents that must not pass, found anywhere. */
  readonly leaked: number
  /** Not at rest at the end, although nobody is asked about it. */
  readonly stuck: number
  /** Readings whose totals do not add up. */
  readonly unbalanced: number
  /** Faults of which something of their own is promised that was not kept: a lost commit that nobody noticed. */
  readonly unkept: number
  /** Workers that wrote more lines of trouble in a minute than an outage may cost. */
  readonly verbose: number
}

export interface HeldDirective {
  /** Source and reference. */
  readonly name: string
  /** Staged, and not withheld. */
  readonly shown: boolean
}

export interface WrittenReply {
  /** What it is called at the source. */
  readonly name: string
  /** Of its outbox row; null where the source takes no such reply. */
  readonly state: string | null
}

export interface Compared {
  /** Names that must be shown: eligible when the last fault was over. */
  readonly must: readonly string[]
  /** Names that may be held: eligible at the very end. */
  readonly may: ReadonlySet<string>
  readonly held: readonly HeldDirective[]
  readonly written: readonly WrittenReply[]
  /** Names of the replies that the source has, each as often as it has it. */
  readonly arrived: readonly string[]
  /** What must not pass and was nevertheless acknowledged as taken. */
  readonly acknowledgedWrongly: readonly string[]
  /** What an acknowledging source lists no more, because it was told that it came. */
  readonly acknowledged: ReadonlySet<string>
  /** Whether a directive is of such a source. */
  acknowledges(name: string): boolean
  /** What went with lost commits: no store can know it, and only what its source lists again comes again. */
  readonly forgotten: {
    readonly directives: ReadonlySet<string>
    readonly replies: ReadonlySet<string>
  }
}

type Wrong = Readonly<
  Record<'lost' | 'duplicated' | 'unexpected' | 'exposed' | 'unacknowledged', readonly string[]>
>

/** By name, so that whoever looks into it knows where. */
export function wrongIn(of: Compared): Wrong {
  const { must, may, held, written, arrived, acknowledged, forgotten } = of
  const shown = new Set(held.filter((one) => one.shown).map(({ name }) => name))
  const there = new Set(arrived)
  const known = new Map(written.map(({ name, state }) => [name, state]))
  const isGone = (name: string) => forgotten.directives.has(name) && acknowledged.has(name)
  return {
    lost: [
      ...must.filter((name) => !shown.has(name) && !isGone(name)),
      ...namesOf(written.filter(({ name, state }) => state === 'delivered' && !there.has(name))),
    ],
    duplicated: [...repeated(namesOf(held)), ...repeated(arrived)],
    unexpected: [
      ...namesOf(held).filter((name) => !may.has(name)),
      ...[...there].filter(
        (name) =>
          (known.get(name) ?? 'rejected') === 'rejected' &&
          (known.has(name) || !forgotten.replies.has(name)),
      ),
      ...of.acknowledgedWrongly,
    ],
    exposed: [...shown].filter((name) => !may.has(name)),
    unacknowledged: must.filter(
      (name) => shown.has(name) && of.acknowledges(name) && !acknowledged.has(name),
    ),
  }
}

export function compared(of: Compared): Readonly<Record<keyof Wrong, number>> {
  const { lost, duplicated, unexpected, exposed, unacknowledged } = wrongIn(of)
  return {
    lost: lost.length,
    duplicated: duplicated.length,
    unexpected: unexpected.length,
    exposed: exposed.length,
    unacknowledged: unacknowledged.length,
  }
}

export function isClean(counters: Counters): boolean {
  return Object.values(counters).every((count) => count === 0)
}

function namesOf(some: readonly { readonly name: string }[]): string[] {
  return some.map(({ name }) => name)
}

/** Each as often as it is there too often. */
function repeated(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) < at)
}
