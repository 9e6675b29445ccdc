import type { App } from '../../app.ts'

/**
 * Of a source's profile, what decides about documents and deadlines. An allow-list: a setting that is not here, such
 * as how the service logs in, is not shown, whatever a later kind of source calls it.
 */
const shownSettings = [
  'kind',
  'title',
  'transferAuthority',
  'importFrom',
  'liveFrom',
  'gate',
  'urgency',
  'refused',
  'poll',
  'replies',
  'statuses',
  'answers',
  'limits',
  'insecureTransport',
] as const

/** `gate.scope.issuers` and what it is set to, line by line. */
export function profileLines(app: App, name: string): (readonly [string, string])[] | null {
  const profile = app.sources.get(name)?.profile as Readonly<Record<string, unknown>> | undefined
  if (!profile) return null
  return shownSettings
    .filter((setting) => profile[setting] !== undefined)
    .flatMap((setting) => lines(setting, profile[setting]))
}

function lines(path: string, value: unknown): (readonly [string, string])[] {
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object' || one === null))
      return [[path, value.length === 0 ? '–' : value.map((one) => JSON.stringify(one)).join(', ')]]
    return value.flatMap((one, at) => lines(`${path}[${at + 1}]`, one))
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => lines(`${path}.${name}`, inner))
  return value === undefined ? [] : [[path, String(value)]]
}
