import { Readable } from 'node:stream'
import { linesOf } from './lines.ts'

/** What begins as XML is one item, in whatever encoding and however many lines; all else is an item a line, null where unreadable. */
export async function* itemsOf(input: Readable): AsyncGenerator<string | Buffer | null> {
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  let isOver = false
  while (start.toString('latin1').trim().length < 4 && !isOver) {
    const { value, done } = await chunks.next()
    if (done) isOver = true
    else start = Buffer.concat([start, value])
  }
  const all = Readable.from(
    (async function* () {
      yield start
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
    })(),
    { objectMode: false },
  )
  if (!beginsAsXml.test(start.toString('latin1'))) return yield* linesOf(all)
  yield Buffer.concat(await all.toArray())
}

/** Behind the mark of its encoding, and the stray text that official messages begin with. */
const beginsAsXml = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\w]{0,32}\0?</
