import type { Readable } from 'node:stream'
import { type App, sourceOf } from '../app.ts'
import { isMarkedName } from '../domain/eligibility.ts'
import type { Acting } from '../store/failures.ts'

/**
 * An administrator hands in a file that cannot be fetched (QĐ 23/2016 Đ6.1): kept as one that came from its source, and
 * marked so. `notWaited`: there is no such file, or it is there. `marked`: the name on the administrator's disk bears a
 * mark; nothing was read.
 */
export async function handIn(
  app: App,
  fileId: string,
  given: { readonly name: string; open(): Readable },
  by: Acting,
): Promise<'handedIn' | 'notWaited' | 'marked'> {
  const { directiveFiles, keys } = app.store
  const wanted = await directiveFiles.mayBeHandedIn(fileId)
  if (wanted === null) return 'notWaited'
  const { profile } = sourceOf(app, wanted.source)
  if (isMarkedName(given.name, profile.gate, wanted)) return 'marked'
  const key = await keys.of(wanted.directiveId)
  if (key === null) return 'notWaited'
  const limitBytes = profile.limits.maxFileBytes
  const { name: storedAs, size, sha256 } = await app.files.write(given.open(), key, { limitBytes })
  if (await directiveFiles.handIn(fileId, { storedAs, size, sha256 }, by, app.clock.now()))
    return 'handedIn'
  await app.files.remove(storedAs)
  return 'notWaited'
}
