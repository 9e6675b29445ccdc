import { Gauge, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import { alertKinds } from '../domain/alert.ts'
import { officeHoursBetween } from '../domain/office-hours.ts'
import type { AttentionCounts } from '../store/attention.ts'
import { askedAt } from './pages/waiting-count.ts'

/** What calls for a person, and whether anybody is told, for the whole fleet. */
export interface SignalReading {
  readonly sources: readonly {
    readonly name: string
    readonly paused: boolean
    readonly silentS: number | null
    readonly unmapped: number
  }[]
  readonly attention: AttentionCounts
  readonly alerts: Awaited<ReturnType<App['store']['alerts']['list']>>
  readonly channels: Awaited<ReturnType<App['store']['alerts']['channels']>>
  readonly heartbeat: Awaited<ReturnType<App['store']['alerts']['heartbeat']>>
}

export async function readSignals(app: App): Promise<SignalReading> {
  const { store, clock, calendar } = app
  const at = clock.now()
  const { signals, alerts } = store
  const unmapped = new Map(
    (await signals.unmapped(null)).map(({ source, count }) => [source, count]),
  )
  return {
    sources: (await signals.sources(at)).map(({ name, paused, lastItemAt }) => ({
      name,
      paused,
      silentS: lastItemAt && officeHoursBetween(calendar, lastItemAt, at) * 3600,
      unmapped: unmapped.get(name) ?? 0,
    })),
    attention: await store.attention.counts(askedAt(app, at)),
    alerts: (await alerts.list(at)).filter(({ endedAt }) => endedAt === null),
    channels: await alerts.channels(),
    heartbeat: await alerts.heartbeat(),
  }
}

export interface SignalMetrics {
  /** Null: nobody knows at present. */
  show(reading: SignalReading | null): void
}

export function signalMetrics(registry: Registry): SignalMetrics {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name: `chidao_${name}`, help, labelNames, registers: [registry] })

  const paused = gauge('source_paused', '1 while a person has the source left alone.', ['source'])
  const silent = gauge(
    'source_silent_office_seconds',
    'Office hours, in seconds, since the gate last admitted something new of the source.',
    ['source'],
  )
  const unmapped = gauge(
    'gate_unmapped_codes',
    'Distinct codes met that the profile of the source does not map.',
    ['source'],
  )
  const attention = gauge(
    'attention_items',
    'What waits for a person, by kind: the list of "chidao attention".',
    ['kind'],
  )
  const open = gauge('alerts_open', 'Alerts of the service itself that last.', ['kind'])
  const notices = gauge(
    'alert_notices',
    'Notices of alerts that wait, or were given up within a week.',
    ['channel', 'state'],
  )
  const oldest = gauge('alert_notice_oldest_seconds', 'How long the oldest of them has waited.', [
    'channel',
  ])
  const heartbeat = gauge(
    'heartbeat_age_seconds',
    'Since the receiver of the dead-man’s switch last took a sign of life.',
    [],
  )
  const all = [paused, silent, unmapped, attention, open, notices, oldest, heartbeat]

  return {
    show(reading) {
      for (const metric of all) metric.reset()
      heartbeat.remove()
      if (!reading) return
      for (const { name, silentS, ...source } of reading.sources) {
        paused.set({ source: name }, source.paused ? 1 : 0)
        unmapped.set({ source: name }, source.unmapped)
        if (silentS !== null) silent.set({ source: name }, silentS)
      }
      for (const [kind, n] of Object.entries(reading.attention)) attention.set({ kind }, n)
      for (const kind of alertKinds) open.set({ kind }, 0)
      for (const { kind } of reading.alerts) open.inc({ kind })
      for (const channel of ['webhook', 'email'] as const) {
        const found = reading.channels.find((one) => one.channel === channel)
        notices.set({ channel, state: 'pending' }, found?.pending ?? 0)
        notices.set({ channel, state: 'givenUp' }, found?.givenUp ?? 0)
        oldest.set({ channel }, found?.oldestS ?? 0)
      }
      const { sentAt } = reading.heartbeat
      if (sentAt) heartbeat.set(Math.max(0, (Date.now() - sentAt.getTime()) / 1000))
    },
  }
}
