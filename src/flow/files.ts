import {
  type Answer,
  FarSideFailure,
  type Message,
  type OpenFile,
  type TakeFile,
} from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { DiskFull, FileTooLarge } from '../files/file-store.ts'
import type { MissingFile } from '../store/directives.ts'
import type { IntakeClaim } from '../store/intake-claims.ts'
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
  await app.later.ring('fetch-files', {})
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
  const failure = await fetchMissing(app, source, claim, held, () => heartbeat.check())
  if (failure === null) {
    const { acknowledges } = source.connector.can
    const outcome = await app.store.claims.complete(claim, acknowledges, app.clock.now())
    // A revision came meanwhile with files of its own.
    if (outcome === 'pending') await app.store.claims.release(claim)
    return outcome
  }
  await app.store.claims.postpone(claim, failure)
  app.log.filePostponed({ source: source.profile.name, intake: claim.id, failure })
  return 'pending'
}

async function fetchMissing(
  app: App,
  source: Source,
  claim: IntakeClaim,
  held: Message['held'],
  stillHeld: () => void,
): Promise<string | null> {
  if (claim.missing.length === 0) return null
  const failures: string[] = []
  const left = new Map(claim.missing.map((file) => [file.ref, file]))
  const kept: MissingFile[] = []
  const take: TakeFile = async (announced, opened) => {
    stillHeld()
    const file = left.get(announced.ref)!
    left.delete(announced.ref)
    const failure = await keep(app, source, claim, file, opened)
    if (failure === null) kept.push(file)
    else failures.push(failure)
    return failure === null
  }
  const whole = await (held?.(claim.missing, take) ??
    source.connector.openFiles(claim, claim.missing, take))
  if (!whole.ok && whole.failure.word === 'malformed') {
    // The message is not the one that the gate admitted: of what came with it nothing stays.
    for (const { id } of kept) {
      const name = await app.store.directiveFiles.lose(id)
      if (name !== null) await app.files.remove(name)
    }
  }
  if (!whole.ok) return failures[0] ?? whole.failure.word
  return failures[0] ?? (left.size > 0 ? 'malformed' : null)
}

/** Null when it is stored; otherwise the word for what went wrong. */
async function keep(
  app: App,
  source: Source,
  claim: IntakeClaim,
  file: MissingFile,
  opened: Answer<OpenFile>,
): Promise<string | null> {
  if (!opened.ok) return opened.failure.word
  try {
    const key = await app.store.keys.ensure(claim.directiveId!)
    const written = await app.files.write(opened.value.content, key, {
      limitBytes: source.profile.limits.maxFileBytes,
    })
    const announced = opened.value.size ?? written.size
    const kept =
      written.size === announced &&
      (await app.store.directiveFiles.stored(file, {
        storedAs: written.name,
        size: written.size,
        sha256: written.sha256,
      }))
    if (kept) return null
    await app.files.remove(written.name)
    return written.size === announced ? null : 'malformed'
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    if (error instanceof DiskFull) return 'diskFull'
    if (error instanceof FileTooLarge) return 'tooLarge'
    const broken = opened.value.content.errored ?? error
    if (broken instanceof FarSideFailure) return broken.failure.word
    throw error
  }
}
