import type { FileStore, KnownNames } from './file-store.ts'

const askAtOnce = 500

/**
 * A process that dies between its file and its commit leaves a file without a row. Age is looked at before the
 * rows are asked, so a file whose commit is still under way is never up for removal. One that is still being written
 * grows; what no longer does was left by a process that died within a download.
 */
export async function removeOrphans(
  store: Pick<FileStore, 'list' | 'remove'>,
  known: KnownNames,
  before: Date,
  unfinishedBefore: Date,
): Promise<number> {
  let removed = 0
  const old: string[] = []
  const judge = async () => {
    const names = old.splice(0)
    const inUse = await known(names)
    for (const name of names) {
      if (inUse.has(name)) continue
      await store.remove(name)
      removed++
    }
  }
  for await (const { name, modifiedAt } of store.list()) {
    if (modifiedAt >= (isUnfinished(name) ? unfinishedBefore : before)) continue
    old.push(name)
    if (old.length >= askAtOnce) await judge()
  }
  if (old.length > 0) await judge()
  return removed
}

export const unfinished = '.unfinished'

function isUnfinished(name: string): boolean {
  return name.endsWith(unfinished)
}
