import {
  type Answer,
  FarSideFailure,
  isUnasked,
  type Message,
  type OpenFile,
  type TakeFile,
} from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { type GateRules, isMarkedName } from '../domain/eligibility.ts'
import { DiskFull, FileTooLarge } from '../files/file-store.ts'
import type { FileClaim, WaitingFile } from '../store/admitted.ts'
import type { KeptFile } from '../store/file-claims.ts'
import { LeaseLost } from '../store/lease.ts'
import { Heartbeat } from './heartbeat.ts'

/** Whatever becomes of the files: their directive is staged, and whoever brought it goes on. */
export async function fetchOrPostpone(
  app: App,
  source: Source,
  claim: FileClaim,
  held: Message['held'],
): Promise<void> {
  try {
    await fetchFiles(app, source, claim, held)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, directive: claim.directiveId })
    const failure = 'ourMistake'
    app.log.fileFailed({ source: claim.source, directive: claim.directiveId, failure, error })
    await app.store.fileClaims.postpone(claim, claim.files, failure)
  }
}

/**
 * Fetches files of a directive that is staged, each encrypted under the directive's key. One that cannot be had keeps no
 * other waiting, and is tried again later.
 */
async function fetchFiles(
  app: App,
  source: Source,
  claim: FileClaim,
  held: Message['held'],
): Promise<void> {
  using heartbeat = new Heartbeat(app.leaseMs, () => app.store.fileClaims.renew(claim))
  const key = claim.key ?? (await app.store.keys.of(claim.directiveId))
  if (key === null) return postponeAll(app, claim, claim.files, 'keyGone')
  const { maxFileBytes } = source.profile.limits
  const [tooLarge, files] = partition(claim.files, ({ size }) => (size ?? 0) > maxFileBytes)
  if (tooLarge.length > 0) await postponeAll(app, claim, tooLarge, 'tooLarge')
  if (files.length === 0) return
  await new Fetching(app, source, claim, key, () => heartbeat.check()).run(files, held)
}

/** The failures that are of the source, or of this machine: the next file would fail alike. */
const isOver = (failure: string) =>
  isUnasked(failure) || ['unavailable', 'timeout', 'unauthorized', 'diskFull'].includes(failure)

/** One round over the files of a claim. */
class Fetching {
  readonly #app: App
  readonly #source: Source
  readonly #claim: FileClaim
  readonly #key: Buffer
  readonly #stillHeld: () => void
  readonly #stored: string[] = []
  /** Durable on disk; its row is written when its whole message is known to be the one that was admitted. */
  #last: KeptFile | null = null

  constructor(app: App, source: Source, claim: FileClaim, key: Buffer, stillHeld: () => void) {
    this.#app = app
    this.#source = source
    this.#claim = claim
    this.#key = key
    this.#stillHeld = stillHeld
  }

  async run(files: readonly WaitingFile[], held: Message['held']): Promise<void> {
    const left = new Map(files.map((file) => [file.ref, file]))
    const failed: { file: WaitingFile; failure: string }[] = []
    let isMarked = false
    const take: TakeFile = async (announced, opened) => {
      this.#stillHeld()
      const file = left.get(announced.ref)!
      left.delete(announced.ref)
      const kept = await this.#keep(file, opened)
      if (kept === 'marked') isMarked = true
      else if (typeof kept === 'string') failed.push({ file, failure: kept })
      else if (left.size === 0) this.#last = kept
      else await this.#store(kept)
      return !isMarked && !failed.some(({ failure }) => isOver(failure))
    }
    const { connector } = this.#source
    const whole = await (held?.(files, take) ?? connector.openFiles(this.#claim, files, take))
    if (isMarked) return this.#withhold()
    if (!whole.ok && whole.failure.word === 'malformed') {
      await this.#dropAll()
      return postponeAll(this.#app, this.#claim, files, 'malformed')
    }
    if (this.#last) await this.#store(this.#last)
    const rest = whole.ok ? 'malformed' : whole.failure.word
    for (const { file, failure } of failed)
      await postponeAll(this.#app, this.#claim, [file], failure)
    if (left.size === 0) return
    // What was never asked for has not failed: it comes first the next time.
    if (failed.length > 0) await this.#app.store.fileClaims.defer(this.#claim, [...left.values()])
    else await postponeAll(this.#app, this.#claim, [...left.values()], rest)
  }

  /** The file once it is durable on disk; otherwise the word for what went wrong. */
  async #keep(file: WaitingFile, opened: Answer<OpenFile>): Promise<KeptFile | 'marked' | string> {
    if (!opened.ok) return opened.failure.word
    const { content, names, note } = opened.value
    const { gate, limits } = this.#source.profile
    if (names.some((name) => isMarkedName(name, gate, this.#claim.document))) {
      content.destroy()
      return 'marked'
    }
    try {
      const written = await this.#app.files.write(content, this.#key, {
        limitBytes: limits.maxFileBytes,
      })
      const { name: storedAs, size, sha256, entryNames } = written
      if (entryNames.some((name) => isMarkedPath(name, gate))) {
        await this.#app.files.remove(storedAs)
        return 'marked'
      }
      if (size === (opened.value.size ?? size))
        return { file, storedAs, size, sha256, note: note() }
      await this.#app.files.remove(storedAs)
      return 'malformed'
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      if (error instanceof DiskFull) return 'diskFull'
      if (error instanceof FileTooLarge) return 'tooLarge'
      const broken = content.errored ?? error
      if (broken instanceof FarSideFailure) return broken.failure.word
      throw error
    }
  }

  /** A copy that no row has is removed; after an answer that was lost, a row may have it. */
  async #store(kept: KeptFile): Promise<void> {
    const { store, files, clock } = this.#app
    let failure: unknown = null
    let isStored = await store.fileClaims
      .store(this.#claim, kept, clock.now())
      .catch((error: unknown) => {
        failure = error
        return false
      })
    isStored ||= (await store.directiveFiles.namesInUse([kept.storedAs])).has(kept.storedAs)
    if (isStored) this.#stored.push(kept.file.id)
    else await files.remove(kept.storedAs)
    if (failure) throw failure
  }

  /** The message is not the one that the gate admitted: of what came with it nothing stays. */
  async #dropAll(): Promise<void> {
    const { store, files } = this.#app
    for (const id of this.#stored) {
      const name = await store.fileClaims.lose(id)
      if (name !== null) await files.remove(name)
    }
    if (this.#last) await files.remove(this.#last.storedAs)
  }

  /** The name under which a file came bears a mark, although its message bears none: a person decides. */
  async #withhold(): Promise<void> {
    const { directiveId, source } = this.#claim
    const { store, log, files, clock } = this.#app
    if (this.#last) await files.remove(this.#last.storedAs)
    await store.withholding.withhold(directiveId, 'otherSecret', clock.now())
    log.withheld({ source, kind: 'otherSecret', count: 1 })
  }
}

/** Of what a zip holds, folders have names as well. */
function isMarkedPath(path: string, gate: GateRules): boolean {
  return path.split(/[/\\]/).some((name) => isMarkedName(name, gate))
}

/** Said once for all of them; each waits for as long as it has failed. */
export async function postponeAll(
  app: App,
  claim: FileClaim,
  files: readonly WaitingFile[],
  failure: string,
): Promise<void> {
  await app.store.fileClaims.postpone(claim, files, failure)
  app.log.filePostponed({ source: claim.source, directive: claim.directiveId, failure })
}

function partition<T>(all: readonly T[], matches: (one: T) => boolean): [T[], T[]] {
  return [all.filter(matches), all.filter((one) => !matches(one))]
}
