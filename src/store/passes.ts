import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { hasCome, longestLease } from './instants.ts'
import { type Lease, LeaseLost } from './lease.ts'
import { breakerIsOpen, isPaused } from './sources.ts'

export type PassKind = 'head' | 'deep' | 'backfill' | 'recheck' | 'resync' | 'rolling'

export interface Pass {
  readonly id: string
  readonly source: string
  readonly kind: PassKind
  readonly from: LocalDate
  readonly until: LocalDate
  readonly upperBound: Date
  readonly cursorBefore: Date | null
  readonly attempts: number
  /** The resync that asked for it. */
  readonly resyncId: string | null
  /** By the clock of the database, before anything was asked. */
  readonly beganAt: Date
  readonly lease: Lease
}

/** What a reading ends with; `allowed` splits further in the view sync.pass_balance. */
export interface PassTotals {
  readonly seen: number
  readonly allowed: number
  readonly notEligible: number
  readonly undecided: number
  readonly unchanged: number
}

/** How many rows the source counts in the window, if it counts, and how many different ones it listed. */
export interface PassExtent {
  readonly counted: number | null
  readonly listed: number
}

export interface NewPass {
  readonly source: string
  readonly kind: PassKind
  readonly from: LocalDate
  readonly until: LocalDate
  /** Fixed before the reading begins; becomes the cursor when it ends. */
  readonly upperBound: Date
  readonly cursorBefore: Date | null
}

const longestPauseS = 300

/** Which pass may be taken; what is left out may be any. */
interface Claimable {
  readonly kinds?: readonly PassKind[] | null
  readonly sources?: readonly string[] | null
  readonly at?: Date | null
  readonly id?: string | null
}

