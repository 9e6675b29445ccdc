import type { Knex } from 'knex'
import type { NamedDocument } from '#src/domain/directive.ts'
import type { Acting } from './failures.ts'
import { remember } from './history.ts'
import { isCurrent, isShown, isUnusable, isWaiting } from './predicates.ts'

/** A file that a person may have to see to. */
export interface OpenFile {
  readonly id: string
  readonly directiveId: string
  readonly source: string
  readonly code: string
  /** From 0, in the order in which its source lists them. */
  readonly position: number
  /** The document itself, and no annex. */
  readonly isFullText: boolean
  readonly size: number | null
  readonly unusable: string | null
  readonly attempts: number
  /** Why it was not fetched the last time. */
  readonly failure: string | null
  /** When it is asked for again; null of one that is not. */
  readonly dueAt: Date | null
  readonly classifyBy: Date
}

/** What the source is told of the message of a file that nobody waits for any more. */
export type ToldSource = 'done' | 'fail'

/** A file that a person hands in, encrypted and durable on disk. */
export interface HandedIn {
  readonly storedAs: string
  readonly size: number
  readonly sha256: string
}

/** The files of directives, as a person settles them. */
export function directiveFiles(db: Knex) {
  return {
    /** What is waited for, and what cannot be used and nobody has seen yet; nearest legal deadline first. */
    async open(limit: number): Promise<OpenFile[]> {
      const { rows } = await db.raw(
        `select f.id, d.id as "directiveId", d.source, d.code, f.position, f.is_full_text as "isFullText", f.announced_size as size, f.unusable,
           f.attempts, f.failure, case when ${isWaiting('f')} then f.due_at end as "dueAt", d.classify_by as "classifyBy"
         from sync.directive_file f join sync.directive d on d.id = f.directive_id
         where ${isShown('d')} and (${isWaiting('f')} or ${isUnusable('f')}) order by d.classify_by, d.id, f.position limit :limit`,
        { limit },
      )
      return rows
    },

    /** Due now, for the running service: what is waited for of these files or directives, or of all. How many files there were. */
    async retry(ids: readonly string[] | null, { actor, reason }: Acting, at: Date) {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.directive_file f set due_at = clock_timestamp() from sync.directive d
           where d.id = f.directive_id and ${isShown('d')} and ${isWaiting('f')} and (:all or f.id::text = any (:ids) or d.id::text = any (:ids))
           returning f.id, f.directive_id as "directiveId"`,
          { all: ids === null, ids: [...(ids ?? [])] },
        )
        const event = 'filesRetried'
        if (ids === null) {
          const detail = { files: rows.length, reason }
          await remember(tx, { at, directiveId: null, actor, event, detail })
        } else
          for (const { id, directiveId } of rows)
            await remember(tx, { at, directiveId, actor, event, detail: { file: id, reason } })
        return rows.length as number
      })
    },

    /**
     * A person says that this file is not waited for any more, and what its source is told when none of its message is.
     * False where it is not waited for. Whoever fetches it meanwhile finds its row settled, and keeps nothing.
     */
    async giveUp(fileId: string, said: ToldSource, by: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const directiveId = await lockDirective(tx, fileId)
        const { rowCount } = await tx.raw(
          `update sync.directive_file f set state = 'unusable', unusable = 'givenUp', unusable_known = true, given_up_as = :said, lease_until = null
           from sync.directive d where d.id = f.directive_id and ${isShown('d')} and f.id::text = :fileId and ${isWaiting('f')}`,
          { fileId, said },
        )
        if (rowCount === 0) return false
        const { actor, reason } = by
        const detail = { file: fileId, said, reason }
        await remember(tx, { at, directiveId, actor, event: 'fileGivenUp', detail })
        await tx.raw(`select sync.settle_files(:directives, :at)`, {
          directives: [directiveId],
          at,
        })
        return true
      })
    },

    /** The directive of a file that may be handed in: one that is waited for, or of which nothing could be stored. */
    async mayBeHandedIn(
      fileId: string,
    ): Promise<({ directiveId: string; source: string } & NamedDocument) | null> {
      const { rows } = await db.raw(
        `select f.directive_id as "directiveId", d.source, d.number, d.symbol, d.subject from sync.directive_file f join sync.directive d on d.id = f.directive_id
         where f.id::text = :fileId and ${isShown('d')} and ${isCurrent('f')} and f.state in ('waiting', 'unusable')`,
        { fileId },
      )
      return rows[0] ?? null
    },

    /** False where it came meanwhile, or its directive is not shown any more: the caller removes its copy. */
    async handIn(fileId: string, file: HandedIn, { actor, reason }: Acting, at: Date) {
      return db.transaction(async (tx): Promise<boolean> => {
        const directiveId = await lockDirective(tx, fileId)
        const { rowCount } = await tx.raw(
          `update sync.directive_file f set state = 'stored', stored_at = :at, stored_as = :storedAs, size = :size, sha256 = :sha256, note = null, handed_in_by = :actor,
             unusable = null, given_up_as = null, failure = null, lease_until = null
           from sync.directive d where d.id = f.directive_id and f.id::text = :fileId and ${isShown('d')} and ${isCurrent('f')}
             and f.state in ('waiting', 'unusable')`,
          { ...file, fileId, actor, at },
        )
        if (rowCount === 0) return false
        const detail = { file: fileId, sha256: file.sha256, reason }
        await remember(tx, { at, directiveId, actor, event: 'fileHandedIn', detail })
        await tx.raw(`select sync.settle_files(:directives, :at)`, {
          directives: [directiveId],
          at,
        })
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

/** In the order of a staging; null where there is no such file. */
async function lockDirective(tx: Knex, fileId: string): Promise<string | null> {
  const { rows } = await tx.raw(
    `select directive_id as "directiveId" from sync.directive_file where id::text = ?`,
    [fileId],
  )
  if (!rows[0]) return null
  const { directiveId } = rows[0]
  await tx.raw(`select sync.lock_for_files(?)`, [[directiveId]])
  return directiveId
}
