import type { Readable } from 'node:stream'

/**
 * The lines of standard input as text; null for one whose bytes are not UTF-8. The mark at the beginning that some
 * editors and shells write is no part of the first line.
 */
export async function* linesOf(input: Readable): AsyncGenerator<string | null> {
  for await (const line of brokenAt(input, lineEnd)) {
    const text = decoded(line)
    if (text?.trim() !== '') yield text
  }
}

export const notUtf8 = 'the line is not UTF-8: save or write it as UTF-8'

const lineEnd = '\n'.charCodeAt(0)

async function* brokenAt(input: Readable, end: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(end); at >= 0; at = chunk.indexOf(end, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)])
      rest = []
      from = at + 1
    }
    rest.push(chunk.subarray(from))
  }
  yield Buffer.concat(rest)
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function decoded(line: Buffer): string | null {
  try {
    return decoder.decode(line)
  } catch {
    return null
  }
}
