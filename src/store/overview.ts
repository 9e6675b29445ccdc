import type { Knex } from 'knex'
import { type AlertKind, type Figures, sourceTrouble } from '#src/domain/alert.ts'
import { normaliseCode } from '#src/domain/code.ts'
import { wholeDirective } from './directive-life.ts'
import {
  cameTooLate,
  clockRuns,
  hasOpenDeadline,
  isPast,
  isShown,
  isStagedFirst,
  isStagedLate,
  once,
  saidBy,
} from './predicates.ts'
import { breakerIsOpen } from './sources.ts'
import { takenBefore } from './taken.ts'

export interface SourceOverview {
  readonly name: string
  readonly lastAnswerAt: Date | null
  readonly lastFailure: string | null
  /** Alerts that last and say that it is in trouble: a source that hangs has failed in nothing yet. */
  readonly troubles: readonly { readonly kind: AlertKind; readonly figures: Figures }[]
  readonly breakerOpenUntil: Date | null
  readonly headCursor: Date | null
  /** Of its last whole reading, with what was taken of a queue-like source before. */
  readonly seen: number | null
  readonly allowed: number | null
  readonly notEligible: number | null
  readonly undecided: number | null
}

export interface Totals {
  readonly staged: number
  readonly updated: number
  readonly unchanged: number
  readonly recalled: number
  readonly deferred: number
  readonly withheld: number
  readonly purged: number
  readonly failed: number
  readonly discarded: number
}

/** `announced` is the sum of the rest. */
export interface FileTotals {
  readonly announced: number
  readonly stored: number
  readonly waiting: number
  readonly unusable: number
  readonly superseded: number
}

/** A directive that is shown, by what a person called it. */
export interface Found {
  readonly id: string
  readonly code: string
  readonly source: string
  readonly issuedOn: string
  /** The same of its copies that came through other sources. */
  readonly document: string
  readonly recalledAt: Date | null
  readonly recalledByHand: boolean
}

export interface WayBack {
  readonly pending: number
  readonly delivered: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly settled: number
}

const fileStates = ['stored', 'waiting', 'unusable', 'superseded'] as const

export function overview(db: Knex) {
  return {
    async sources(): Promise<SourceOverview[]> {
      const { rows } = await db.raw(
        `select s.name, s.last_answer_at as "lastAnswerAt", case when s.failures > 0 then s.last_failure end as "lastFailure",
           (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'figures', a.figures) order by a.began_at, a.kind), '[]') from sync.alert a
             where a.source = s.name and a.ended_at is null and a.kind = any (:trouble)) as troubles,
           case when ${breakerIsOpen('s')} then s.open_until end as "breakerOpenUntil", s.head_cursor as "headCursor",
           p.seen + t.taken as seen, p.allowed + t.taken as allowed, p.not_eligible as "notEligible", p.undecided
         from sync.source s
         left join lateral (select * from sync.pass where source = s.name and kind = 'deep' and state in ('done', 'open') order by ended_at desc limit 1) deep on true
         left join lateral (select * from sync.pass where source = s.name and kind = 'head' and state in ('done', 'open') order by ended_at desc limit 1) head on true
         left join lateral (select * from sync.pass where source = s.name and kind = 'backfill' and state in ('done', 'open') order by ended_at desc limit 1) filled on true
         cross join lateral (select s.name as source, coalesce(deep.opened_at, head.opened_at, filled.opened_at) as opened_at,
           coalesce(deep.window_from, head.window_from, filled.window_from) as window_from, coalesce(deep.seen, head.seen, filled.seen) as seen, coalesce(deep.allowed, head.allowed, filled.allowed) as allowed,
           coalesce(deep.not_eligible, head.not_eligible, filled.not_eligible) as not_eligible, coalesce(deep.undecided, head.undecided, filled.undecided) as undecided) p
         cross join lateral (select ${takenBefore('p')} as taken) t
         order by s.name`,
        { trouble: [...sourceTrouble] },
      )
      return rows
    },

    /** Every message version the gate admitted, by what became of it. */
    async totals(): Promise<Totals> {
      const none = {
        staged: 0,
        updated: 0,
        unchanged: 0,
        recalled: 0,
        deferred: 0,
        withheld: 0,
        purged: 0,
        failed: 0,
        discarded: 0,
      }
      const { rows } = await db.raw(`select state, count(*) as n from sync.intake group by state`)
      return {
        ...none,
        ...Object.fromEntries(rows.map((row: { state: string; n: number }) => [row.state, row.n])),
      }
    },

    /** Every file that was ever announced of what is shown, by what became of it. */
    async files(): Promise<FileTotals> {
      const { rows } = await db.raw(
        `select count(*)::int as announced, ${fileStates.map((state) => `count(*) filter (where f.state = '${state}')::int as ${state}`).join(', ')}
         from sync.directive_file f join sync.directive d on d.id = f.directive_id where ${isShown('d')}`,
      )
      return rows[0]
    },

    async wayBack(): Promise<WayBack> {
      const none = { pending: 0, delivered: 0, rejected: 0, unconfirmed: 0, settled: 0 }
      const { rows } = await db.raw(
        `select case state when 'sending' then 'pending' else state end as state, count(*) as n from sync.outbox where kind = 'reply' group by 1`,
      )
      return {
        ...none,
        ...Object.fromEntries(rows.map((row: { state: string; n: number }) => [row.state, row.n])),
      }
    },

    async deadlines(at: Date): Promise<{
      open: number
      overdue: number
      stagedLate: number
      next: { code: string; deadlineDate: string } | null
    }> {
      const { rows } = await db.raw(
        `select count(*) filter (where not ${isPast('directive')}) as open, count(*) filter (where ${isPast('directive')} and not ${cameTooLate('directive')}) as overdue,
           (select count(*) from sync.directive d where ${isStagedLate('d')} and ${isStagedFirst('d')}) as "stagedLate"
         from sync.directive where ${once('directive', clockRuns)}`,
        { at },
      )
      const next = await db.raw(
        `select code, deadline_date as "deadlineDate" from tracking.directives
         where ${hasOpenDeadline('directives')} order by classify_by limit 1`,
      )
      return { ...rows[0], next: next.rows[0] ?? null }
    },

    async failed(limit: number): Promise<Record<string, unknown>[]> {
      const { rows } = await db.raw(
        `select i.id, i.source, i.state, coalesce(d.code, ${saidBy('i', 'order_code')}) as code, i.attempts, case i.state when 'deferred' then i.business else i.failure end as failure, i.classify_by as "classifyBy", i.due_at as "dueAt", i.seen_at as "since"
         from sync.intake i left join sync.directive d on d.id = i.directive_id and ${isShown('d')}
         where i.state in ('failed', 'deferred') order by i.classify_by limit ?`,
        [limit],
      )
      return rows
    },

    /** By code as printed or normalised, by the directive's id, or by the source's reference. */
    async find(codeOrRef: string): Promise<Found[]> {
      const { rows } = await db.raw(
        `select id, code, source, issued_on as "issuedOn", coalesce(primary_id, id) as document, recalled_at as "recalledAt",
           recall_authority is not null as "recalledByHand" from sync.directive where ${isShown('directive')} and
           (code = :asked or code_normalised = :normalised or source_ref = :asked or id::text = :asked) order by issued_on desc limit 20`,
        { asked: codeOrRef, normalised: normaliseCode(codeOrRef) },
      )
      return rows
    },

    /** With its whole life in order; nothing of what is withheld. */
    directive: (id: string) => wholeDirective(db, id),
  }
}
