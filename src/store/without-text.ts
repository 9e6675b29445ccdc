import type { Knex } from 'knex'
import { isWithoutText } from './predicates.ts'

/**
 * Documents whose legal time is over without their text, at the instant `:at`: of the copies among those asked for, the
 * one that came first.
 */
export const documentsWithoutText = (among = 'true') => `
select distinct on (coalesce(d.primary_id, d.id)) d.*, f.state, f.announced_size as size, case when f.state = 'waiting' then f.due_at end as due_at,
  coalesce(f.unusable, f.failure, f.state) as cause
from sync.directive_file f join sync.directive d on d.id = f.directive_id where ${isWithoutText('d', 'f')} and ${among}
order by coalesce(d.primary_id, d.id), d.primary_id is not null, d.id`

export async function countWithoutText(db: Knex, at: Date): Promise<number> {
  const { rows } = await db.raw(`select count(*)::int as n from (${documentsWithoutText()}) d`, {
    at,
  })
  return rows[0].n
}
