import {
  type Answer,
  FarSideFailure,
  type Message,
  type OpenFile,
  type TakeFile,
} from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { DiskFull, FileTooLarge } from '../files/file-store.ts'
import type { IntakeClaim, MissingFile } from '../store/admitted.ts'
import type { Completed, KeptFile } from '../store/completing.ts'
import { LeaseLost } from '../store/lease.ts'
import { Heartbeat } from './heartbeat.ts'

/** Files up to this size are fetched at once; larger ones wait for the lane that is made for them. */
export const smallFileBytes = 4 * 1024 * 1024

/** Right behind the staging, while the message may still be in memory; large ones go to the lane made for them. */
export async function filesNowOrLater(
  app: App,
  source: Source,
  claim: IntakeClaim,
  held: Message['held'],
) {
  if (claim.missing.every((file) => (file.size ?? 0) <= smallFileBytes))
    return fetchFiles(app, source, claim, held)
  await app.store.claims.release(claim)
  app.later.ring('fetch-files')
  return 'pending' as const
}

/**
 * Fetches what is still missing of a directive, encrypted under its own key. The directive is staged by the
 * commit that finds nothing missing; until then it is pending and no view shows it.
 */
export async function fetchFiles(
  app: App,
  source: Source,
  claim: IntakeClaim,
  held: Message['held'],
): Promise<'staged' | 'updated' | 'pending'> {
  try {
    return await fetchAndComplete(app, source, claim, held)
  } catch (error) {
    // It may have been purged meanwhile: then the key that was made anew goes as well.
    if (
      error instanceof LeaseLost &&
      !(await app.store.directiveFiles.hasDirective(claim.directiveId!))
    )
      await app.store.keys.destroy([claim.directiveId!])
    throw error
  }
}

async function fetchAndComplete(
  app: App,
  source: Source,
  claim: IntakeClaim,
  held: Message['held'],
): Promise<'staged' | 'updated' | 'pending'> {
  using heartbeat = new Heartbeat(app.leaseMs, () => app.store.claims.renew(claim))
  const { failure, last } = await fetchMissing(app, source, claim, held, () => heartbeat.check())
  if (failure === null) {
    const outcome = await complete(app, claim, last)
    // A revision came meanwhile with files of its own.
    if (outcome === 'pending') await app.store.claims.release(claim)
    return outcome
  }
  await app.store.claims.postpone(claim, failure)
  app.log.filePostponed({ source: source.profile.name, intake: claim.id, failure })
  return 'pending'
}

/** A copy that no row has is removed; after an answer that was lost, a row may have it. */
async function complete(
  app: App,
  claim: IntakeClaim,
  last: KeptFile | null,
): Promise<Completed['outcome']> {
  try {
    const completed = await app.store.claims.complete(claim, last, app.clock.now())
    if (last && !completed.stored) await app.files.remove(last.storedAs)
    return completed.outcome
  } catch (error) {
    if (last && error instanceof LeaseLost) {
      const inUse = await app.store.directiveFiles.namesInUse([last.storedAs])
      if (!inUse.has(last.storedAs)) await app.files.remove(last.storedAs)
    }
    throw error
  }
}

/** `last`: durable on disk; its row is written by the commit that stages the directive. */
interface Fetched {
  readonly failure: string | null
  readonly last: KeptFile | null
}

async function fetchMissing(
  app: App,
  source: Source,
  claim: IntakeClaim,
  held: Message['held'],
  stillHeld: () => void,
): Promise<Fetched> {
  if (claim.missing.length === 0) return { failure: null, last: null }
  const key = await app.store.keys.ensure(claim.directiveId!)
  const failures: string[] = []
  const left = new Map(claim.missing.map((file) => [file.ref, file]))
  const registered: KeptFile[] = []
  let last: KeptFile | null = null
  const take: TakeFile = async (announced, opened) => {
    stillHeld()
    const row = left.get(announced.ref)!
    left.delete(announced.ref)
    const kept = await keep(app, source, key, row, opened)
    if (typeof kept === 'string') failures.push(kept)
    else if (left.size === 0 && failures.length === 0) last = kept
    else if (await register(app, kept)) registered.push(kept)
    else failures.push('malformed')
    return failures.length === 0
  }
  const whole = await (held?.(claim.missing, take) ??
    source.connector.openFiles(claim, claim.missing, take))
  if (whole.ok) return { failure: failures[0] ?? (left.size > 0 ? 'malformed' : null), last }
  if (whole.failure.word === 'malformed') await dropAll(app, registered, last)
  else if (last) await register(app, last)
  return { failure: failures[0] ?? whole.failure.word, last: null }
}

/** False where its row is gone or announces another file by now: nothing of it stays. */
async function register(app: App, { row, ...file }: KeptFile): Promise<boolean> {
  const stored = await app.store.directiveFiles.stored(row, file)
  if (!stored) await app.files.remove(file.storedAs)
  return stored
}

/** The message is not the one that the gate admitted: of what came with it nothing stays. */
async function dropAll(
  app: App,
  registered: readonly KeptFile[],
  last: KeptFile | null,
): Promise<void> {
  for (const { row } of registered) {
    const name = await app.store.directiveFiles.lose(row.id)
    if (name !== null) await app.files.remove(name)
  }
  if (last) await app.files.remove(last.storedAs)
}

/** The file once it is durable on disk; otherwise the word for what went wrong. */
async function keep(
  app: App,
  source: Source,
  key: Buffer,
  row: MissingFile,
  opened: Answer<OpenFile>,
): Promise<KeptFile | string> {
  if (!opened.ok) return opened.failure.word
  try {
    const written = await app.files.write(opened.value.content, key, {
      limitBytes: source.profile.limits.maxFileBytes,
    })
    const announced = opened.value.size ?? written.size
    if (written.size === announced)
      return {
        row,
        storedAs: written.name,
        size: written.size,
        sha256: written.sha256,
        note: opened.value.note(),
      }
    await app.files.remove(written.name)
    return 'malformed'
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    if (error instanceof DiskFull) return 'diskFull'
    if (error instanceof FileTooLarge) return 'tooLarge'
    const broken = opened.value.content.errored ?? error
    if (broken instanceof FarSideFailure) return broken.failure.word
    throw error
  }
}
