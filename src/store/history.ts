import type { Knex } from 'knex'

export interface HistoryEntry {
  readonly at: Date
  readonly directiveId: string | null
  /** `bridge`, or whoever acted. */
  readonly actor: string
  readonly event: string
  readonly detail?: Record<string, unknown>
}

/** Appends within the caller's transaction: what happened and that it is recorded stand or fall together. */
export async function remember(tx: Knex, entry: HistoryEntry): Promise<void> {
  await tx.raw(
    `insert into sync.history (at, directive_id, actor, event, detail) values (:at, :directiveId, :actor, :event, :detail)`,
    {
      at: entry.at,
      directiveId: entry.directiveId,
      actor: entry.actor,
      event: entry.event,
      detail: JSON.stringify(entry.detail ?? {}),
    },
  )
}