export function passes(db: Knex, leaseMs: number) {
  return {
    /** The id of the new pass, or null when one is already due or under way. */
    async open(pass: NewPass): Promise<string | null> {
      const { rows } = await db.raw(
        `insert into sync.pass (source, kind, window_from, window_until, upper_bound, cursor_before, opened_at)
         values (:source, :kind, :from, :until, :upperBound, :cursorBefore, :upperBound)
         on conflict do nothing returning id`,
        { ...pass },
      )
      return rows[0]?.id ?? null
    },

    /**
     * Takes the most urgent pass that is due of these kinds and sources, the newest days first; null where there is none.
     * Nobody asks a source that is paused at this instant of the service's own clock.
     */
    async claim(
      owner: string,
      { kinds = null, sources = null, at = null, id = null }: Claimable = {},
    ): Promise<Pass | null> {
      const { rows } = await db.raw(
        `update sync.pass set state = 'running', attempts = attempts + 1, lease_owner = :owner, lease_epoch = lease_epoch + 1,
           lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
         where id = (select id from sync.pass where ${isDuePass} and ${breakerClosed}
           and (:kinds::text[] is null or kind = any (:kinds)) and (:sources::text[] is null or source = any (:sources))
           and (:id::uuid is null or id = :id)
           and not exists (select from sync.source s where s.name = pass.source and ${isPaused('s', ':at')})
           order by array_position(array['head', 'deep', 'recheck', 'resync', 'backfill', 'rolling'], kind), window_until desc, due_at
           limit 1 for update skip locked)
         returning id, source, kind, window_from as "from", window_until as "until", upper_bound as "upperBound",
           cursor_before as "cursorBefore", attempts, resync_id as "resyncId", clock_timestamp() as "beganAt", lease_epoch as epoch`,
        { id, owner, leaseMs, at, kinds, sources: sources && [...sources] },
      )
      if (!rows[0]) return null
      const { epoch, ...pass } = rows[0]
      return { ...pass, lease: { owner, epoch } }
    },

    async renew(pass: Pass): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.pass set lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' where ${held}`,
        { leaseMs, ...fence(pass) },
      )
      if (rowCount === 0) throw new LeaseLost('a pass')
    },

    /**
     * Ends the reading: totals, and the cursor by compare-and-set if nothing stayed undecided; else why it did. A bound that
     * a clock which was ahead had fixed moves the cursor no further than `at`.
     */
    async end(
      pass: Pass,
      totals: PassTotals,
      at: Date,
      undecidedBecause: string | null = null,
      extent: PassExtent | null = null,
    ): Promise<'done' | 'open'> {
      const state = totals.undecided === 0 ? 'done' : 'open'
      const failure = state === 'open' ? undecidedBecause : null
      const { counted, listed } = extent ?? { counted: null, listed: null }
      const ending = { state, at, ...totals, failure, counted, listed, ...fence(pass) }
      if (state === 'done') {
        const { rows } = await db.raw(
          `with ended as (${endPass} returning source, kind, upper_bound, cursor_before),
             head as (update sync.source s set head_cursor = least(e.upper_bound, :at::timestamptz) from ended e
               where s.name = e.source and e.kind = 'head' and date_trunc('milliseconds', s.head_cursor) is not distinct from e.cursor_before),
             deep as (update sync.source s set deep_read_at = least(e.upper_bound, :at::timestamptz) from ended e where s.name = e.source and e.kind = 'deep')
           select from ended`,
          ending,
        )
        if (rows.length === 0) throw new LeaseLost('a pass')
        return state
      }
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(endPass, ending)
        if (rowCount === 0) throw new LeaseLost('a pass')
        if (pass.kind === 'deep' || pass.kind === 'backfill') await reopen(tx, pass)
      })
      return state
    },

    /**
     * Ends an interrupted reading without totals and puts its window back as a new pass, a little later each time.
     * `waitsFor`: another source that could not be asked before.
     */
    async fail(pass: Pass, failure: string, waitsFor: string | null = null): Promise<void> {
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.pass set state = 'failed', failure = :failure, ended_at = clock_timestamp(), lease_until = null where ${held}`,
          { failure, ...fence(pass) },
        )
        if (rowCount === 0) throw new LeaseLost('a pass')
        await reopen(tx, pass, waitsFor)
      })
    },

    /** Puts the windows of passes whose worker is gone back in line; returns how many there were. */
    async retakeExpired(): Promise<number> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.pass set state = 'failed', failure = 'interrupted', ended_at = clock_timestamp(), lease_epoch = lease_epoch + 1
           where id in (select id from sync.pass where ${isAbandoned(leaseMs)} for update skip locked)
           returning id`,
        )
        for (const { id } of rows) {
          await tx.raw(
            `insert into sync.pass (source, kind, window_from, window_until, upper_bound, cursor_before, opened_at, attempts, resync_id, waits_for, waits_since)
             select source, kind, window_from, window_until, upper_bound, cursor_before, opened_at, attempts, resync_id, waits_for, waits_since from sync.pass where id = ?
             on conflict do nothing`,
            [id],
          )
        }
        return rows.length
      })
    },

    /** By how many rows its totals exceeded what it listed, when last they did. */
    async surplusOf(source: string): Promise<number> {
      const { rows } = await db.raw(
        `select counted - listed as surplus from sync.pass where source = ? and state = 'done' and counted > listed and listed > 0
         order by ended_at desc limit 1`,
        [source],
      )
      return rows[0]?.surplus ?? 0
    },

    /** What its source counted of just this window when the list of it was last whole; null where nothing proves that. */
    async countedBefore({
      source,
      from,
      until,
    }: Pick<Pass, 'source' | 'from' | 'until'>): Promise<number | null> {
      const { rows } = await db.raw(
        `select p.counted from sync.pass p join sync.source s on s.name = p.source
         where p.source = :source and p.window_from = :from and p.window_until = :until and p.state = 'done' and p.kind = 'rolling'
           and p.counted = p.listed and p.ended_at >= s.gate_since order by p.ended_at desc limit 1`,
        { source, from, until },
      )
      return rows[0]?.counted ?? null
    },

    async recent(limit: number): Promise<Record<string, unknown>[]> {
      const { rows } = await db.raw(
        `with p as (select * from sync.pass order by opened_at desc, id limit ?) ${selectRun} order by p.opened_at desc, p.id`,
        [limit],
      )
      return rows
    },

    async one(id: string): Promise<Record<string, unknown> | null> {
      const { rows } = await db.raw(
        `with p as (select * from sync.pass where id::text = ?) ${selectRun}`,
        [id],
      )
      return rows[0] ?? null
    },

    /**
     * A head pass a minute is half a million rows a year, and so is a recheck: those that nothing was taken with are
     * kept for some weeks. The others say up to which day a source is complete.
     */
    async forgetEmpty(before: Date): Promise<number> {
      const { rowCount } = await db.raw(
        `delete from sync.pass p where kind in ('head', 'recheck') and state in ('done', 'failed', 'open') and ended_at < :before
           and not exists (select from sync.intake i where i.pass_id = p.id)`,
        { before },
      )
      return rowCount
    },
  }

  async function reopen(tx: Knex, pass: Pass, waitsFor: string | null = null): Promise<void> {
    await tx.raw(
      `insert into sync.pass (source, kind, window_from, window_until, upper_bound, cursor_before, opened_at, attempts, resync_id, due_at, waits_for, waits_since)
       values (:source, :kind, :from, :until, :upperBound, :cursorBefore, :upperBound, :attempts, :resyncId,
         clock_timestamp() + least(:longestPauseS, power(2, least(:attempts::int, 20)) / 2) * interval '1 second', :waitsFor,
         case when :waitsFor::text is not null then coalesce((select former.waits_since from sync.pass former where former.id = :passId), clock_timestamp()) end)
       on conflict do nothing`,
      {
        passId: pass.id,
        waitsFor,
        source: pass.source,
        kind: pass.kind,
        from: pass.from,
        until: pass.until,
        upperBound: pass.upperBound,
        cursorBefore: pass.cursorBefore,
        attempts: pass.attempts,
        resyncId: pass.resyncId,
        longestPauseS,
      },
    )
  }
}

