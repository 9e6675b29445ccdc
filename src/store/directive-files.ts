import type { Knex } from 'knex'

export interface StoredFile {
  readonly storedAs: string
  readonly size: number
  readonly sha256: string
}

export function directiveFiles(db: Knex) {
  return {
    /** False when the row is gone (purged) or was stored meanwhile: the caller removes its copy. */
    async stored(fileId: string, file: StoredFile): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.directive_file set stored_as = :storedAs, size = :size, sha256 = :sha256 where id = :fileId and stored_as is null`,
        { fileId, ...file },
      )
      return rowCount === 1
    },

    /** Which of these names on disk belong to a row; the rest are orphans. */
    async namesInUse(names: readonly string[]): Promise<Set<string>> {
      const { rows } = await db.raw(
        `select stored_as as name from sync.directive_file where stored_as = any (:names)
         union all select stored_as from sync.reply_file where stored_as = any (:names)`,
        { names: [...names] },
      )
      return new Set(rows.map((row: { name: string }) => row.name))
    },
  }
}
