/**
 * Reads a message of the axis: whole in memory while it is small; a larger one twice, the second time only for
 * the files of what was admitted, and only if it is the same message (docs/architecture.md#the-way-of-a-file).
 */
import { Readable } from 'node:stream'
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { readFiles } from '#src/edxml/file-streams.ts'
import type { Limits } from '#src/edxml/limits.ts'
import { readMessage } from '#src/edxml/reader.ts'
import {
  type Answer,
  FarSideFailure,
  fail,
  type ListedRef,
  type Message,
  succeed,
  type TakeFile,
} from '../connector.ts'
import { answer } from '../http/answer.ts'
import { failed } from '../http/exchange.ts'
import type { Client } from './client.ts'
import { messageFrom } from './mapping.ts'
import type { VxpProfile } from './profile.ts'
import { type FilePlace, placeOf } from './references.ts'

const mostHeldBytes = 4 * 1024 * 1024

export async function read(client: Client, profile: VxpProfile, ref: ListedRef): Promise<Message> {
  const place = { source: profile.name, operation: 'read' }
  const opened = await client.open('read', ref.transportRef)
  const holding = new Holding()
  const reading = await readMessage(holding.of(opened), boundsOf(profile))
  if (!reading.readable) {
    const why = reading.problems.at(-1)?.code
    throw failed(
      place,
      why === 'tooLarge' ? 'tooLarge' : why === 'outOfTime' ? 'timeout' : 'malformed',
    )
  }
  const message = messageFrom(reading, ref, profile)
  if (message === null) throw failed(place, 'malformed')
  const whole = holding.whole
  return {
    ...message,
    held:
      whole === null
        ? null
        : (files, take) => handOver(profile, async () => Readable.from([whole]), files, take),
  }
}

/** What could not be found whole is handed over as a failure of its own. */
export async function handOver(
  profile: VxpProfile,
  open: () => Promise<Readable>,
  files: readonly AnnouncedFile[],
  take: TakeFile,
): Promise<Answer<null>> {
  return answer(() => handEach(profile, open, files, take))
}

async function handEach(
  profile: VxpProfile,
  open: () => Promise<Readable>,
  files: readonly AnnouncedFile[],
  take: TakeFile,
): Promise<null> {
  const malformed = failed({ source: profile.name, operation: 'openFile' }, 'malformed')
  const wanted: Wanted[] = []
  for (const file of files) {
    const place = placeOf(file.ref)
    if (place) wanted.push({ ...place, file })
    else if (!(await take(file, fail(malformed.failure)))) return null
  }
  if (wanted.length === 0) return null
  const source = await open()
  try {
    const outcome = await readFiles(
      source,
      { sha256: wanted[0]!.message, files: wanted },
      async ({ file, size }, content) => {
        const opened = succeed({
          ...{ content: named(content, malformed), size, names: [] },
          note: () => null,
        })
        if (!(await take(file, opened))) throw new Enough()
      },
      boundsOf(profile),
    )
    if (!outcome.unchanged) throw malformed
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  } finally {
    source.destroy()
  }
  return null
}

/** Ends a reading whose files are no longer wanted. */
class Enough extends Error {}

export function heldWithin(profile: VxpProfile): Partial<Limits> {
  return { messageBytes: profile.maxMessageBytes, fileBytes: profile.limits.maxFileBytes }
}

type Wanted = FilePlace & { readonly file: AnnouncedFile }

function boundsOf(profile: VxpProfile) {
  return {
    limits: heldWithin(profile),
    signal: AbortSignal.timeout(profile.limits.fileTimeoutMs),
  }
}

/** What breaks the stream is said in the words of the contract: a file that is not what was admitted is malformed. */
function named(content: Readable, malformed: FarSideFailure): Readable {
  async function* passed() {
    try {
      for await (const chunk of content) yield chunk as Buffer
    } catch (error) {
      throw error instanceof FarSideFailure ? error : malformed
    }
  }
  return Readable.from(passed(), { objectMode: false })
}

/** Keeps what passes until it is more than a message in memory may be. */
class Holding {
  #chunks: Buffer[] | null = []
  #bytes = 0

  async *of(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      this.#bytes += chunk.length
      if (this.#bytes > mostHeldBytes) this.#chunks = null
      this.#chunks?.push(chunk)
      yield chunk
    }
  }

  get whole(): Buffer | null {
    return this.#chunks && Buffer.concat(this.#chunks)
  }
}
