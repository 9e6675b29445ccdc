import type { AlertSettings } from '#config/alerts.ts'
import type { App } from '../app.ts'
import type { AlertKind, Condition } from '../domain/alert.ts'
import { officeHoursBetween } from '../domain/office-hours.ts'
import type { AtRisk, Counted, SourceSignals } from '../store/signals.ts'

/** After so many failures in a row nobody asks a source for a while. */
const breakerAt = 3
const dayMs = 24 * 3_600_000
/** One document of three is no jump. */
const fewNotEligible = 5

/** Everything that needs a person now. */
export async function conditionsOf(
  { store, calendar, sources }: App,
  settings: AlertSettings,
  at: Date,
): Promise<Condition[]> {
  const { signals } = store
  const databaseNow = await store.now()
  const watched = (await signals.sources(at)).filter(({ name }) => sources.has(name))
  const late = await signals.late(at)
  const openOf = new Map(watched.map(({ name, open }) => [name, open]))
  const counted = (kind: AlertKind, found: readonly Counted[]): Condition[] =>
    found.map(({ source, count }) => ({ kind, source, figures: { count } }))
  return [
    ...deadlines('deadlineNear', await signals.near(at, settings.nearHours)),
    ...deadlines('deadlinePassed', await signals.passed(at)),
    ...counted('withoutText', await signals.withoutText(at)),
    ...counted('doubtedDate', await signals.doubtedDates()),
    ...counted('foundLate', late.found),
    ...counted('releasedLate', late.released),
    ...watched.flatMap((source) => ofSource(source)),
    ...ofQueue(await store.rings.silentMs()),
    ...ofStore(await store.wentBack.lately(dayMs)),
    ...counted('fuseAsked', await signals.fuses()),
    ...counted('failed', await signals.failed()),
    ...counted('fileMissing', await signals.filesMissing()),
    ...counted('unconfirmed', await signals.unconfirmed()),
    ...counted('notAdmitted', await signals.notAdmitted()),
    ...counted('withheld', await signals.doubted()),
    ...(await signals.notEligibleShares())
      .filter(
        ({ count, share, shareBefore }) =>
          count >= fewNotEligible && (share - shareBefore) * 100 > settings.jumpPoints,
      )
      .map(
        ({ source, count, share, shareBefore }): Condition => ({
          kind: 'notEligibleJump',
          source,
          figures: { count, percent: percent(share), percentBefore: percent(shareBefore) },
        }),
      ),
    ...counted('formRefused', summed(await store.formRefusals.risen(at))),
    ...counted('unmappedCode', await signals.unmapped(new Date(at.getTime() - dayMs))),
  ]

  function ofQueue(silentMs: number | null): Condition[] {
    if (silentMs === null || silentMs < settings.awayMs) return []
    return [{ kind: 'queueSilent', source: '', figures: { count: 1, hours: hours(silentMs) } }]
  }

  function ofStore(lost: number | null): Condition[] {
    return lost === null ? [] : [{ kind: 'storeWentBack', source: '', figures: { count: lost } }]
  }

  function ofSource(source: SourceSignals): Condition[] {
    const { name, undecided } = source
    const found: Condition[] = []
    const add = (kind: AlertKind, figures: Omit<Condition['figures'], 'open'>) =>
      found.push({ kind, source: name, figures: { ...figures, open: openOf.get(name) ?? 0 } })
    if (undecided > 0) add('undecided', { count: undecided })
    // Whoever paused it knows.
    if (source.paused) return found
    const awayMs = source.lastAnswerAt ? databaseNow.getTime() - source.lastAnswerAt.getTime() : 0
    const away = {
      count: 1,
      hours: hours(awayMs),
      ...(source.failure && { cause: source.failure }),
    }
    if (source.failures >= breakerAt) add('breakerOpen', away)
    else if (awayMs >= settings.awayMs) add('sourceAway', away)
    if (source.sentinelFailure !== null) add('sentinelUnreadable', { count: 1 })
    if (source.lastItemAt) {
      const silence = officeHoursBetween(calendar, source.lastItemAt, at)
      if (silence >= settings.silentOfficeHours)
        add('sourceSilent', { count: 1, hours: Math.floor(silence) })
    }
    return found
  }
}

function summed(found: readonly Counted[]): Counted[] {
  const bySource = Map.groupBy(found, ({ source }) => source)
  return [...bySource].map(([source, ofIt]) => ({
    source,
    count: ofIt.reduce((sum, { count }) => sum + count, 0),
  }))
}

/** One condition for each source, whatever the urgencies. */
function deadlines(kind: AlertKind, found: readonly AtRisk[]): Condition[] {
  return [...Map.groupBy(found, ({ source }) => source)].map(([source, ofIt]) => ({
    kind,
    source,
    figures: {
      count: ofIt.reduce((sum, { count }) => sum + count, 0),
      byUrgency: Object.fromEntries(ofIt.map(({ urgency, count }) => [urgency, count])),
    },
  }))
}

function percent(share: number): number {
  return Math.round(share * 100)
}

function hours(ms: number): number {
  return Math.round(ms / 360_000) / 10
}
