import type { AlertSettings } from '#config/alerts.ts'
import type { App } from '../app.ts'
import type { Channel, Notice } from '../store/alerts.ts'
import { sendEmail } from './email.ts'
import { NotDelivered } from './request.ts'
import { sendWebhook } from './webhook.ts'

export function channelsOf({ webhook, email }: AlertSettings): Channel[] {
  return [...(webhook ? (['webhook'] as const) : []), ...(email ? (['email'] as const) : [])]
}

/** Sends what waits on each channel. What does not arrive stays written down and is tried again. */
export async function deliverDue({ store, log }: App, settings: AlertSettings): Promise<void> {
  for (const channel of channelsOf(settings)) {
    const notices = await store.alerts.take(channel)
    if (notices.length === 0) continue
    const ids = notices.map(({ id }) => id)
    const failure = await failureOf(() => send(channel, settings, notices))
    if (failure === null) {
      await store.alerts.delivered(ids)
    } else {
      await store.alerts.notDelivered(ids, failure)
      log.alertNotDelivered({ operation: channel, failure, count: ids.length })
    }
  }
}

/** Throws `NotDelivered`. */
export async function send(
  channel: Channel,
  { webhook, email }: AlertSettings,
  notices: readonly Notice[],
): Promise<void> {
  switch (channel) {
    case 'webhook':
      return sendWebhook(webhook!, notices)
    case 'email':
      return sendEmail(email!, notices)
  }
}

/** One word: what a receiver answers may hold anything. */
export async function failureOf(attempt: () => Promise<void>): Promise<string | null> {
  try {
    await attempt()
    return null
  } catch (error) {
    return error instanceof NotDelivered ? error.word : 'ourMistake'
  }
}
