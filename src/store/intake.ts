import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Admitted, Staging } from './admitted.ts'
import { type How, lasts } from './contradictions.ts'
import { remember } from './history.ts'
import { LeaseLost } from './lease.ts'
import { carryOut, type Deferred, insertDeferred, type Order, type OrderOutcome } from './orders.ts'
import { acknowledge } from './outbox.ts'
import { fence, type Pass } from './passes.ts'
import type { Stage } from './staging.ts'

export interface FailedItem {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly classifyBy: Date
  readonly business: 'new' | 'update' | 'replace'
  /** The directives, by `sourceRef`, that it updates or replaces. */
  readonly concerns: readonly string[]
}

/** Message versions as `transportRef version`. */
export interface Known {
  /** The newest of each message, with the pass that took it. */
  readonly latest: ReadonlyMap<string, string>
  /** One that is shown again after another came between is new, and needs a name of its own. */
  readonly ever: ReadonlySet<string>
  /** Messages, by `transportRef`, of which the source says now this and now that: what was read of them is not read again. */
  readonly contradicted: ReadonlyMap<string, How>
}

/** So often within a day a version may come back before it is said to take turns. */
const mostReturns = 2

export function intake(db: Knex, stage: Stage) {
  return {
    /**
     * The message versions that the store has and the window may show, as `transportRef version`, with the pass
     * that took each. Nothing is asked with a listed item's own reference: refused ones would be among them, and a
     * statement's values can end in the log of a database.
     */
    async known(pass: Pick<Pass, 'source' | 'from' | 'until'>, at: Date): Promise<Known> {
      const { rows: queueLike } = await db.raw(
        `select from sync.source where name = ? and acknowledges`,
        [pass.source],
      )
      // A queue-like source shows the days in which messages came, others the days of issue.
      const within =
        queueLike.length > 0
          ? `i.seen_at >= :from::date - interval '2 days'`
          : `i.classify_by >= :from::date - interval '2 days' and i.classify_by < :until::date + interval '45 days'`
      const { rows } = await db.raw(
        `select i.transport_ref || ' ' || regexp_replace(i.version, ' again .*$', '') as name, i.pass_id as "passId",
           not exists (select from sync.intake k where k.source = i.source and k.transport_ref = i.transport_ref and k.seen_at > i.seen_at) as latest
         from sync.intake i where i.source = :source and ${within}`,
        { source: pass.source, from: pass.from, until: pass.until },
      )
      const latest = new Map<string, string>()
      const ever = new Set<string>()
      for (const row of rows as { name: string; passId: string; latest: boolean }[]) {
        ever.add(row.name)
        if (row.latest) latest.set(row.name, row.passId)
      }
      return { latest, ever, contradicted: await contradicted(db, pass.source, at) }
    },

    stage: (pass: Pass, admitted: Admitted, at: Date): Promise<Staging> =>
      stage({ pass }, admitted, at),

    /** Kept, not acknowledged, listed and counted until it is handled. */
    async defer(pass: Pass, item: Deferred, at: Date): Promise<'deferred' | 'taken'> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        return (await insertDeferred(tx, pass, item, at)) === null ? 'taken' : 'deferred'
      })
    },

    /** What a message orders, at once where the store has what it is about. */
    async order(pass: Pass, order: Order, at: Date): Promise<OrderOutcome | 'taken'> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        const id = await insertDeferred(tx, pass, order, at)
        if (id === null) return 'taken'
        return carryOut(tx, { id, source: pass.source }, order, at)
      })
    },

    /** An admitted message whose staging failed: listed and tried again until someone settles it. */
    async fail(
      pass: Pass,
      item: FailedItem,
      failure: string,
      at: Date,
    ): Promise<'failed' | 'taken'> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        const { rowCount } = await tx.raw(
          `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, business, concerns, classify_by, attempts, failure, due_at, seen_at)
           values (:id, :source, :transportRef, :sourceRef, :version, :passId, 'failed', :business, :concerns, :classifyBy, 1, :failure, clock_timestamp() + interval '1 second', :at)
           on conflict (source, transport_ref, version) do nothing`,
          {
            id: randomUUID(),
            source: pass.source,
            passId: pass.id,
            failure,
            at,
            ...item,
            concerns: [...item.concerns],
          },
        )
        return rowCount === 0 ? 'taken' : 'failed'
      })
    },

    /** The source recalled a directive the store has: history stays, clocks stop. `unknown` if the store never had it. */
    async recall(
      pass: Pass,
      item: { transportRef: string; sourceRef: string; version: string },
      askedAt: Date,
      at: Date,
    ): Promise<'recalled' | 'taken' | 'unknown'> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        const { rows } = await tx.raw(
          `select id, classify_by, recalled_at is not null and recall_authority is null as recalled from sync.directive where source = :source and source_ref = :sourceRef for update`,
          { source: pass.source, sourceRef: item.sourceRef },
        )
        if (!rows[0]) return 'unknown'
        const id = randomUUID()
        const { rowCount } = await tx.raw(
          `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, state, classify_by, seen_at, settled_at)
           values (:id, :source, :transportRef, :sourceRef, :version, :passId, :directiveId, 'recalled', :classifyBy, :at, :at)
           on conflict (source, transport_ref, version) do nothing`,
          {
            id,
            source: pass.source,
            passId: pass.id,
            directiveId: rows[0].id,
            classifyBy: rows[0].classify_by,
            at,
            ...item,
          },
        )
        if (rowCount === 0) return 'taken'
        await tx.raw(
          `update sync.directive set read_at = greatest(read_at, :askedAt) where id = :directiveId`,
          { askedAt, directiveId: rows[0].id },
        )
        await acknowledge(tx, id, at)
        if (rows[0].recalled) return 'recalled'
        await tx.raw(
          `update sync.directive set recalled_at = coalesce(recalled_at, :at), recall_authority = null where id = :id`,
          { at, id: rows[0].id },
        )
        await remember(tx, { at, directiveId: rows[0].id, actor: 'bridge', event: 'recalled' })
        return 'recalled'
      })
    },
  }
}

/** What a person asked for anew, or a recheck, is no return of a version. */
async function contradicted(db: Knex, source: string, at: Date): Promise<Map<string, How>> {
  const { rows } = await db.raw(
    `select i.transport_ref as ref, 'inTurns' as how from sync.intake i
       where i.source = :source and i.seen_at > :at::timestamptz - interval '1 day' and i.version ~ ' again ' and i.version not like 'asked again %'
       group by i.transport_ref having count(*) >= :mostReturns
     union all select distinct i.transport_ref, c.how from sync.contradiction c join sync.intake i on i.directive_id = c.directive_id
       where i.source = :source and ${lasts('c')}`,
    { source, at, mostReturns },
  )
  return new Map(rows.map(({ ref, how }: { ref: string; how: How }) => [ref, how]))
}

async function holdPass(tx: Knex, pass: Pass): Promise<void> {
  const { rowCount } = await tx.raw(
    `select 1 from sync.pass where id = :passId and state = 'running' and lease_owner = :owner and lease_epoch = :epoch for share`,
    fence(pass),
  )
  if (rowCount === 0) throw new LeaseLost('a pass')
}