export const isDuePass = `state = 'due' and ${hasCome('due_at', longestPauseS * 1000)}`

/** Its process is gone. */
export const isAbandoned = (leaseMs: number) =>
  `state = 'running' and ${hasCome('lease_until', longestLease(leaseMs))}`

/** Nobody asks a source whose breaker is open. */
const breakerClosed = `not exists (select from sync.source s where s.name = pass.source and ${breakerIsOpen('s')})`

const held = `id = :passId and state = 'running' and lease_owner = :owner and lease_epoch = :epoch`

const endPass = `update sync.pass set state = :state, seen = :seen, allowed = :allowed, not_eligible = :notEligible, undecided = :undecided,
  unchanged = :unchanged, balanced = :allowed::int = :unchanged::int + (select count(*) from sync.intake i where i.pass_id = pass.id),
  failure = :failure, counted = :counted, listed = :listed, ended_at = :at, lease_until = null where ${held}`

export function fence(pass: Pass): { passId: string; owner: string; epoch: number } {
  return { passId: pass.id, owner: pass.lease.owner, epoch: pass.lease.epoch }
}

const selectRun = `select p.id, p.source, p.kind, p.window_from as "from", p.window_until as "until", p.state, p.attempts, p.failure,
  p.opened_at as "openedAt", p.ended_at as "endedAt", p.seen, p.allowed, p.not_eligible as "notEligible", p.undecided, p.counted, p.listed,
  b.unchanged, b.staged, b.updated, b.redelivered, b.recalled, b.deferred, b.withheld, b.purged, b.failed, b.discarded, b.balances
  from p join lateral sync.balance_of(p) b on true`
