import { createHmac } from 'node:crypto'
import type { WebhookSettings } from '#config/alerts.ts'
import type { Notice } from '../store/alerts.ts'
import { deliver } from './request.ts'
import { sentencesOf, severityOf } from './wording.ts'

/** The body is an interface: docs/operations.md. */
export function sendWebhook(
  { url, secret, caFile }: WebhookSettings,
  notices: readonly Notice[],
): Promise<void> {
  const body = JSON.stringify({ version: 1, service: 'chidao', alerts: notices.map(bodyOf) })
  return deliver(() => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    return {
      url,
      method: 'POST',
      caFile,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-chidao-timestamp': timestamp,
        'x-chidao-signature': `v1=${signature(secret, timestamp, body)}`,
      },
    }
  })
}

/** Over the time as well, so that a message that somebody kept cannot be sent again later. */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

function bodyOf(notice: Notice) {
  const { id, occasion, kind, source, figures, beganAt } = notice
  const { vi, en } = sentencesOf(notice)
  return {
    id,
    occasion,
    kind,
    severity: severityOf(kind),
    source,
    ...figures,
    since: beganAt,
    vi,
    en,
  }
}
