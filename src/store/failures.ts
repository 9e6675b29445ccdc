import type { Knex } from 'knex'
import { leaveCopies } from './copies.ts'
import { remember } from './history.ts'
import { keys } from './keys.ts'
import { isShown } from './predicates.ts'

/** Who acts, and why; both go into the history. */
export interface Acting {
  readonly actor: string
  readonly reason: string
}

/** What could not be staged, or waits for what never came, as a person settles it. */
export function failures(db: Knex, keysDb: Knex) {
  return {
    /** Due now, for the running service: these rows, or all. How many there were. */
    async retry(ids: readonly string[] | null, by: Acting, at: Date): Promise<number> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.intake set due_at = clock_timestamp() where state in ('failed', 'pending') and (:all or id::text = any (:ids))
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
     * Settles a row as never to be staged. A directive that it alone was bringing goes with it; one that shows stays
     * as it is. Another version at the source is a new message, and staged. False where nothing waited.
     */
    async discard(id: string, by: Acting, at: Date): Promise<boolean> {
      const settled = await db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `select id, source, directive_id as "directiveId", coalesce(failure, business) as cause from sync.intake i
           where i.id::text = :id and ${settleable} for update`,
          { id },
        )
        const row: FailedRow | undefined = rows[0]
        if (!row) return null
        await tx.raw(
          `update sync.intake set state = 'discarded', settled_at = :at, generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null where id = :id`,
          { id: row.id, at },
        )
        const removed = row.directiveId !== null && (await removeUnstaged(tx, row.directiveId))
        await remember(tx, {
          at,
          directiveId: removed ? null : row.directiveId,
          actor: by.actor,
          event: 'stagingDiscarded',
          detail: { intake: row.id, source: row.source, cause: row.cause, reason: by.reason },
        })
        return { removed: removed ? [row.directiveId!] : [] }
      })
      if (settled && settled.removed.length > 0) await keys(keysDb).destroy(settled.removed)
      return settled !== null
    },

    /** What was discarded, by the reference of its source; compared in memory, never asked by it. */
    async discarded(source: string): Promise<{ id: string; sourceRef: string }[]> {
      const { rows } = await db.raw(
        `select id, source_ref as "sourceRef" from sync.intake where source = ? and state = 'discarded'`,
        [source],
      )
      return rows
    },

    /** Its source calls it secret by now: what remains is that it was counted. */
    async forget(id: string, at: Date): Promise<void> {
      await db.raw(
        `update sync.intake set state = 'purged', transport_ref = gen_random_uuid()::text, source_ref = '', version = '', concerns = '{}', failure = null, settled_at = :at
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

const settleable = `(i.state in ('failed', 'deferred') or i.state = 'pending' and i.attempts > 0)`

const selectFailed = `
select i.id, i.source, d.id as "directiveId", case i.state when 'deferred' then i.business else i.failure end as cause, i.classify_by as "classifyBy", d.code
from sync.intake i left join sync.directive d on d.id = i.directive_id and ${isShown('d')}`

/** Nobody has seen it, and nothing else brings it. Its copies that came through other sources get another first one. */
async function removeUnstaged(tx: Knex, directiveId: string): Promise<boolean> {
  const { rows } = await tx.raw(
    `select id from sync.directive d where d.id = :directiveId and d.staged_at is null
       and not exists (select from sync.intake i where i.directive_id = d.id and i.state in ('failed', 'pending')) for update`,
    { directiveId },
  )
  if (!rows[0]) return false
  await leaveCopies(tx, directiveId)
  await tx.raw(`delete from sync.directive where id = :directiveId`, { directiveId })
  return true
}
