import type { Knex } from 'knex'
import type { Urgency } from '#src/domain/directive.ts'
import { isOpenDoubt } from './doubted-clocks.ts'
import { longestLookUpPauseMs } from './outbox.ts'
import {
  cameTooLate,
  clockRuns,
  hasFailed,
  isFoundLate,
  isInTime,
  isPast,
  isReleasedLate,
  isShown,
  once,
} from './predicates.ts'
import { breakerIsOpen, isPaused } from './sources.ts'
import { takenBefore } from './taken.ts'
import { documentsWithoutText } from './without-text.ts'
import { notAdmittedRows } from './writings.ts'

/** How many of one source, and of one urgency where it is a matter of deadlines. */
export interface Counted {
  readonly source: string
  readonly count: number
}

export interface AtRisk extends Counted {
  readonly urgency: Urgency
}

export interface SourceSignals {
  readonly name: string
  readonly lastAnswerAt: Date | null
  /** When the gate last admitted something new of it, by the service's own clock. */
  readonly lastItemAt: Date | null
  readonly failures: number
  /** The word of the latest failure, while they last. */
  readonly failure: string | null
  readonly breakerOpen: boolean
  readonly paused: boolean
  readonly undecided: number
  readonly sentinelFailure: string | null
  /** Not yet classified, whose legal deadline runs. */
  readonly open: number
}

/** Files in one state; of the stored ones also how large they are. */
export interface FileCount {
  readonly kind: 'directive' | 'reply'
  readonly state: 'stored' | 'waiting' | 'unusable' | 'superseded'
  readonly files: number
  readonly bytes: number
}

/** What the gate did not admit: of the latest whole reading of a source, and of those before it. */
export interface NotEligibleShare {
  readonly source: string
  readonly count: number
  readonly share: number
  readonly shareBefore: number
}

const readingsBefore = 7

