/**
 * Reads a message of the axis: whole in memory while it is small; a larger one twice, the second time only for
 * the files of what was admitted, and only if it is the same message (docs/architecture.md#the-way-of-a-file).
 */
import { Readable } from 'node:stream'
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { foundIn, readFiles } from '#src/edxml/file-streams.ts'
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
import { type FilePlace, placeOf, unmeasuredPlaceOf } from './references.ts'

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
  const place = { source: profile.name, operation: 'openFile' }
  const malformed = failed(place, 'malformed')
  const wanted: Wanted[] = []
  const measured = lazily(() => measure(profile, open))
  for (const file of files) {
    const unmeasured = unmeasuredPlaceOf(file.ref)
    const found = unmeasured ? (await measured()).get(file.ref) : placeOf(file.ref)
    if (found) wanted.push({ ...found, file })
    else if (
      !(await take(file, fail(failed(place, unmeasured ? 'tooLarge' : 'malformed').failure)))
    )
      return null
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

/** By the reference that they had while they were beyond the limit: the files that are within it by now. */
async function measure(
  profile: VxpProfile,
  open: () => Promise<Readable>,
): Promise<ReadonlyMap<string, FilePlace>> {
  const source = await open()
  try {
    const reading = await readMessage(source, boundsOf(profile))
    const { files, sha256: message } = foundInReading(reading)
    return new Map(
      files
        .filter(({ sha256 }) => sha256 !== null)
        .map((file) => [`${message}.${file.content}`, { ...file, message }]),
    )
  } finally {
    source.destroy()
  }
}

function foundInReading(reading: Awaited<ReturnType<typeof readMessage>>) {
  return reading.readable ? foundIn(reading) : { files: [], sha256: '' }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}

/** Ends a reading whose files are no longer wanted. */
class Enough extends Error {}

export function heldWithin(profile: VxpProfile): Partial<Limits> {
  const { maxMessageBytes: messageBytes, limits } = profile
  return { messageBytes, fileBytes: limits.maxFileBytes, unpackedBytes: 2 * messageBytes }
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
