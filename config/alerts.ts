/** Whom the service wakes, and when. Secrets come from the environment or from files, never from here. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { nearHours } from '#src/domain/alert.ts'
import type { Urgency } from '#src/domain/directive.ts'
import { strict, text } from './sources.ts'

export interface AlertSettings {
  readonly everyMs: number
  /** How long before a legal deadline a person is told of it. */
  readonly nearHours: Readonly<Record<Urgency, number>>
  readonly awayMs: number
  readonly silentOfficeHours: number
  readonly jumpPoints: number
  readonly repeatMs: number
  readonly quietMs: number
  readonly webhook: WebhookSettings | null
  readonly email: EmailSettings | null
  readonly heartbeat: HeartbeatSettings | null
}

export interface WebhookSettings {
  readonly url: string
  readonly secret: string
  readonly caFile: string | null
}

export interface EmailSettings {
  readonly host: string
  readonly port: number
  /** `none` only where an authority is named for it. */
  readonly tls: 'starttls' | 'tls' | 'none'
  readonly caFile: string | null
  readonly from: string
  readonly to: readonly string[]
  readonly username: string | null
  readonly password: string | null
}

export interface HeartbeatSettings {
  readonly url: string
  readonly everyMs: number
  /** Work that did not go through for so long does not count as alive. */
  readonly aliveMs: number
  readonly caFile: string | null
}

const hours = z.number().positive().max(240)
const minutes = z.number().positive().max(10_080)
const authority = strict({ authority: text })
const mailbox = z.email('write one address, such as truc@quangtri.gov.vn')

export const alertsSection = strict({
  everySeconds: z.number().positive().max(3600).default(60),
  nearHours: strict({
    normal: hours.default(nearHours.normal),
    urgent: hours.default(nearHours.urgent),
    veryUrgent: hours.default(nearHours.veryUrgent),
    flash: hours.default(nearHours.flash),
  }).prefault({}),
  awayMinutes: minutes.default(30),
  silentOfficeHours: hours.default(15),
  notEligibleJumpPoints: z.number().positive().max(100).default(20),
  repeatHours: hours.default(4),
  quietMinutes: minutes.default(5),
  webhook: strict({
    url: text.optional(),
    caFile: text.optional(),
    insecureTransport: authority.optional(),
  }).optional(),
  email: strict({
    host: text,
    port: z.int().min(1).max(65_535).optional(),
    tls: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    caFile: text.optional(),
    insecureTransport: authority.optional(),
    from: mailbox,
    to: z.array(mailbox).min(1, 'name at least one receiver'),
    username: text.optional(),
  }).optional(),
  heartbeat: strict({
    everyMinutes: minutes.default(5),
    url: text.optional(),
    caFile: text.optional(),
    insecureTransport: authority.optional(),
  }).optional(),
})

/** Puts the section and its secrets together; every problem is added to `problems`. */
export function alertSettings(
  section: z.infer<typeof alertsSection>,
  secret: (name: string) => string | null,
  problems: string[],
  pollMs: number,
): AlertSettings {
  const { webhook, email, heartbeat } = section
  return {
    everyMs: section.everySeconds * 1000,
    nearHours: { ...section.nearHours, unreadable: section.nearHours.flash },
    awayMs: section.awayMinutes * 60_000,
    silentOfficeHours: section.silentOfficeHours,
    jumpPoints: section.notEligibleJumpPoints,
    repeatMs: section.repeatHours * 3_600_000,
    quietMs: section.quietMinutes * 60_000,
    webhook: webhook ? webhookOf(webhook, secret, problems) : null,
    email: email ? emailOf(email, secret, problems) : null,
    heartbeat: heartbeat ? heartbeatOf(heartbeat, secret, problems, pollMs) : null,
  }
}

type Section = z.infer<typeof alertsSection>

function webhookOf(
  { url, caFile, insecureTransport }: NonNullable<Section['webhook']>,
  secret: (name: string) => string | null,
  problems: string[],
): WebhookSettings {
  const address = secret('ALERTS_WEBHOOK_URL') ?? url ?? ''
  const key = secret('ALERTS_WEBHOOK_SECRET') ?? ''
  checkUrl('alerts.webhook', 'ALERTS_WEBHOOK_URL', address, insecureTransport, problems)
  checkCa('alerts.webhook', caFile, problems)
  if (key.length < shortestKey)
    problems.push(
      `ALERTS_WEBHOOK_SECRET: alerts.webhook needs a key of at least ${shortestKey} characters, by which its receiver knows them to be ours. Make one: openssl rand -hex 32`,
    )
  return { url: address, secret: key, caFile: caFile ?? null }
}

function emailOf(
  given: NonNullable<Section['email']>,
  secret: (name: string) => string | null,
  problems: string[],
): EmailSettings {
  const { host, tls, from, to, caFile, username = null, insecureTransport } = given
  const password = secret('ALERTS_SMTP_PASSWORD')
  if (tls === 'none' && !insecureTransport)
    problems.push(
      'alerts.email.tls: none sends in clear; use starttls or tls, or name who allowed it in insecureTransport: { authority }',
    )
  if (tls === 'none' && username !== null)
    problems.push(
      'alerts.email.username: a password is never sent in clear; use starttls or tls, or leave username out',
    )
  if ((username === null) !== (password === null))
    problems.push(
      'ALERTS_SMTP_PASSWORD and alerts.email.username belong together: give both, or neither',
    )
  checkCa('alerts.email', caFile, problems)
  const port = given.port ?? standardPorts[tls]
  return { host, port, tls, from, to, username, password, caFile: caFile ?? null }
}

function heartbeatOf(
  { url, everyMinutes, caFile, insecureTransport }: NonNullable<Section['heartbeat']>,
  secret: (name: string) => string | null,
  problems: string[],
  pollMs: number,
): HeartbeatSettings {
  const address = secret('ALERTS_HEARTBEAT_URL') ?? url ?? ''
  checkUrl('alerts.heartbeat', 'ALERTS_HEARTBEAT_URL', address, insecureTransport, problems)
  checkCa('alerts.heartbeat', caFile, problems)
  const aliveMs = Math.max(shortestProofMs, 3 * pollMs)
  return { url: address, everyMs: everyMinutes * 60_000, aliveMs, caFile: caFile ?? null }
}

const shortestKey = 16
/** A source may take a few minutes to answer. */
const shortestProofMs = 10 * 60_000
const standardPorts = { starttls: 587, tls: 465, none: 25 } as const

/** The address itself is not told: it may hold a token. */
export function checkUrl(
  where: string,
  variable: string | null,
  url: string,
  insecure: object | undefined,
  problems: string[],
): void {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    problems.push(
      `${where}: has no address. Write https://… under url${variable ? `, or in ${variable} or ${variable}_FILE` : ''}.`,
    )
  else if (parsed.protocol === 'http:' && !insecure && !isLoopback(parsed.hostname))
    problems.push(
      `${where}: http:// is read by everybody on the way; use https://, or name who allowed it in insecureTransport: { authority }`,
    )
}

export function checkCa(where: string, caFile: string | undefined, problems: string[]): void {
  if (caFile && !existsSync(caFile)) problems.push(`${where}.caFile: there is no file ${caFile}.`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}
