import { Gauge, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import { addDays, daysBetween, localDateOf } from '../domain/local-date.ts'
import { measurements } from '../store/measurements.ts'
import { marginBoundsS, marginsMetric } from './margins-metric.ts'

/** What Postgres knows, for the whole fleet, whichever process is asked. */
export interface StoreReading {
  readonly at: Date
  readonly sources: Awaited<ReturnType<App['store']['overview']['sources']>>
  readonly states: Awaited<ReturnType<App['store']['sources']['all']>>
  readonly deadlines: Awaited<ReturnType<App['store']['overview']['deadlines']>>
  readonly withoutText: number
  readonly late: Awaited<ReturnType<App['store']['signals']['late']>>
  /** Of each source, how many days of issue before today are not complete, documents and files apart. */
  readonly behind: readonly {
    readonly source: string
    readonly kind: 'documents' | 'files'
    readonly days: number
  }[]
  readonly backlog: Awaited<ReturnType<ReturnType<typeof measurements>['backlog']>>
  readonly openMargins: Awaited<ReturnType<ReturnType<typeof measurements>['openMargins']>>
}

export async function readStore({ store, clock, sources }: App): Promise<StoreReading> {
  const at = clock.now()
  const measured = measurements(store.db)
  // One after another: a scrape takes one connection of the pool from the work, not six.
  return {
    at,
    sources: await store.overview.sources(),
    states: await store.sources.all(),
    deadlines: await store.overview.deadlines(at),
    withoutText: await measured.withoutText(at),
    late: await store.signals.late(at),
    behind: await daysBehind(store, sources, at),
    backlog: await measured.backlog(at),
    openMargins: await measured.openMargins(at, marginBoundsS),
  }
}

/** A source that can prove nothing has no such figure. */
async function daysBehind(
  store: App['store'],
  sources: App['sources'],
  at: Date,
): Promise<StoreReading['behind']> {
  const today = localDateOf(at)
  const behind = []
  for (const [source, { profile, connector }] of sources) {
    if (connector.can.reconcile === 'none') continue
    const found = await store.completeness.of(source, profile.importFrom, today)
    const since = (day: string | null) =>
      Math.max(0, daysBetween(day ?? addDays(profile.importFrom, -1), today) - 1)
    behind.push({ source, kind: 'documents' as const, days: since(found.completeTo) })
    behind.push({ source, kind: 'files' as const, days: since(found.filesCompleteTo) })
  }
  return behind
}

export interface StoreMetrics {
  /** Null: nobody knows at present, and yesterday's numbers would look like today's. */
  show(reading: StoreReading | null): void
}

export function storeMetrics(registry: Registry): StoreMetrics {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `chidao_${name}`, help, labelNames, registers: [registry] })

  const lag = gauge(
    'source_lag_seconds',
    'Age of what the last complete head reading reached, by the clock of the service.',
    ['source'],
  )
  const silence = gauge(
    'source_last_answer_age_seconds',
    'Time since the source last answered a whole reading.',
    ['source'],
  )
  const breaker = gauge(
    'source_breaker_open',
    '1 while nobody asks the source because it failed repeatedly.',
    ['source'],
  )
  const failures = gauge('source_failures_in_a_row', 'Failed readings since the last good one.', [
    'source',
  ])
  const seen = gauge(
    'gate_seen_items',
    'Items the latest deep reading of the source saw; before there is one, the latest reading.',
    ['source'],
  )
  const decided = gauge(
    'gate_items',
    'Items of that reading by what the gate decided; the decisions add up to what was seen.',
    ['source', 'decision'],
  )
  const backlog = gauge('backlog_rows', 'Rows in Postgres that wait for this work.', ['work'])
  const oldest = gauge('backlog_oldest_seconds', 'How long the oldest of them has waited.', [
    'work',
  ])
  const open = gauge('deadlines_open', 'Directives not yet classified whose deadline is ahead.')
  const overdue = gauge('deadlines_overdue', 'Directives not yet classified, past their deadline.')
  const late = gauge('directives_staged_late', 'Directives staged after it.')
  const withoutText = gauge(
    'directives_without_text',
    'Directives past their deadline whose full text is not here, classified or not; copies once.',
  )
  const cameLate = gauge(
    'directives_late',
    'Directives that wait: released late by their source, or found late by a reading.',
    ['state'],
  )
  const behind = gauge(
    'source_incomplete_days',
    'Days of issue before today that are not said to be complete, documents and files apart.',
    ['source', 'kind'],
  )
  const left = marginsMetric(
    registry,
    'chidao_deadline_margin_seconds',
    'Time left to the legal deadline of directives not yet classified, now. A snapshot: no rate().',
  )
  const all = [
    lag,
    silence,
    breaker,
    failures,
    seen,
    decided,
    backlog,
    oldest,
    open,
    overdue,
    late,
    withoutText,
    cameLate,
    behind,
  ]

  return {
    show(reading) {
      for (const metric of all) metric.reset()
      left.show(reading?.openMargins ?? null)
      if (!reading) {
        // Reset, a gauge without labels says 0, which would be an answer.
        for (const metric of [open, overdue, late, withoutText]) metric.remove()
        return
      }
      for (const { name, headCursor, lastAnswerAt, breakerOpenUntil, ...gate } of reading.sources) {
        const source = { source: name }
        if (headCursor) lag.set(source, secondsBetween(headCursor, reading.at))
        if (lastAnswerAt) silence.set(source, secondsBetween(lastAnswerAt, new Date()))
        breaker.set(source, breakerOpenUntil ? 1 : 0)
        if (gate.seen === null) continue
        seen.set(source, gate.seen)
        for (const decision of ['allowed', 'notEligible', 'undecided'] as const)
          decided.set({ source: name, decision }, gate[decision] ?? 0)
      }
      for (const state of reading.states) failures.set({ source: state.name }, state.failures)
      for (const { work, rows, oldestWaitsS } of reading.backlog) {
        backlog.set({ work }, rows)
        oldest.set({ work }, oldestWaitsS)
      }
      open.set(reading.deadlines.open)
      overdue.set(reading.deadlines.overdue)
      late.set(reading.deadlines.stagedLate)
      withoutText.set(reading.withoutText)
      for (const [state, found] of Object.entries(reading.late))
        cameLate.set(
          { state },
          found.reduce((sum, { count }) => sum + count, 0),
        )
      for (const { source, kind, days } of reading.behind) behind.set({ source, kind }, days)
    },
  }
}

function secondsBetween(earlier: Date, later: Date): number {
  return Math.max(0, (later.getTime() - earlier.getTime()) / 1000)
}
