import type { Knex } from 'knex'
import { contentDigest } from '#src/domain/identity.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Admitted } from './admitted.ts'
import { hasCome, isOlderThan } from './instants.ts'
import { isShown } from './predicates.ts'
import { hasItsName } from './set-aside.ts'

/** A directive that is still open, or withheld in doubt, as its source knows it. */
export interface Rechecked {
  readonly id: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly withheld: boolean
  /** Withheld for a reason of its own, and not only through a copy. */
  readonly doubted: boolean
  readonly recalled: boolean
  /** How often in a row its source gave no answer about it. */
  readonly unanswered: number
}

/** Every open directive is asked for again at least once a day; one in doubt, every hour. */
const askedAgainAfterMs = 20 * 3_600_000
const doubtedAgainAfterMs = 3_600_000
/** What was not answered about, the second time after twice as long, and so on up to the longest. */
const unansweredAgainAfterMs = 60_000
const longestUnansweredMs = 3_600_000

/** What of a source is still open, and when it was last asked for again. */
export function rechecks(db: Knex) {
  return {
    /**
     * Longest unasked first. What is withheld in doubt comes before everything else, and what its source does not
     * answer about behind it: however many those are, the others are asked for.
     */
    async due(source: string, now: Date, limit: number): Promise<Rechecked[]> {
      const { rows } = await db.raw(
        `select d.id, coalesce(origin.transport_ref, d.source_ref) as "transportRef", d.source_ref as "sourceRef", d.withheld_at is not null as withheld, d.withheld_itself is not null as doubted, d.recalled_at is not null as recalled, coalesce(d.unanswered, 0) as unanswered
         from sync.directive d
         left join lateral (select transport_ref from sync.intake i where i.directive_id = d.id order by seen_at limit 1) origin on true
         where d.source = :source and ${hasItsName('d')} and (${isOpen} or ${isAskedAgain}) and coalesce(
           ${hasCome('d.recheck_after', longestUnansweredMs, ':now')},
           case when ${isShown('d')} then ${wasAsked(askedAgainAfterMs)} else ${wasAsked(doubtedAgainAfterMs)} end)
         order by d.unanswered is not null, d.withheld_at is not null desc, coalesce(d.recheck_after, d.checked_at, d.seen_at), d.id limit :limit`,
        {
          source,
          now,
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
      await db.raw(
        `update sync.directive set checked_at = :at, unanswered = null, recheck_after = null where id = :id`,
        { id, at },
      )
    },

    /** What a fuse holds back is asked for again as often as what is in doubt. */
    async heldBack(id: string, at: Date): Promise<void> {
      await db.raw(
        `update sync.directive set unanswered = null, recheck_after = :again where id = :id`,
        { id, again: new Date(at.getTime() + doubtedAgainAfterMs) },
      )
    },

    /** It is asked for again soon, later each time. */
    async unanswered(id: string, at: Date): Promise<void> {
      await db.raw(
        `update sync.directive set unanswered = coalesce(unanswered, 0) + 1,
           recheck_after = :at::timestamptz + least(:longest, :first * power(2, least(coalesce(unanswered, 0), 20))) * interval '1 millisecond' where id = :id`,
        { id, at, first: unansweredAgainAfterMs, longest: longestUnansweredMs },
      )
    },

    /** Whether the source still says what the store has; then that is noted. */
    async isUnchanged(id: string, admitted: Admitted): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.directive set read_at = greatest(read_at, :askedAt) where id = :id and content_digest = :digest and (recalled_at is null or recall_authority is not null)`,
        { id, askedAt: admitted.askedAt, digest: contentDigest(admitted) },
      )
      return rowCount > 0
    },

    /** The same, by the reference of its source, of what is shown. */
    async isShownUnchanged(source: string, admitted: Admitted): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.directive set read_at = greatest(read_at, :askedAt)
         where source = :source and source_ref = :sourceRef and content_digest = :digest
           and ${isShown('directive')} and recalled_at is null`,
        {
          source,
          sourceRef: admitted.sourceRef,
          askedAt: admitted.askedAt,
          digest: contentDigest(admitted),
        },
      )
      return rowCount > 0
    },
  }
}

const wasAsked = (agoMs: number) => isOlderThan('coalesce(d.checked_at, d.seen_at)', agoMs, ':now')

/** Done with, and nobody knows what was withheld of it: the store lost commits. */
const isAskedAgain = `d.recheck_after is not null and ${isShown('d')}`

/** Not yet classified, or with a task whose lead has not completed it, or withheld in doubt. What a person withheld is his. */
const isOpen = `(${isShown('d')} or d.withheld_because not in ('secret', 'byHand'))
  and (d.withheld_at is not null or d.refused_at is null and (d.classified_at is null or exists (
    select from sync.task t join sync.assignment a on a.task_id = t.id and a.role = 'lead'
    left join lateral (select outcome from sync.reply r where r.assignment_id = a.id order by r.written_at desc limit 1) last on true
    where t.directive_id = d.id and last.outcome is distinct from 'completed')))`
