/** What the axis says, in its own words and as a word of ours. */
import type { FailureWord } from '../connector.ts'
import { parseStrictJson } from '../http/strict-json.ts'
import { WrongShape } from '../http/unreadable.ts'
import type { VxpProfile } from './profile.ts'

export interface Said {
  readonly ok: boolean
  readonly errorCode: string | null
  readonly errorText: string
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Throws what `isUnreadable` knows at anything that is not the axis's own JSON with its `status`: a page of a
 * proxy must never be taken for an empty list, as the operator's own client takes it (wire §4.5).
 */
export function readAnswer(status: number, bytes: Uint8Array): Said {
  const said = parseStrictJson(bytes)
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw new WrongShape()
  const fields = said as Record<string, unknown>
  if (typeof fields.status !== 'string') throw new WrongShape()
  const errorCode = textOf(fields.ErrorCode)
  const succeeded = fields.status === 'OK' && (errorCode === null || errorCode === '0')
  return {
    ok: succeeded && status >= 200 && status < 300,
    errorCode,
    errorText: textOf(fields.ErrorDesc) ?? fields.status,
    fields,
  }
}

/** What an answer that is not OK means to whoever asked. */
export function wordOfRefusal(
  status: number,
  { errorCode }: Said,
  { errorCodes }: VxpProfile,
): FailureWord {
  if (status === 401 || status === 403) return 'unauthorized'
  if (errorCode !== null && errorCodes.unauthorized.includes(errorCode)) return 'unauthorized'
  if (errorCode !== null && errorCodes.unavailable.includes(errorCode)) return 'unavailable'
  if (errorCode !== null && errorCodes.notFound.includes(errorCode)) return 'notFound'
  return status === 429 || status >= 500 ? 'unavailable' : 'rejected'
}

export function rowsOf({ fields }: Said): Record<string, unknown>[] {
  const { data } = fields
  if (!Array.isArray(data)) throw new WrongShape()
  if (!data.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row)))
    throw new WrongShape()
  return data
}

export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() || null : null
}
