import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { contentDigest } from './directives.ts'
import type { Admitted } from './staging.ts'

/** A directive that is still open, or withheld in doubt, as its source knows it. */
export interface Rechecked {
  readonly id: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly withheld: boolean
  readonly recalled: boolean
}

/** Every open directive is asked for again at least once a day; one in doubt, every hour. */
const askedAgainAfterMs = 20 * 3_600_000
const doubtedAgainAfterMs = 3_600_000

/** What of a source is still open, and when it was last asked for again. */
export function rechecks(db: Knex) {
  return {
    /** Longest unasked first. What is withheld in doubt comes before everything else. */
    async due(source: string, now: Date, limit: number): Promise<Rechecked[]> {
      const { rows } = await db.raw(
        `select d.id, coalesce(origin.transport_ref, d.source_ref) as "transportRef", d.source_ref as "sourceRef", d.withheld_at is not null as withheld, d.recalled_at is not null as recalled
         from sync.directive d
         left join lateral (select transport_ref from sync.intake i where i.directive_id = d.id order by seen_at limit 1) origin on true
         where d.source = :source and ${isOpen} and coalesce(d.checked_at, d.seen_at) < case when d.withheld_at is null then :before else :soonBefore end::timestamptz
         order by (d.withheld_at is not null) desc, coalesce(d.checked_at, d.seen_at), d.id limit :limit`,
        {
          source,
          before: new Date(now.getTime() - askedAgainAfterMs),
          soonBefore: new Date(now.getTime() - doubtedAgainAfterMs),
          limit,
        },
      )
      return rows
    },

    async openCount(source: string): Promise<number> {
      const { rows } = await db.raw(
        `select count(*) as n from sync.directive d where d.source = ? and ${isOpen}`,
        [source],
      )
      return rows[0].n
    },

    /** The day from which a reading must list to meet everything that is open. */
    async earliestOpen(source: string): Promise<LocalDate | null> {
      const { rows } = await db.raw(
        `select min(d.issued_on)::text as day from sync.directive d where d.source = ? and ${isOpen}`,
        [source],
      )
      return rows[0].day
    },

    async checked(id: string, at: Date): Promise<void> {
      await db.raw(`update sync.directive set checked_at = :at where id = :id`, { id, at })
    },

    /** Whether the source still says what the store has; then that is noted. */
    async isUnchanged(id: string, admitted: Admitted): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.directive set read_at = greatest(read_at, :askedAt) where id = :id and content_digest = :digest and (recalled_at is null or recall_authority is not null)`,
        { id, askedAt: admitted.askedAt, digest: contentDigest(admitted) },
      )
      return rowCount > 0
    },
  }
}

/** Not yet classified, or with a task whose lead has not completed it, or withheld in doubt. */
const isOpen = `(d.withheld_at is null or d.withheld_because <> 'secret') and d.staged_at is not null
  and (d.withheld_at is not null or d.refused_at is null and (d.classified_at is null or exists (
    select from sync.task t join sync.assignment a on a.task_id = t.id and a.role = 'lead'
    left join lateral (select outcome from sync.reply r where r.assignment_id = a.id order by r.written_at desc limit 1) last on true
    where t.directive_id = d.id and last.outcome is distinct from 'completed')))`
