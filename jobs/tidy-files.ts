import { scheduled } from './scheduled.ts'

const orphanAgeMs = 24 * 3_600_000
/** Far longer than a source may fall silent within a file. */
const unfinishedAgeMs = 3_600_000
const emptyHeadAgeMs = 21 * 24 * 3_600_000

/**
 * Files written by a process that died before its commit have no row; a day later they are removed, and what it had not
 * written to its end after an hour. Readings that
 * nothing was taken with go after three weeks.
 */
export const tidyFiles = scheduled('tidy-files', { lane: 'upkeep' }, async (app) => {
  const now = (await app.store.now()).getTime()
  const removed = await app.files.removeOrphans(
    (names) => app.store.directiveFiles.namesInUse(names),
    new Date(now - orphanAgeMs),
    new Date(now - unfinishedAgeMs),
  )
  if (removed > 0) app.log.orphansRemoved({ count: removed })
  await app.store.passes.forgetEmpty(new Date(now - emptyHeadAgeMs))
})
