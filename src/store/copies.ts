import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { isClose, reaches } from './reasons.ts'

/** What a directive is, where it matters whether another one is the same document. */
export interface Identity {
  readonly sameDocument: string
  readonly issuedOn: LocalDate
}

/** Whoever writes or withholds what bears a number waits here for whoever does it through another source. */
export async function lockDocument(tx: Knex, sameDocument: string): Promise<void> {
  await tx.raw(`select sync.lock_mutex(sync.document_mutex(:sameDocument))`, { sameDocument })
}

/** What was withheld may be this very document: contradictory is not eligible, and nothing of it is written. */
export async function refuseIfWithheld(
  tx: Knex,
  identity: Identity,
  directiveId: string | null,
): Promise<void> {
  const { rows } = await tx.raw(
    `select from ${asked}, sync.directive k where k.same_document_key = asked.same_document_key and k.id is distinct from :directiveId::uuid
       and ${reaches('k', 'asked')} limit 1`,
    { ...identity, directiveId },
  )
  if (rows.length > 0) throw new WithheldElsewhere(directiveId)
}

/** `directiveId`: what the store shows already of the one that may not be there; null if it is new. */
export class WithheldElsewhere extends Error {
  readonly directiveId: string | null
  constructor(directiveId: string | null) {
    super('Another one of its number is withheld.')
    this.directiveId = directiveId
  }
}

/** What a new directive takes over from the first copy of the same document; of all of its copies none is further than a day from it. */
export async function copyOf(
  tx: Knex,
  source: string,
  identity: Identity,
): Promise<{ primary_id?: string; classified_at?: Date | null; refused_at?: Date | null }> {
  const { rows } = await tx.raw(
    `select k.id as primary_id, k.classified_at, k.refused_at from ${asked}, sync.directive k
     where k.same_document_key = asked.same_document_key and k.primary_id is null and k.withheld_at is null and ${isClose('k', 'asked')}
       and not exists (select from sync.directive c where c.primary_id = k.id and not ${isClose('c', 'asked')})
       and exists (select from sync.directive c where coalesce(c.primary_id, c.id) = k.id and c.source <> :source)
     order by k.seen_at, k.id limit 1`,
    { ...identity, source },
  )
  return rows[0] ?? {}
}

/** The copies of a directive that goes get another first one. `going`: those that go with it. */
export async function leaveCopies(
  tx: Knex,
  directiveId: string,
  going: readonly string[] = [],
): Promise<void> {
  await tx.raw(
    `with heir as (select id from sync.directive where primary_id = :directiveId and not id = any (:going) order by seen_at, id limit 1)
     update sync.directive d set primary_id = nullif(heir.id, d.id) from heir where d.primary_id = :directiveId and not d.id = any (:going)`,
    { directiveId, going: [...going] },
  )
}

/**
 * Its source dates it elsewhere by now, or it is withheld and a copy is not: whoever leaves the copy to what it is a
 * copy of would wait for what nobody sees.
 */
export async function partIfApart(tx: Knex, directiveId: string): Promise<void> {
  const { rows } = await tx.raw(
    `select from sync.directive d join sync.directive c on coalesce(c.primary_id, c.id) = coalesce(d.primary_id, d.id)
     where d.id = :directiveId and (not ${isClose('c', 'd')} or (c.withheld_at is null) <> (d.withheld_at is null)) limit 1`,
    { directiveId },
  )
  if (rows.length === 0) return
  await leaveCopies(tx, directiveId)
  await tx.raw(`update sync.directive set primary_id = null where id = ?`, [directiveId])
}

const asked = `(select :sameDocument::text as same_document_key, :issuedOn::date as issued_on) asked`
