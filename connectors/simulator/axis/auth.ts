/** Whether a request is signed as the official client signs (wire §4.1). */
import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const prefix = 'xroadvnpt-'
/** These sign the others, or are sent beside them. */
const unsigned = ['sign-header-key', 'sign-header', 'hash-header', 'version']

/** Parameters by their names in lower case without prefix; null where a header is not one text. */
export type Parameters = ReadonlyMap<string, string>

export function parametersOf(headers: IncomingHttpHeaders): Parameters {
  const found = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(prefix) && typeof value === 'string'
      ? [[name.slice(prefix.length), asSent(value)] as const]
      : [],
  )
  return new Map(found)
}

/** What is wrong with the signature, or null. Headers that an operation does not use may be there, signed. */
export function complaint(
  parameters: Parameters,
  credentials: { readonly systemId: string; readonly secret: string },
): string | null {
  const text = parameters.get('sign-header')
  if (parameters.get('systemid') !== credentials.systemId) return 'SystemId không đúng'
  if (text === undefined || !parameters.has('version')) return 'Thiếu header'
  if (parameters.get('hash-header') !== hmac(text, credentials.secret)) return 'Chữ ký không đúng'
  if (!/^\d{8}T\d{6}\+\d{4}$/.test(parameters.get('timestamp') ?? ''))
    return 'Thời điểm không đúng dạng'
  const signed = signedNames(text, parameters)
  if (!signed) return 'sign-header không khớp với header'
  const announced = parameters.get('sign-header-key')?.toLowerCase().split(';') ?? []
  if (announced.join() !== signed.join()) return 'sign-header-key không khớp với sign-header'
  const sent = [...parameters.keys()].filter((name) => !unsigned.includes(name))
  return sent.every((name) => signed.includes(name)) ? null : 'Có header không được ký'
}

/**
 * Of the file without the line end that the client sends after it; the official client writes each byte below
 * 0x10 as one digit (wire §4.3).
 */
export function isHashOf(file: Buffer, said: string | undefined): boolean {
  const digest = createHash('sha256').update(file).digest()
  const short = [...digest].map((byte) => byte.toString(16)).join('')
  return said === digest.toString('hex') || said === short
}

function signedNames(text: string, parameters: Parameters): string[] | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return null
  const names: string[] = []
  for (const [full, value] of Object.entries(said)) {
    const name = full.toLowerCase()
    if (!name.startsWith(prefix) || parameters.get(name.slice(prefix.length)) !== value) return null
    names.push(name.slice(prefix.length))
  }
  return names
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** Node reads header bytes as Latin-1. */
function asSent(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8')
}
