import { Gauge, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import { measurements } from '../store/measurements.ts'
import { marginBoundsS, marginsMetric } from './margins-metric.ts'

/** What has come to its end since the first day. Counting it takes the longer the older the store is. */
export interface TotalsReading {
  readonly totals: Awaited<ReturnType<App['store']['overview']['totals']>>
  readonly outbox: Awaited<ReturnType<ReturnType<typeof measurements>['outbox']>>
  readonly stagingMargins: Awaited<ReturnType<ReturnType<typeof measurements>['stagingMargins']>>
  readonly files: Awaited<ReturnType<App['store']['signals']['files']>>
}

export async function readTotals({ store }: App): Promise<TotalsReading> {
  const measured = measurements(store.db)
  return {
    totals: await store.overview.totals(),
    outbox: await measured.outbox(),
    stagingMargins: await measured.stagingMargins(marginBoundsS),
    files: await store.signals.files(),
  }
}

export interface TotalsMetrics {
  /** Null: nobody knows at present. */
  show(reading: TotalsReading | null): void
}

export function totalsMetrics(registry: Registry): TotalsMetrics {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name: `chidao_${name}`, help, labelNames, registers: [registry] })

  const outcomes = gauge(
    'intake_versions',
    'Message versions the gate admitted, by what became of them.',
    ['outcome'],
  )
  const outbox = gauge('outbox_rows', 'What goes back to the sources, by kind and state.', [
    'kind',
    'state',
  ])
  const files = gauge('files', 'Files by what they belong to and what became of them.', [
    'kind',
    'state',
  ])
  const bytes = gauge('file_bytes', 'Size of the stored files, before encryption.', ['kind'])
  const leftAtStaging = marginsMetric(
    registry,
    'chidao_staging_margin_seconds',
    'Time that was left to the legal deadline when a directive was staged. A snapshot: no rate().',
  )

  return {
    show(reading) {
      for (const metric of [outcomes, outbox, files, bytes]) metric.reset()
      leftAtStaging.show(reading?.stagingMargins ?? null)
      if (!reading) return
      for (const [outcome, n] of Object.entries(reading.totals)) outcomes.set({ outcome }, n)
      for (const { kind, state, rows } of reading.outbox) outbox.set({ kind, state }, rows)
      for (const { kind, state, files: n, bytes: size } of reading.files) {
        files.set({ kind, state }, n)
        if (state === 'stored') bytes.set({ kind }, size)
      }
    },
  }
}
