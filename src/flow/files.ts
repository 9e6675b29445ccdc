import { FarSideFailure } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { DiskFull, FileTooLarge } from '../files/file-store.ts'
import type { MissingFile } from '../store/directives.ts'
import type { IntakeClaim } from '../store/intake-claims.ts'
import { LeaseLost } from '../store/lease.ts'
import { Heartbeat } from './heartbeat.ts'

/** Files up to this size are fetched at once; larger ones wait for the lane that is made for them. */
export const smallFileBytes = 4 * 1024 * 1024

/**
 * Fetches what is still missing of a directive, encrypted under its own key. The directive is staged by the
 * commit that finds nothing missing; until then it is pending and no view shows it.
 */
export async function fetchFiles(
  app: App,
  source: Source,
  claim: IntakeClaim,
): Promise<'staged' | 'updated' | 'pending'> {
  using heartbeat = new Heartbeat(app.leaseMs, () => app.store.claims.renew(claim))
  for (const file of claim.missing) {
    heartbeat.check()
    const failure = await fetchOne(app, source, claim, file)
    if (!failure) continue
    await app.store.claims.postpone(claim, failure)
    app.log.filePostponed({ source: source.profile.name, intake: claim.id, failure })
    return 'pending'
  }
  return app.store.claims.complete(claim, source.connector.can.acknowledges, app.clock.now())
}

async function fetchOne(
  app: App,
  source: Source,
  claim: IntakeClaim,
  file: MissingFile,
): Promise<string | null> {
  const { transportRef, sourceRef } = claim
  const key = await app.store.keys.ensure(claim.directiveId!)
  const opened = await source.connector.openFile({ transportRef, sourceRef }, file)
  if (!opened.ok) return opened.failure.word
  try {
    const written = await app.files.write(opened.value.content, key, {
      limitBytes: source.profile.limits.maxFileBytes,
    })
    const announced = opened.value.size ?? written.size
    const kept =
      written.size === announced &&
      (await app.store.directiveFiles.stored(file.id, {
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
