import type { FailureWord } from '../connector.ts'
import type { Answered } from './exchange.ts'

/** The failure that a status means to a reader, or null where it is an answer. */
export function wordOf({
  status,
  header,
}: Pick<Answered, 'status' | 'header'>): FailureWord | null {
  if (status >= 200 && status < 300) return null
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404 || status === 410) {
    // A page in HTML is a gateway's, which knows nothing of documents: none may be taken for vanished.
    return header('content-type')?.includes('text/html') ? 'malformed' : 'notFound'
  }
  if (status === 408) return 'timeout'
  if (status === 413) return 'tooLarge'
  if (status === 429 || status >= 500) return 'unavailable'
  return status >= 400 ? 'rejected' : 'malformed'
}

/** Seconds or a date (RFC 9110 10.2.3), in milliseconds from now. */
export function retryAfter({ header }: Answered): number {
  const said = header('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000
  const at = Date.parse(said)
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now())
}
