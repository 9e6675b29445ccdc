import type { Knex } from 'knex'
import type { FileNote } from '#src/domain/directive.ts'
import type { MissingFile } from './admitted.ts'
import type { Acting } from './failures.ts'
import { remember } from './history.ts'
import { isMissing, isShown, isUnusable } from './predicates.ts'

export interface StoredFile {
  readonly storedAs: string
  readonly size: number
  readonly sha256: string
  readonly note?: FileNote | null
}

export interface OpenFile {
  readonly id: string
  readonly directiveId: string
  readonly source: string
  readonly code: string
  /** From 0, in the order in which its source lists them. */
  readonly position: number
  readonly size: number | null
  readonly unusable: string | null
  readonly classifyBy: Date
  /** Why it was not fetched the last time. */
  readonly failure: string | null
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
           where id = :id and stored_as is null and unusable is null and announced_size is not distinct from :announced::bigint`,
          { id, announced, note, ...file },
        )
        .options({ name: 'file_stored' })
      return rowCount === 1
    },

    /**
     * A person says that the directive is to be staged without this file. False where it is not waited for. Whoever
     * fetches it meanwhile finds its row settled, and keeps nothing.
     */
    async giveUp(fileId: string, by: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows: intakes } = await tx.raw(
          `select i.id, i.directive_id as "directiveId" from sync.intake i join sync.directive_file f on f.directive_id = i.directive_id
           where f.id::text = :fileId and i.state in ('failed', 'pending') order by i.id for update of i`,
          { fileId },
        )
        const { rows } = await tx.raw(
          `update sync.directive_file f set unusable = 'givenUp', unusable_known = true where f.id::text = :fileId and ${isMissing('f')}
           returning f.directive_id as "directiveId"`,
          { fileId },
        )
        if (rows.length === 0) return false
        const { directiveId } = rows[0]
        const { actor, reason } = by
        const detail = { file: fileId, reason }
        await remember(tx, { at, directiveId, actor, event: 'fileGivenUp', detail })
        const { rows: left } = await tx.raw(
          `select from sync.directive_file f where f.directive_id = :directiveId and ${isMissing('f')} limit 1`,
          { directiveId },
        )
        const ids = intakes.map(({ id }: { id: string }) => id)
        if (left.length === 0 && ids.length > 0)
          await tx.raw(`select sync.finish_staging(:ids, :ats)`, { ids, ats: ids.map(() => at) })
        return true
      })
    },

    /** A person has seen which files of a directive cannot be used. */
    async know(directiveId: string, { actor, reason }: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.directive_file f set unusable_known = true where f.directive_id::text = :directiveId and ${isUnusable('f')}`,
          { directiveId },
        )
        if (rowCount === 0) return false
        const detail = { files: rowCount, reason }
        await remember(tx, { at, directiveId, actor, event: 'unusableFilesKnown', detail })
        return true
      })
    },

    /** What is waited for, and what cannot be used and nobody has seen yet; nearest legal deadline first. */
    async open(limit: number): Promise<OpenFile[]> {
      const { rows } = await db.raw(
        `select f.id, d.id as "directiveId", d.source, d.code, f.position, f.announced_size as size, f.unusable, d.classify_by as "classifyBy",
           (select i.failure from sync.intake i where i.directive_id = d.id and i.state in ('failed', 'pending') order by i.seen_at desc limit 1) as failure
         from sync.directive_file f join sync.directive d on d.id = f.directive_id
         where ${isShown('d')} and (${isMissing('f')} or ${isUnusable('f')}) order by d.classify_by, d.id, f.position limit :limit`,
        { limit },
      )
      return rows
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
