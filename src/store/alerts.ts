import type { Knex } from 'knex'
import {
  type AlertKind,
  type Condition,
  type Figures,
  type Occasion,
  type OpenAlert,
  occasionOf,
  type Patience,
} from '#src/domain/alert.ts'
import { hasCome } from './instants.ts'

export type Channel = 'webhook' | 'email'

export interface Alert {
  readonly id: string
  readonly kind: AlertKind
  readonly source: string
  readonly figures: Figures
  readonly beganAt: Date
  readonly lastAt: Date
  readonly endedAt: Date | null
}

/** What one channel is to be told. */
export interface Notice {
  readonly id: string
  readonly occasion: Occasion
  readonly kind: AlertKind
  readonly source: string
  readonly figures: Figures
  readonly beganAt: Date
  readonly attempts: number
}

export interface Told {
  readonly occasion: Occasion
  readonly kind: AlertKind
  readonly source: string
  readonly count: number
}

const noticesAtOnce = 100
/** Whoever takes notices and dies leaves them to the others after this. */
const takenForS = 180
const longestPauseS = 900
const keptDays = 400

export function alerts(db: Knex) {
  return {
    /**
     * Compares what is so with what people were told, and writes down what each channel is to be told now. Null when
     * another process does the same at this moment.
     */
    async keep(
      conditions: readonly Condition[],
      at: Date,
      patience: Patience,
      channels: readonly Channel[],
    ): Promise<readonly Told[] | null> {
      return db.transaction(async (tx) => {
        const { rows: lock } = await tx.raw(`select sync.try_mutex('alerts') as mine`)
        if (!lock[0].mine) return null
        const { rows } = await tx.raw(
          `select id, kind, source, figures, least(last_at, :at) as "lastAt", least(told_at, :at) as "toldAt", told_count as "toldCount" from sync.alert where ended_at is null`,
          { at },
        )
        const open = new Map<string, OpenRow>(rows.map((row: OpenRow) => [keyOf(row), row]))
        const told: Told[] = []
        for (const condition of conditions) {
          const known = open.get(keyOf(condition)) ?? null
          open.delete(keyOf(condition))
          const occasion = occasionOf(known, condition, at, patience)
          const id = await write(tx, known?.id ?? null, condition, occasion !== null, at)
          if (occasion) told.push(await tell(tx, id, occasion, condition, channels))
        }
        for (const gone of open.values()) {
          const occasion = occasionOf(gone, null, at, patience)
          if (!occasion) continue
          await tx.raw(`update sync.alert set ended_at = :at where id = :id`, { at, id: gone.id })
          told.push(await tell(tx, gone.id, occasion, gone, channels))
        }
        await tx.raw(
          `delete from sync.alert where ended_at < :at::timestamptz - ${keptDays} * interval '1 day'`,
          { at },
        )
        return told
      })
    },

    /** Notices that are due on a channel, each for one taker. */
    async take(channel: Channel): Promise<Notice[]> {
      const { rows } = await db.raw(
        `with taken as (
           update sync.alert_notice n set attempts = attempts + 1, due_at = clock_timestamp() + ${takenForS} * interval '1 second'
           where id in (select id from sync.alert_notice where state = 'pending' and channel = :channel and ${hasCome('due_at', longestPauseS * 1000)}
             order by place limit ${noticesAtOnce} for update skip locked)
           returning n.*)
         select t.id, t.occasion, a.kind, a.source, t.figures, a.began_at as "beganAt", t.attempts
         from taken t join sync.alert a on a.id = t.alert_id order by t.place`,
        { channel },
      )
      return rows
    },

    async delivered(ids: readonly string[]): Promise<void> {
      await db.raw(
        `update sync.alert_notice set state = 'delivered', ended_at = clock_timestamp(), failure = null where id = any (:ids)`,
        { ids: [...ids] },
      )
    },

    /** Tried again, later each time; after a day it is given up, and stays listed. */
    async notDelivered(ids: readonly string[], failure: string): Promise<void> {
      await db.raw(
        `update sync.alert_notice set failure = :failure, due_at = clock_timestamp() + least(${longestPauseS}, 15 * power(2, least(attempts, 10))) * interval '1 second',
           state = case when written_at < clock_timestamp() - interval '1 day' then 'givenUp' else 'pending' end,
           ended_at = case when written_at < clock_timestamp() - interval '1 day' then clock_timestamp() end
         where id = any (:ids)`,
        { ids: [...ids], failure },
      )
    },

    /** Lasting ones first, then those that ended since. */
    async list(endedSince: Date): Promise<Alert[]> {
      const { rows } = await db.raw(
        `select id, kind, source, figures, began_at as "beganAt", last_at as "lastAt", ended_at as "endedAt" from sync.alert
         where ended_at is null or ended_at >= :endedSince order by ended_at desc nulls first, began_at, kind, source limit 1000`,
        { endedSince },
      )
      return rows
    },

    /** For each channel: what waits, what was given up within a week, since when the oldest waits, and why. */
    async channels(): Promise<
      {
        channel: Channel
        pending: number
        givenUp: number
        oldestS: number
        failure: string | null
      }[]
    > {
      const { rows } = await db.raw(
        `select channel, count(*) filter (where state = 'pending') as pending,
           count(*) filter (where state = 'givenUp' and ended_at > clock_timestamp() - interval '7 days') as "givenUp",
           coalesce(extract(epoch from clock_timestamp() - min(written_at) filter (where state = 'pending')), 0)::float8 as "oldestS",
           max(failure) filter (where state = 'pending') as failure
         from sync.alert_notice group by channel order by channel`,
      )
      return rows
    },

    /** True for one caller per interval, whichever process asks first. */
    async heartbeatIsDue(everyMs: number): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.heartbeat set due_at = clock_timestamp() + :everyMs * interval '1 millisecond' where sync.has_come(due_at, :everyMs * interval '1 millisecond')`,
        { everyMs },
      )
      return rowCount === 1
    },

    /** Why no sign of life may be given; null when polls, sweep and notices really go through. */
    async whyNotAlive(sources: readonly string[], withinMs: number): Promise<string | null> {
      const { rows } = await db.raw(
        `select case
           when not exists (select from sync.sweep where ended_at between since and clock_timestamp()) then 'sweep'
           when cardinality(:sources::text[]) > 0 and not exists (select from sync.source where name = any (:sources) and last_answer_at between since and clock_timestamp()) then 'polls'
           when exists (select from sync.alert_notice where state = 'pending' and written_at < since) then 'notices' end as why
         from (select clock_timestamp() - :withinMs * interval '1 millisecond' as since) s`,
        { sources: [...sources], withinMs },
      )
      return rows[0].why
    },

    async heartbeatEnded(failure: string | null): Promise<void> {
      await db.raw(
        `update sync.heartbeat set failure = :failure, sent_at = case when :failure::text is null then clock_timestamp() else sent_at end`,
        { failure },
      )
    },

    async heartbeat(): Promise<{ sentAt: Date | null; failure: string | null }> {
      const { rows } = await db.raw(`select sent_at as "sentAt", failure from sync.heartbeat`)
      return rows[0]
    },
  }
}

interface OpenRow extends OpenAlert {
  readonly id: string
  readonly kind: AlertKind
  readonly source: string
  readonly figures: Figures
}

function keyOf({ kind, source }: { kind: AlertKind; source: string }): string {
  return `${kind} ${source}`
}

async function write(
  tx: Knex,
  id: string | null,
  { kind, source, figures }: Condition,
  isTold: boolean,
  at: Date,
): Promise<string> {
  const values = {
    kind,
    source,
    figures: JSON.stringify(figures),
    count: figures.count,
    at,
    id,
    isTold,
  }
  const { rows } = id
    ? await tx.raw(
        `update sync.alert set figures = :figures, last_at = :at, told_at = case when :isTold then :at else told_at end,
           told_count = case when :isTold then :count else told_count end where id = :id returning id`,
        values,
      )
    : await tx.raw(
        `insert into sync.alert (kind, source, figures, began_at, last_at, told_at, told_count)
         values (:kind, :source, :figures, :at, :at, :at, :count) returning id`,
        values,
      )
  return rows[0].id
}

async function tell(
  tx: Knex,
  id: string,
  occasion: Occasion,
  { kind, source, figures }: Condition,
  channels: readonly Channel[],
): Promise<Told> {
  for (const channel of channels)
    await tx.raw(
      `insert into sync.alert_notice (alert_id, occasion, figures, channel) values (:id, :occasion, :figures, :channel)`,
      { id, occasion, figures: JSON.stringify(figures), channel },
    )
  return { occasion, kind, source, count: figures.count }
}
