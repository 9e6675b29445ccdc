import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { remember } from './history.ts'
import { isShown } from './predicates.ts'
import { waitingReadings } from './waivers.ts'

/** What to ask a source again: windows of issue dates, or single references. */
export interface Scope {
  readonly source: string
  readonly from: LocalDate
  readonly until: LocalDate
  readonly refs: readonly string[] | null
  readonly thorough: boolean
}

/** What a resync would do, or did, by outcome. */
export interface Plan {
  readonly seen: number
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  readonly recalled: number
  readonly vanished: number
  readonly noLongerEligible: number
  readonly notEligible: number
  readonly undecided: number
  /** Of the new ones: past their legal deadline, and less than a day before it. */
  readonly overdue: number
  readonly atRisk: number
  readonly requests: number
  readonly estimatedRequests: number
  readonly estimatedSeconds: number
}

export interface Actor {
  readonly actor: string
  readonly reason: string | null
}

export interface Resync extends Scope {
  readonly id: string
  readonly kind: 'plan' | 'repair'
  readonly state: 'due' | 'running' | 'paused' | 'stopped' | 'done'
  readonly actor: string
  readonly reason: string | null
  readonly askedAt: Date
  readonly endedAt: Date | null
  readonly plan: Plan | null
  /** Other sources that could not be asked before it may go on. */
  readonly waitsFor: readonly { readonly source: string; readonly since: string }[]
  readonly windows: number
  readonly windowsDone: number
  readonly seen: number
  readonly staged: number
  readonly updated: number
  readonly unchanged: number
  readonly recalled: number
  readonly notEligible: number
  readonly undecided: number
  readonly requests: number
  readonly rowsWritten: number
}

const windowDays = 7
/** Of one resync: the lanes belong to everybody. */
const windowsAtOnce = 2

export class WorldMoved extends Error {}

