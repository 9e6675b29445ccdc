import type { Knex } from 'knex'
import { isShown } from './predicates.ts'
import { isClose } from './reasons.ts'

/** Whoever writes or withholds what bears a number waits here for whoever does it through another source. */
export async function lockDocument(tx: Knex, sameDocument: string): Promise<void> {
  await tx.raw(`select sync.lock_mutex(sync.document_mutex(:sameDocument))`, { sameDocument })
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
     where d.id = :directiveId and (not ${isClose('c', 'd')} or (${isShown('c')}) <> (${isShown('d')})) limit 1`,
    { directiveId },
  )
  if (rows.length === 0) return
  await leaveCopies(tx, directiveId)
  await tx.raw(`update sync.directive set primary_id = null where id = ?`, [directiveId])
}
