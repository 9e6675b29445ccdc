import type { Knex } from 'knex'
import type { FileNote } from '#src/domain/directive.ts'
import type { MissingFile } from './admitted.ts'

export interface StoredFile {
  readonly storedAs: string
  readonly size: number
  readonly sha256: string
  readonly note?: FileNote | null
}

export function directiveFiles(db: Knex) {
  return {
    /** False when the row is gone (purged), was stored meanwhile, or announces another file by now: the caller removes its copy. */
    async stored(
      { id, size: announced }: Pick<MissingFile, 'id' | 'size'>,
      { note = null, ...file }: StoredFile,
    ): Promise<boolean> {
      const { rowCount } = await db
        .raw(
          `update sync.directive_file set stored_as = :storedAs, size = :size, sha256 = :sha256, note = :note
           where id = :id and stored_as is null and announced_size is not distinct from :announced::bigint`,
          { id, announced, note, ...file },
        )
        .options({ name: 'file_stored' })
      return rowCount === 1
    },

    /** False when it was purged. */
    async hasDirective(directiveId: string): Promise<boolean> {
      const { rows } = await db.raw(`select from sync.directive where id = ?`, [directiveId])
      return rows.length > 0
    },

    /** Takes back that a file is stored; returns what the caller removes, null when there is nothing. */
    async lose(fileId: string): Promise<string | null> {
      const { rows } = await db.raw(
        `with was as (select id, stored_as from sync.directive_file where id = :fileId for update)
         update sync.directive_file f set stored_as = null, size = null, sha256 = null, note = null from was where f.id = was.id
         returning was.stored_as as name`,
        { fileId },
      )
      return rows[0]?.name ?? null
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
