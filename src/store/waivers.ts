/** Sources that a person lets others not wait for: which waiting request, until when, and why (docs/decisions/0028). */
import type { Knex } from 'knex'
import { remember } from './history.ts'

/** What goes on without: one resync, or every reading of one source. */
export type WaiverScope = { readonly resyncId: string } | { readonly readingOf: string }

export interface Waiver {
  readonly id: string
  /** The source that is not waited for. */
  readonly source: string
  readonly resyncId: string | null
  readonly readingOf: string | null
  readonly begunAt: Date
  readonly until: Date
  readonly actor: string
  readonly reason: string
}

/** A reading that waits, as a resync or its source is told so. */
export interface Waiting {
  readonly source: string
  readonly waitsFor: string
  readonly resyncId: string | null
  readonly since: Date
}

export function waivers(db: Knex) {
  return {
    /** Null where the store knows no such source, or no such resync of another one. */
    async give(
      source: string,
      scope: WaiverScope,
      { until, actor, reason }: { until: Date; actor: string; reason: string },
      at: Date,
    ): Promise<string | null> {
      const [resyncId, readingOf] =
        'resyncId' in scope ? [scope.resyncId, null] : [null, scope.readingOf]
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `insert into sync.waiver (source, resync_id, reading_of, begun_at, until, actor, reason)
           select s.name, r.id, o.name, :at, :until, :actor, :reason from sync.source s
           left join sync.resync r on r.id::text = :resyncId and r.kind = 'repair' and r.source <> s.name
           left join sync.source o on o.name = :readingOf and o.name <> s.name
           where s.name = :source and (r.id is not null or o.name is not null) returning id`,
          { source, resyncId, readingOf, until, actor, reason, at },
        )
        if (!rows[0]) return null
        await remember(tx, {
          ...{ at, directiveId: null, actor, event: 'waiverGiven' },
          detail: { waiver: rows[0].id, source, resync: resyncId, readingOf, until, reason },
        })
        // What waits is tried again at once.
        await tx.raw(
          `update sync.pass set due_at = clock_timestamp() where state = 'due' and waits_for = :source and (resync_id::text = :resyncId or source = :readingOf)`,
          { source, resyncId, readingOf },
        )
        return rows[0].id
      })
    },

    /** False where it is over already. */
    async end(id: string, by: { actor: string; reason: string }, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.waiver set ended_at = :at where id::text = :id and ${isInForce} returning id, source`,
          { id, at },
        )
        if (!rows[0]) return false
        await remember(tx, {
          ...{ at, directiveId: null, actor: by.actor, event: 'waiverEnded' },
          detail: { waiver: rows[0].id, source: rows[0].source, reason: by.reason },
        })
        return true
      })
    },

    async inForce(at: Date): Promise<Waiver[]> {
      const { rows } = await db.raw(
        `select id, source, resync_id as "resyncId", reading_of as "readingOf", begun_at as "begunAt", until, actor, reason
         from sync.waiver where ${isInForce} order by until, id`,
        { at },
      )
      return rows
    },

    /** Which sources this reading does not wait for. */
    async sourcesFor(
      { source, resyncId }: { source: string; resyncId: string | null },
      at: Date,
    ): Promise<ReadonlySet<string>> {
      const found = (await this.inForce(at)).filter(
        (one) => one.readingOf === source || (one.resyncId !== null && one.resyncId === resyncId),
      )
      return new Set(found.map((one) => one.source))
    },

    /** What waits now, longest first. */
    async waiting(): Promise<Waiting[]> {
      const { rows } = await db.raw(
        `select source, waits_for as "waitsFor", resync_id as "resyncId", since from (${waitingReadings}) w order by since, source, waits_for`,
      )
      return rows
    },
  }
}

/** One row for each resync, or source, and whom it waits for. */
export const waitingReadings = `
select p.source, p.waits_for, p.resync_id, min(p.waits_since) as since, min(p.window_from) as window_from, max(p.window_until) as window_until
from sync.pass p where p.waits_for is not null and p.state in ('due', 'running') group by p.source, p.waits_for, p.resync_id`

const isInForce = `ended_at is null and until > :at`
