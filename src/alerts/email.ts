import { readFileSync } from 'node:fs'
import type { EmailSettings } from '#config/alerts.ts'
import type { Notice } from '../store/alerts.ts'
import { letterOf } from './letter.ts'
import { NotDelivered, wordOf } from './request.ts'

const stepMs = 10_000

/** Plain text over SMTP; verified TLS unless an authority allowed otherwise. */
export async function sendEmail(
  settings: EmailSettings,
  notices: readonly Notice[],
): Promise<void> {
  // Whoever sends no e-mail does not load what sends it.
  const { createTransport } = await import('nodemailer')
  const { host, port, tls, caFile, username, password, from, to } = settings
  const transport = createTransport({
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { rejectUnauthorized: true, ...(caFile ? { ca: readFileSync(caFile) } : {}) },
    ...(username !== null && password !== null ? { auth: { user: username, pass: password } } : {}),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const { subject, text } = letterOf(notices)
  try {
    await transport.sendMail({
      from: { name: 'Chỉ đạo', address: from },
      to: [...to],
      subject,
      text,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    throw new NotDelivered(wordOfMail(error as MailError))
  } finally {
    transport.close()
  }
}

type MailError = Error & { code?: string; responseCode?: number }

function wordOfMail(error: MailError): string {
  if (error.code === 'EAUTH') return 'unauthorized'
  if (error.code === 'ETLS') return 'certificate'
  if (error.responseCode !== undefined)
    return error.responseCode >= 500 ? 'rejected' : 'unavailable'
  return wordOf(error)
}
