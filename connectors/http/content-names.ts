/** The names that a Content-Disposition gives a file (RFC 6266), which its source may not have announced. */
import { parse } from 'content-disposition'

/** Every name as it can be read; the whole header where it does not follow its grammar. */
export function namesIn(header: string | null): string[] {
  if (header === null) return []
  return [...new Set([...namesOf(header), ...namesOf(asUtf8(header))])]
}

function namesOf(header: string): string[] {
  try {
    const { filename } = parse(header).parameters
    return filename === undefined ? [] : [filename]
  } catch {
    return [header]
  }
}

/** Servers write UTF-8 where the grammar wants Latin-1, and HTTP hands each of its bytes over as a letter. */
function asUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8')
}
