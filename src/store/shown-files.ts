import type { Knex } from 'knex'
import type { FileDamage, FileNote } from '#src/domain/directive.ts'
import { isCurrent, isShown, isWaiting } from './predicates.ts'

/** A file of a directive that is shown, in the order in which its source lists them. */
export interface ShownFile {
  readonly id: string
  readonly name: string
  readonly mediaType: string | null
  /** As it was announced, until it is stored. */
  readonly size: number | null
  readonly sha256: string | null
  readonly state: 'waiting' | 'stored' | 'unusable'
  /** The document itself, and no annex. */
  readonly isFullText: boolean
  /** The administrator who handed it in. */
  readonly handedInBy: string | null
  readonly storedAt: Date | null
  /** `typeDiffers`: its content is not of the type that its name says. */
  readonly note: FileNote | null
  /** Why nothing will ever be stored of it. */
  readonly unusable: FileDamage | 'givenUp' | null
  readonly attempts: number
  /** Why it was not fetched the last time. */
  readonly failure: string | null
  /** When it is asked for again; null of one that is not. */
  readonly dueAt: Date | null
}

/** A copy of the same document, and what it has. */
export interface ServingCopy {
  readonly id: string
  readonly source: string
  readonly files: readonly ShownFile[]
}

export async function shownFiles(db: Knex, directiveId: string): Promise<ShownFile[]> {
  const { rows } = await db.raw(
    `select f.id, f.name, f.media_type as "mediaType", coalesce(f.size, f.announced_size) as size, f.sha256, f.state, f.is_full_text as "isFullText",
       f.handed_in_by as "handedInBy", f.stored_at as "storedAt", f.note, f.unusable, f.attempts, f.failure, case when ${isWaiting('f')} then f.due_at end as "dueAt"
     from sync.directive_file f where f.directive_id = ? and ${isCurrent('f')} order by f.position`,
    [directiveId],
  )
  return rows
}

const hasText = (d: string) =>
  `exists (select from sync.directive_file f where f.directive_id = ${d}.id and f.is_full_text and ${isCurrent('f')} and f.state = 'stored')`

/** Of copies, the one that has the full text serves those that have not; null where none has, or none is needed. */
export async function servingCopy(db: Knex, directiveId: string): Promise<ServingCopy | null> {
  const { rows } = await db.raw(
    `select c.id, c.source from sync.directive d join sync.directive c on coalesce(c.primary_id, c.id) = coalesce(d.primary_id, d.id) and c.id <> d.id
     where d.id = :directiveId and not ${hasText('d')} and ${isShown('c')} and ${hasText('c')} order by c.primary_id is not null, c.seen_at, c.id limit 1`,
    { directiveId },
  )
  return rows[0] ? { ...rows[0], files: await shownFiles(db, rows[0].id) } : null
}
