import { z } from 'zod'
import { checkCa, checkUrl } from './alerts.ts'
import { strict, text } from './sources.ts'

/** Where spans go, over OTLP/HTTP. */
export interface TracingSettings {
  /** `https://collector:4318/v1/traces` */
  readonly endpoint: string
  /** Sent as `Authorization: Bearer …`. */
  readonly token: string | null
  readonly caFile: string | null
  /** Of all traces, this share is kept: 0 to 1. */
  readonly ratio: number
}

export const tracingSection = strict({
  endpoint: text,
  caFile: text.optional(),
  insecureTransport: strict({ authority: text }).optional(),
  ratio: z.number().min(0).max(1).default(1),
})

/** Null: no traces, and nothing of OpenTelemetry is loaded. */
export function tracingSettings(
  section: z.infer<typeof tracingSection> | undefined,
  secret: (name: string) => string | null,
  problems: string[],
): TracingSettings | null {
  if (!section) return null
  const { endpoint, caFile, insecureTransport, ratio } = section
  checkUrl('tracing.endpoint', null, endpoint, insecureTransport, problems)
  checkCa('tracing', caFile, problems)
  return { endpoint, token: secret('TRACING_TOKEN'), caFile: caFile ?? null, ratio }
}
