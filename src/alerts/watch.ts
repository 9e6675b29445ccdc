import type { App } from '../app.ts'
import { conditionsOf } from './conditions.ts'
import { channelsOf, deliverDue } from './deliver.ts'
import { beat } from './heartbeat.ts'
import { askSentinels } from './sentinel.ts'

const notedAtOnce = 500

/** WATCH: records deadlines that have passed, and tells people what needs them; once, whichever processes do it. */
export async function watch(app: App): Promise<void> {
  const { store, alerts: settings, log } = app
  const at = app.clock.now()
  await notePassed(app, at)
  if (!settings) return
  await askSentinels(app)
  const conditions = await conditionsOf(app, settings, at)
  const told = await store.alerts.keep(conditions, at, settings, channelsOf(settings))
  for (const { occasion, kind, source, count } of told ?? []) {
    if (occasion === 'recovered') log.alertRecovered({ kind, source, count })
    else log.alertRaised({ kind, source, count, outcome: occasion })
  }
  await deliverDue(app, settings)
  await beat(app, settings)
}

async function notePassed({ store, log }: App, at: Date): Promise<void> {
  let count = 0
  for (;;) {
    const noted = await store.deadlines.notePassed(at, notedAtOnce)
    count += noted
    if (noted < notedAtOnce) break
  }
  if (count > 0) log.deadlinePassed({ count })
}
