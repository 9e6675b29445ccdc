/** Reads single values out of what a source answered; strict, and silent about what it read. */
import { WrongShape } from '../http/unreadable.ts'

/** A reference that can stand in an address, or null. `.` and `..` would leave their segment. */
export function idFrom(value: unknown): string | null {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? `${value}` : null
  if (typeof value !== 'string' || !value.isWellFormed()) return null
  if (value.length === 0 || value.length > 200 || value === '.' || value === '..') return null
  return /[\p{Cc}\p{Cf}\s]/u.test(value) ? null : value
}

/** Printed text without the blanks around it; null where there is none to read. */
export function printed(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() || null : null
}

/** Text in which a mark may stand: what cannot be read must not pass for empty. */
export function searchable(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number') throw new WrongShape()
  return String(value)
}

/** The same of a text or a list of texts. */
export function listed(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : [value]
  return parts.map(searchable).filter((part) => part !== null)
}

export function texts(value: unknown, separator: string): string[] {
  const parts = Array.isArray(value) ? value : (searchable(value) ?? '').split(separator)
  return parts.map((part) => (searchable(part) ?? '').trim()).filter((part) => part !== '')
}

/** A count, also where the source writes it as text; null where it gives none. */
export function count(value: unknown): number | null {
  if (value === undefined || value === null) return null
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw new WrongShape()
  return number
}
