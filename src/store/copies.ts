import type { Knex } from 'knex'
import { askIfSame, isPlainlyOne } from './one-identity.ts'
import { isShown } from './predicates.ts'

/**
 * Everything of these identities, in the order of a staging: intake rows, identities, directives. Whoever writes or
 * withholds what bears a number waits here for whoever does it through another source.
 */
export async function lockKeys(tx: Knex, keys: readonly string[]): Promise<void> {
  const bound = { keys: [...keys] }
  await tx.raw(
    `select i.id from sync.intake i where i.id in (
       select m.id from sync.intake m join sync.directive d on d.source = m.source and d.source_ref = m.source_ref where d.same_document_key = any (:keys)
       union select m.id from sync.intake m join sync.directive d on d.id = m.directive_id where d.same_document_key = any (:keys))
     order by i.id for update of i`,
    bound,
  )
  await tx.raw(
    `select sync.lock_mutex(name) from (select distinct sync.document_mutex(key) as name from unnest(:keys::text[]) as key order by 1) documents`,
    bound,
  )
  await tx.raw(
    `select from sync.directive where same_document_key = any (:keys) order by id for update`,
    bound,
  )
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
 * Its source dates it elsewhere by now or says another thing of it, or it is withheld and a copy is not: whoever leaves the copy to what it is a
 * copy of would wait for what nobody sees.
 */
export async function partIfApart(tx: Knex, directiveId: string, at: Date): Promise<void> {
  const { rows } = await tx.raw(
    `select from sync.directive d join sync.directive c on coalesce(c.primary_id, c.id) = coalesce(d.primary_id, d.id)
     where d.id = :directiveId and (not ${isPlainlyOne('c', 'd')} or (${isShown('c')}) <> (${isShown('d')})) limit 1`,
    { directiveId },
  )
  if (rows.length === 0) return
  await leaveCopies(tx, directiveId)
  await tx.raw(`update sync.directive set primary_id = null where id = ?`, [directiveId])
  await askIfSame(tx, [directiveId], at)
}