/** What calls for a person, as totals and instants; nothing of any row. */
export function signals(db: Knex) {
  return {
    /** Directives not yet classified that fall due within so many hours of `at`. */
    async near(at: Date, hours: Readonly<Record<Urgency, number>>): Promise<AtRisk[]> {
      const { rows } = await db.raw(
        `select source, urgency, count(*) as count from sync.directive
         where ${once('directive', clockRuns)} and not ${isPast('directive')}
           and classify_by <= :at::timestamptz + (:hours::jsonb ->> urgency)::float8 * interval '1 hour'
         group by source, urgency order by source, urgency`,
        { at, hours: JSON.stringify(hours) },
      )
      return rows
    },

    async passed(at: Date): Promise<AtRisk[]> {
      const { rows } = await db.raw(
        `select source, urgency, count(*) as count from sync.directive where ${once('directive', clockRuns)} and ${isPast('directive')} and not ${cameTooLate('directive')}
         group by source, urgency order by source, urgency`,
        { at },
      )
      return rows
    },

    async sources(at: Date): Promise<SourceSignals[]> {
      const { rows } = await db.raw(
        `select s.name, s.last_answer_at as "lastAnswerAt", item.seen_at as "lastItemAt", s.failures,
           case when s.failures > 0 then s.last_failure end as failure,
           ${breakerIsOpen('s')} as "breakerOpen", ${isPaused('s', ':at')} as paused,
           coalesce(latest.undecided, 0) as undecided, s.sentinel_failure as "sentinelFailure",
           (select count(*) from sync.directive where source = s.name and ${isInTime('directive')}) as open
         from sync.source s
         left join lateral (select seen_at from sync.intake i where i.source = s.name order by seen_at desc limit 1) item on true
         left join lateral (select undecided from sync.pass p where p.source = s.name and kind = 'head' and state in ('done', 'open')
           order by ended_at desc limit 1) latest on true
         order by s.name`,
        { at },
      )
      return rows
    },

    /** Released late, and still to be classified; found late, and a question to whoever runs the service. */
    async late(at: Date): Promise<{ released: Counted[]; found: Counted[] }> {
      const { rows } = await db.raw(
        `select late, source, count(*) as count from sync.directive where ${once('directive', isReleasedLate)} or ${isFoundLate('directive')}
         group by late, source order by late, source`,
        { at },
      )
      const of = (late: string) =>
        rows
          .filter((row: { late: string }) => row.late === late)
          .map(({ source, count }: Counted) => ({ source, count }))
      return { released: of('released'), found: of('found') }
    },

    /** Documents whose legal time is over without their full text, classified or not. */
    async withoutText(at: Date): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, count(*) as count from (${documentsWithoutText()}) d group by source order by source`,
        { at },
      )
      return rows
    },

    /** Days of issue that a person has to decide about. */
    async doubtedDates(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select d.source, count(*) as count from sync.doubted_clock c join sync.directive d on d.id = c.directive_id
         where ${isOpenDoubt('c')} and ${isShown('d')} group by d.source order by d.source`,
      )
      return rows
    },

    /** Messages that failed three times; the first two are tried again within minutes and usually go through. */
    async failed(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, count(*) as count from sync.intake where state = 'failed' and attempts >= 3 group by source order by source`,
      )
      return rows
    },

    /** Files that failed three times, of what is shown. */
    async filesMissing(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select d.source, count(*) as count from sync.directive_file f join sync.directive d on d.id = f.directive_id
         where ${hasFailed('f')} and f.attempts >= 3 and ${isShown('d')} group by d.source order by d.source`,
      )
      return rows
    },

    /** Sends of which nobody knows whether they arrived, after all look-ups, and what a source rejected. */
    async unconfirmed(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, count(*) as count from sync.outbox
         where state = 'rejected' and kind = 'reply' or state = 'unconfirmed' and due_at > clock_timestamp() + ${longestLookUpPause}
         group by source order by source`,
      )
      return rows
    },

    /** What was removed because it was not eligible or came too late, and what a mistake of ours keeps waiting. */
    async notAdmitted(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select d.source, count(*) as count from ${notAdmittedRows} group by d.source order by d.source`,
      )
      return rows
    },

    async fuses(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, sum(counted) as count from sync.fuse where answer is null group by source order by source`,
      )
      return rows
    },

    /** Withheld for less than certainty: a person must say whether they show again. */
    async doubted(): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, count(*) as count from sync.directive where withheld_at is not null and withheld_because <> 'secret'
         group by source order by source`,
      )
      return rows
    },

    async notEligibleShares(): Promise<NotEligibleShare[]> {
      const { rows } = await db.raw(
        `select s.name as source, r.not_eligible[1] as count, r.not_eligible[1]::float8 / r.seen[1] as share,
           (select sum(refused)::float8 / nullif(sum(total), 0) from unnest(r.not_eligible[2:], r.seen[2:]) as before (refused, total)) as "shareBefore"
         from sync.source s cross join lateral (
           select array_agg(seen order by ended_at desc) as seen, array_agg(not_eligible order by ended_at desc) as not_eligible
           from (select seen + ${takenBefore('p')} as seen, not_eligible, ended_at from sync.pass p where p.source = s.name and kind = 'deep' and state in ('done', 'open') and seen > 0
             order by ended_at desc limit ${readingsBefore + 1}) latest) r
         where cardinality(r.seen) > 1 order by s.name`,
      )
      return rows
    },

    /** Distinct codes that no profile maps, first seen since then, or ever. */
    async unmapped(since: Date | null): Promise<Counted[]> {
      const { rows } = await db.raw(
        `select source, count(*) as count from sync.unmapped_code where first_seen_at >= coalesce(:since, '-infinity'::timestamptz)
         group by source order by source`,
        { since },
      )
      return rows
    },

    /** Every state that a file can be in, also where there is none; those of replies are all stored. */
    async files(): Promise<FileCount[]> {
      const { rows } = await db.raw(
        `select 'directive' as kind, state, coalesce(f.files, 0) as files, coalesce(f.bytes, 0)::float8 as bytes
         from unnest(array['stored', 'waiting', 'unusable', 'superseded']) state
         left join (select state, count(*) as files, sum(size) as bytes from sync.directive_file group by state) f using (state)
         union all select 'reply', 'stored', count(*), coalesce(sum(size), 0)::float8 from sync.reply_file`,
      )
      return rows
    },
  }
}

const longestLookUpPause = `interval '${longestLookUpPauseMs} milliseconds'`