export function resyncs(db: Knex) {
  return {
    /** The id of the request. With a plan: throws WorldMoved when the store is not what the plan was made for. */
    async request(
      scope: Scope,
      by: Actor,
      at: Date,
      planId: string | null = null,
    ): Promise<string> {
      return db.transaction(async (tx) => {
        if (planId !== null) {
          const { rows } = await tx.raw(
            `select world from sync.resync where id::text = :planId and kind = 'plan' and source = :source and not exists (select from sync.resync used where used.plan_id = resync.id)`,
            { planId, source: scope.source },
          )
          if (rows[0]?.world !== (await worldOf(tx, scope))) throw new WorldMoved()
        }
        const { rows } = await tx.raw(
          `insert into sync.resync (source, kind, window_from, window_until, refs, thorough, state, actor, reason, asked_at, plan_id)
           values (:source, 'repair', :from, :until, :refs, :thorough, 'due', :actor, :reason, :at, :planId) returning id`,
          { ...scope, refs: scope.refs && [...scope.refs], ...by, at, planId },
        )
        await remember(tx, {
          at,
          directiveId: null,
          actor: by.actor,
          event: 'resyncRequested',
          detail: { resync: rows[0].id, source: scope.source, reason: by.reason },
        })
        return rows[0].id
      })
    },

    /** What a plan was made for. Of single documents it keeps no reference, so that it cannot be carried out by its id. */
    async planned(planId: string, source: string): Promise<Scope> {
      const { rows } = await db.raw(
        `select source, window_from as "from", window_until as until, refs, thorough from sync.resync
         where id::text = :planId and kind = 'plan' and source = :source and refs is null`,
        { planId, source },
      )
      if (!rows[0]) throw new WorldMoved()
      return rows[0]
    },

    async keepPlan(scope: Scope, plan: Plan, world: string, by: Actor, at: Date): Promise<string> {
      const { rows } = await db.raw(
        `insert into sync.resync (source, kind, window_from, window_until, refs, thorough, state, actor, reason, asked_at, ended_at, plan, world)
         values (:source, 'plan', :from, :until, :refs, :thorough, 'done', :actor, :reason, :at, :at, :plan, :world) returning id`,
        {
          ...scope,
          // That it asked for single ones, and not for which: the gate may have refused them.
          refs: scope.refs && [],
          ...by,
          at,
          world,
          plan: JSON.stringify(plan),
        },
      )
      return rows[0].id
    },

    world: (scope: Scope) => worldOf(db, scope),

    /** Opens the next windows, newest first, and ends what has none left. The passes that may begin now. */
    async advance(at: Date): Promise<{ pass: string; source: string }[]> {
      return db.transaction(async (tx) => {
        const { rows: open } = await tx.raw(
          `select id, source, refs, window_from as "from", window_until as "until", actor, reason from sync.resync
           where state in ('due', 'running') order by asked_at for update skip locked`,
        )
        const opened: { pass: string; source: string }[] = []
        for (const resync of open) {
          const window = {
            id: resync.id,
            from: resync.from,
            until: resync.until,
            whole: resync.refs !== null,
          }
          const { rows } = await tx.raw(openWindows, { ...window, source: resync.source, at })
          for (const { id } of rows) opened.push({ pass: id, source: resync.source })
          // In one statement: a window that ends between two would leave the rest of the range unread.
          const { rows: state } = await tx.raw(
            `update sync.resync r set state = case when left_over then 'running' else 'done' end, ended_at = case when not left_over then :at::timestamptz end,
               refs = case when left_over then refs when refs is not null then '{}' end
             from (select exists (select from sync.pass p where p.resync_id = :id and p.state in ('due', 'running')) or exists (${unopened}) as left_over) l
             where r.id = :id returning r.state`,
            { ...window, at },
          )
          if (state[0].state === 'done')
            await remember(tx, {
              at,
              directiveId: null,
              actor: resync.actor,
              event: 'resyncEnded',
              detail: { resync: resync.id, source: resync.source, reason: resync.reason },
            })
        }
        return opened
      })
    },

    /** False when it is not in a state that allows this. A window under way is finished first. */
    async set(
      id: string,
      to: 'paused' | 'running' | 'stopped',
      by: Actor,
      at: Date,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.resync set state = :to, ended_at = case when :to = 'stopped' then :at::timestamptz end,
             refs = case when :to = 'stopped' and refs is not null then '{}' else refs end
           where id::text = :id and kind = 'repair' and state = any (:from) returning id, source`,
          { id, to, at, from: to === 'running' ? ['paused'] : ['due', 'running', 'paused'] },
        )
        if (!rows[0]) return false
        if (to === 'stopped')
          await tx.raw(
            `update sync.pass set state = 'failed', failure = 'stopped', ended_at = :at where resync_id = :id and state = 'due'`,
            { id: rows[0].id, at },
          )
        await remember(tx, {
          at,
          directiveId: null,
          actor: by.actor,
          event: events[to],
          detail: { resync: rows[0].id, source: rows[0].source, reason: by.reason },
        })
        return true
      })
    },

    async scope(id: string): Promise<Scope> {
      const { rows } = await db.raw(
        `select source, window_from as "from", window_until as "until", refs, thorough from sync.resync where id = ?`,
        [id],
      )
      return rows[0]
    },

    async spent(passId: string, requests: number): Promise<void> {
      await db.raw(`update sync.pass set requests = :requests where id = :passId`, {
        passId,
        requests,
      })
    },

    async list(limit: number): Promise<Resync[]> {
      const { rows } = await db.raw(`${select} order by r.asked_at desc, r.id limit ?`, [limit])
      return rows
    },

    async one(id: string): Promise<Resync | null> {
      const { rows } = await db.raw(`${select} where r.id::text = ?`, [id])
      return rows[0] ?? null
    },

    /** What the store has of a window, by the reference of its source; compared in memory, never asked by it. */
    async held(
      source: string,
      from: LocalDate,
      until: LocalDate,
    ): Promise<Map<string, { digest: string; recalled: boolean }>> {
      const { rows } = await db.raw(
        `select source_ref as ref, content_digest as digest, recalled_at is not null and recall_authority is null as recalled from sync.directive
         where source = :source and ${isShown('directive')} and issued_on between :from and :until`,
        { source, from, until },
      )
      return new Map(
        rows.map((row: { ref: string; digest: string; recalled: boolean }) => [row.ref, row]),
      )
    },
  }
}

const events = {
  paused: 'resyncPaused',
  running: 'resyncResumed',
  stopped: 'resyncStopped',
} as const

async function worldOf(tx: Knex, { source, from, until }: Scope): Promise<string> {
  const { rows } = await tx.raw(
    `select md5(string_agg(d.id::text || d.revision || coalesce(d.recalled_at::text, '') || coalesce(d.withheld_at::text, ''), ',' order by d.id)) as world
     from sync.directive d where d.source = :source and d.issued_on between :from and :until`,
    { source, from, until },
  )
  return rows[0].world ?? 'nothing'
}

/** It has fewer windows under way than it may, and more may be left, or it is at its end. */
export const wantsWindows = (row: string) =>
  `${row}.state in ('due', 'running')
   and (select count(*) from sync.pass p where p.resync_id = ${row}.id and p.state in ('due', 'running')) < ${windowsAtOnce}`

/** Weeks without a pass of this resync, but for one that failed and stands again in another row. */
const unopened = `
select week from generate_series(:from::date, :until::date, case when :whole then interval '100 years' else interval '${windowDays} days' end) week
where not exists (select from sync.pass p where p.resync_id = :id and p.window_from = week::date and p.state <> 'failed')`

const openWindows = `
insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at, resync_id)
select :source, 'resync', week::date, least(week::date + ${windowDays - 1}, :until::date), :at, :at, :id
from (${unopened}) unopened
order by week desc
limit greatest(0, ${windowsAtOnce} - (select count(*) from sync.pass p where p.resync_id = :id and p.state in ('due', 'running')))
returning id`

const select = `
select r.id, r.source, r.kind, r.window_from as "from", r.window_until as "until", r.refs, r.thorough, r.state, r.actor, r.reason,
  r.asked_at as "askedAt", r.ended_at as "endedAt", r.plan,
  coalesce((select jsonb_agg(jsonb_build_object('source', w.waits_for, 'since', w.since) order by w.since, w.waits_for)
    from (${waitingReadings}) w where w.resync_id = r.id), '[]') as "waitsFor",
  case when r.refs is null then (r.window_until - r.window_from) / ${windowDays} + 1 else 1 end as windows, p.*
from sync.resync r
cross join lateral (
  select count(*) filter (where p.state in ('done', 'open')) as "windowsDone", coalesce(sum(p.seen), 0)::int as seen,
    coalesce(sum(b.staged), 0)::int as staged, coalesce(sum(b.updated), 0)::int as updated,
    coalesce(sum(b.unchanged + b.redelivered), 0)::int as unchanged, coalesce(sum(b.recalled), 0)::int as recalled,
    coalesce(sum(p.not_eligible), 0)::int as "notEligible", coalesce(sum(p.undecided), 0)::int as undecided,
    coalesce(sum(p.requests), 0)::int as requests,
    coalesce(sum(b.staged + b.updated + b.redelivered + b.recalled + b.deferred + b.failed), 0)::int as "rowsWritten"
  from sync.pass p cross join lateral sync.balance_of(p) b where p.resync_id = r.id and p.state in ('done', 'open')
) p`
