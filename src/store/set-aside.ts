import type { Knex } from 'knex'
import { isAnotherDocument, isPlainlySame, type Printed } from '#src/domain/identity.ts'
import type { Admitted } from './admitted.ts'
import type { Existing } from './directives.ts'
import type { Acting } from './failures.ts'
import { remember } from './history.ts'
import { isShown } from './predicates.ts'

/** A directive whose name at its source is another document's by now. */
export interface SetAside extends Printed {
  readonly id: string
}

/** Its source can be asked for it by the name that it has there. */
export const hasItsName = (d: string) => `${d}.former_ref is null`

/** Of one reference, as they are looked up with the directive that has it now. */
export const setAsideOf = (a: string) =>
  `(select jsonb_agg(jsonb_build_object('id', w.id, 'number', w.number, 'symbol', w.symbol, 'issuedOn', w.issued_on, 'subject', w.subject) order by w.id)
     from sync.directive w where w.source = ${a}.source and w.former_ref = ${a}.source_ref)`

/**
 * What comes under the name of a directive is another document, or it is what had the name before. Then the names are put
 * right, and the source is asked again: it is staged as what it is. False where it is plainly the directive that has the
 * name.
 */
export async function putNamesRight(
  tx: Knex,
  { revises, directive }: Admitted,
  existing: Existing | null,
  setAside: readonly SetAside[],
  at: Date,
): Promise<boolean> {
  if (revises !== 'inPlace') return false
  const isOther =
    existing !== null && isAnotherDocument(existing.fields as unknown as Printed, directive)
  const former = setAside.find((one) => isPlainlySame(one, directive))
  if (existing && !isOther) return false
  if (!existing && !former) return false
  if (existing) {
    await tx.raw(
      `with renamed as (update sync.directive set former_ref = source_ref, source_ref = id::text, former_since = :at, former_known = false where id = :id returning source, former_ref)
       update sync.replacement r set source_ref = :name from renamed n where r.source = n.source and r.source_ref = n.former_ref`,
      { id: existing.id, name: existing.id, at },
    )
    // In what comes under the name by now their files are not.
    await tx.raw(
      `update sync.directive_file set failure = 'nameGiven', attempts = greatest(attempts, 1) where directive_id = :id and state = 'waiting'`,
      { id: existing.id },
    )
    await remember(tx, { at, directiveId: existing.id, actor: 'bridge', event: 'nameGiven' })
  }
  if (former) {
    await tx.raw(
      `with renamed as (update sync.directive set source_ref = former_ref, former_ref = null, former_since = null where id = :id returning source, source_ref)
       update sync.replacement r set source_ref = n.source_ref from renamed n where r.source = n.source and r.source_ref = :name`,
      { id: former.id, name: former.id },
    )
    await remember(tx, { at, directiveId: former.id, actor: 'bridge', event: 'nameGivenBack' })
  }
  return true
}

export function setAside(db: Knex) {
  return {
    /** A person has seen that the name is another document's. False where nothing waits. */
    async know(id: string, { actor, reason }: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.directive d set former_known = true where d.id::text = :id and ${isGivenAway('d')} returning d.id`,
          { id },
        )
        if (!rows[0]) return false
        const detail = { reason }
        await remember(tx, { at, directiveId: id, actor, event: 'nameGivenKnown', detail })
        return true
      })
    },
  }
}

const isGivenAway = (d: string) =>
  `${d}.former_ref is not null and not ${d}.former_known and ${isShown(d)}`

/** Both documents, so that a person can tell whether they are two. */
export const givenAway = `
select 'nameGiven', d.id::text, d.source, d.id, d.code, 'nameGiven', d.former_since, null::timestamptz, false,
  jsonb_build_object('name', d.former_ref, 'now', n.code, 'nowId', n.id)
from sync.directive d left join sync.directive n on n.source = d.source and n.source_ref = d.former_ref and ${isShown('n')}
where ${isGivenAway('d')}`
