/** The names that a Content-Disposition gives a file (RFC 6266), which its source may not have announced. */
import { parse } from 'content-disposition'

/** Every name as it can be read, and the header as it stands: it may hold more than its grammar finds. */
export function namesIn(header: string | null): string[] {
  if (header === null) return []
  const read = [header, asUtf8(header)].flatMap((text) => [text, ...namesOf(text)])
  return [...new Set(read)]
}

function namesOf(header: string): string[] {
  try {
    return Object.values(parse(header).parameters)
  } catch {
    return []
  }
}

/** Servers write UTF-8 where the grammar wants Latin-1, and HTTP hands each of its bytes over as a letter. */
function asUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8')
}
