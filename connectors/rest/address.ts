/** Addresses that the source itself gives: of a further page, of a document, of a file. */
import { WrongShape } from '../http/unreadable.ts'

/**
 * Path and query of an address on the profile's own host, however it is written; throws `WrongShape` at any other, to
 * which the credentials would go along. Behind a gateway a source may call itself http.
 */
export function addressIn(said: unknown, baseUrl: string): string {
  if (typeof said !== 'string' || said.trim() === '' || said.length > longest)
    throw new WrongShape()
  const base = new URL(`${baseUrl.replace(/\/+$/, '')}/`)
  if (!URL.canParse(said, base.href)) throw new WrongShape()
  const { protocol, host, hostname, port, username, password, pathname, search } = new URL(
    said,
    base,
  )
  const isWeb = protocol === 'https:' || protocol === 'http:'
  const isHere = host === base.host || (hostname === base.hostname && port === '')
  if (!isWeb || !isHere || username !== '' || password !== '') throw new WrongShape()
  return pathname + search
}

const longest = 2000
