import type { Knex } from 'knex'
import { remember } from './history.ts'
import { isShown, saidBy } from './predicates.ts'

/** Who acts, and why; both go into the history. */
export interface Acting {
  readonly actor: string
  readonly reason: string
}

/** What could not be staged, or waits for what never came, as a person settles it. */
export function failures(db: Knex) {
  return {
    /** Due now, for the running service: these rows, or all. How many there were. */
    async retry(ids: readonly string[] | null, by: Acting, at: Date): Promise<number> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.intake set due_at = clock_timestamp() where state = 'failed' and (:all or id::text = any (:ids))
           returning id, source, directive_id as "directiveId"`,
          { all: ids === null, ids: [...(ids ?? [])] },
        )
        // Of each that was named; all at once is one act, of however many rows.
        const acts =
          ids === null
            ? [{ directiveId: null, detail: { rows: rows.length } }]
            : rows.map(({ id, source, directiveId }: FailedRow) => ({
                directiveId,
                detail: { intake: id, source },
              }))
        for (const { directiveId, detail } of acts)
          await remember(tx, {
            ...{ at, directiveId, actor: by.actor, event: 'stagingRetried' },
            detail: { ...detail, reason: by.reason },
          })
        return rows.length
      })
    },

    /** Those of these rows that `discard` would settle. */
    async discardable(ids: readonly string[]): Promise<FailedRow[]> {
      const { rows } = await db.raw(
        `${selectFailed} where i.id::text = any (:ids) and ${settleable} order by i.classify_by, i.id`,
        { ids: [...ids] },
      )
      return rows
    },

    /**
     * Settles a row as never to be staged. Another version at the source is a new message, and staged. False where
     * nothing waited.
     */
    async discard(id: string, by: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `select id, source, directive_id as "directiveId", coalesce(failure, business) as cause from sync.intake i
           where i.id::text = :id and ${settleable} for update`,
          { id },
        )
        const row: FailedRow | undefined = rows[0]
        if (!row) return false
        await tx.raw(
          `update sync.intake set state = 'discarded', settled_at = :at, generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null where id = :id`,
          { id: row.id, at },
        )
        await remember(tx, {
          at,
          directiveId: row.directiveId,
          actor: by.actor,
          event: 'stagingDiscarded',
          detail: { intake: row.id, source: row.source, cause: row.cause, reason: by.reason },
        })
        return true
      })
    },

    /** What was discarded, by the reference of its source; compared in memory, never asked by it. */
    async discarded(source: string): Promise<{ id: string; sourceRef: string }[]> {
      const { rows } = await db.raw(
        `select id, source_ref as "sourceRef" from sync.intake where source = ? and state = 'discarded'`,
        [source],
      )
      return rows
    },

    /** Messages that wait, by all that they name; compared in memory, never asked by it. */
    async waiting(source: string): Promise<{ id: string; sourceRefs: string[] }[]> {
      const { rows } = await db.raw(
        `select id, concerns || source_ref as "sourceRefs" from sync.intake where source = ? and state = 'deferred' and order_code is not null`,
        [source],
      )
      return rows
    },

    /** What it is about is called secret by now: it goes on waiting, and says nothing. */
    async silence(id: string): Promise<void> {
      await db.raw(
        `update sync.intake set order_code = null, order_issuer = null where id = ? and state = 'deferred'`,
        [id],
      )
    },

    /** Its source calls it secret by now: what remains is that it was counted. */
    async forget(id: string, at: Date): Promise<void> {
      await db.raw(
        `update sync.intake set state = 'purged', transport_ref = gen_random_uuid()::text, source_ref = '', version = '', concerns = '{}', order_code = null, order_issuer = null, failure = null, settled_at = :at
         where id = :id and state = 'discarded' and directive_id is null`,
        { id, at },
      )
    },
  }
}

export interface FailedRow {
  readonly id: string
  readonly source: string
  readonly directiveId: string | null
  /** A failure word, or what a deferred message orders. */
  readonly cause: string | null
  readonly classifyBy: Date
  /** Null where there is no directive, or none that may be named. */
  readonly code: string | null
}

const settleable = `i.state in ('failed', 'deferred')`

const selectFailed = `
select i.id, i.source, d.id as "directiveId", case i.state when 'deferred' then i.business else i.failure end as cause, i.classify_by as "classifyBy", coalesce(d.code, ${saidBy('i', 'order_code')}) as code
from sync.intake i left join sync.directive d on d.id = i.directive_id and ${isShown('d')}`
