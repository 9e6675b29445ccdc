import type { AlertSettings, HeartbeatSettings } from '#config/alerts.ts'
import type { App } from '../app.ts'
import { failureOf } from './deliver.ts'
import { deliver } from './request.ts'

/**
 * The dead-man's switch: a sign of life for whoever wakes a person when it stops. It is given only while the sweep
 * comes to its end, a source that may be asked answers, and alerts reach their receivers.
 */
export async function beat(app: App, { heartbeat }: AlertSettings): Promise<void> {
  if (!heartbeat) return
  const { store, sources, clock, log } = app
  if (!(await store.alerts.heartbeatIsDue(heartbeat.everyMs * 0.9))) return
  const asked = await store.pauses.mayBeAsked(sources.keys(), clock.now())
  const why = await store.alerts.whyNotAlive(asked, heartbeat.aliveMs)
  if (why !== null) {
    await store.alerts.heartbeatEnded(why)
    log.heartbeatWithheld({ failure: why })
    return
  }
  const failure = await failureOf(() => giveSign(heartbeat))
  await store.alerts.heartbeatEnded(failure)
  if (failure !== null) log.heartbeatFailed({ failure })
}

export function giveSign({ url, caFile }: HeartbeatSettings): Promise<void> {
  return deliver(() => ({ url, method: 'GET', caFile }))
}
