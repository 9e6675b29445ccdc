import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { lockDocument } from './directives.ts'
import { remember } from './history.ts'

/**
 * `secret`: its source says so for certain. `doubtful`: the gate would no longer admit it. `vanished`: its source
 * no longer has it. `byHand`: a person said so. `restored`: the store came out of a backup.
 */
export type Because = 'secret' | 'doubtful' | 'vanished' | 'byHand' | 'restored'

export interface Withheld {
  readonly id: string
  readonly source: string
  readonly because: Because
  readonly withheldAt: Date
  readonly classifyBy: Date
}

export function withholding(db: Knex) {
  return {
    /** The directives that the views show, issued since a day or ever, by the reference of their source; none is asked for by its own. */
    async shown(source: string, since: LocalDate | null): Promise<Map<string, string>> {
      const { rows } = await db.raw(
        `select source_ref as ref, id from sync.directive where source = :source and withheld_at is null and issued_on >= coalesce(:since, '-infinity'::date)`,
        { source, since },
      )
      return new Map(rows.map((row: { ref: string; id: string }) => [row.ref, row.id]))
    },

    async shownCount(source: string): Promise<number> {
      const { rows } = await db.raw(
        `select count(*) as n from sync.directive where source = ? and withheld_at is null and recalled_at is null`,
        [source],
      )
      return rows[0].n
    },

    /** The same of one window of issue dates, with what a connector asks for them by. */
    async shownWithin(
      source: string,
      from: LocalDate,
      until: LocalDate,
    ): Promise<{ id: string; transportRef: string; sourceRef: string }[]> {
      const { rows } = await db.raw(
        `select d.id, coalesce(origin.transport_ref, d.source_ref) as "transportRef", d.source_ref as "sourceRef" from sync.directive d
         left join lateral (select transport_ref from sync.intake i where i.directive_id = d.id order by seen_at limit 1) origin on true
         where d.source = :source and d.withheld_at is null and d.recalled_at is null and d.issued_on between :from and :until`,
        { source, from, until },
      )
      return rows
    },

    /** Those that are withheld for a lesser reason than certainty, by the reference of their source. */
    async doubted(source: string): Promise<Map<string, string>> {
      const { rows } = await db.raw(
        `select source_ref as ref, id from sync.directive where source = ? and withheld_at is not null and withheld_because <> 'secret'`,
        [source],
      )
      return new Map(rows.map((row: { ref: string; id: string }) => [row.ref, row.id]))
    },

    /**
     * Takes a directive out of every view at once, with the copies of the same document that came through other
     * sources. What was withheld for less becomes secret. Locks in the order of a staging.
     */
    async withhold(
      directiveId: string,
      because: Because,
      at: Date,
      by: { actor: string; reason?: string } = { actor: 'bridge' },
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const sameDocument = await lockCopies(tx, directiveId)
        if (sameDocument === null) return false
        const { rows } = await tx.raw(
          `update sync.directive set withheld_at = coalesce(withheld_at, :at), withheld_because = :because
           where same_document_key = :sameDocument and (withheld_at is null or :because = 'secret' and withheld_because <> 'secret')
           returning id, source, source_ref as "sourceRef"`,
          { sameDocument, because, at },
        )
        for (const directive of rows) {
          await tx.raw(
            `update sync.intake set state_before = case state when 'withheld' then state_before else state end, state = 'withheld',
               generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null
             where source = :source and source_ref = :sourceRef and state <> 'purged'`,
            { source: directive.source, sourceRef: directive.sourceRef },
          )
          await remember(tx, {
            at,
            directiveId: directive.id,
            actor: by.actor,
            event: 'withheld',
            detail: { because, ...(by.reason === undefined ? {} : { reason: by.reason }) },
          })
        }
        return rows.length > 0
      })
    },

    /** Shows again what was withheld in doubt, with its copies. Never what a source calls secret. */
    async release(
      directiveId: string,
      at: Date,
      by: { actor: string; reason?: string },
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const sameDocument = await lockCopies(tx, directiveId)
        if (sameDocument === null) return false
        const { rows } = await tx.raw(
          `update sync.directive set withheld_at = null, withheld_because = null
           where same_document_key = :sameDocument and withheld_at is not null
             and not exists (select from sync.directive s where s.same_document_key = :sameDocument and s.withheld_because = 'secret')
           returning id, source, source_ref as "sourceRef"`,
          { sameDocument },
        )
        for (const directive of rows) {
          await tx.raw(
            `update sync.intake set state = coalesce(state_before, 'unchanged'), state_before = null, due_at = clock_timestamp()
             where source = :source and source_ref = :sourceRef and state = 'withheld'`,
            { source: directive.source, sourceRef: directive.sourceRef },
          )
          await remember(tx, {
            at,
            directiveId: directive.id,
            actor: by.actor,
            event: 'released',
            detail: by.reason === undefined ? {} : { reason: by.reason },
          })
        }
        return rows.length > 0
      })
    },

    /** Everything, because the store came out of a backup and nobody knows what has become secret since. */
    async withholdAll(at: Date, historyLost: number): Promise<number> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.directive set withheld_at = :at, withheld_because = 'restored', checked_at = null where withheld_at is null`,
          { at },
        )
        await tx.raw(
          `update sync.intake set state_before = state, state = 'withheld', generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null
           where state not in ('withheld', 'purged', 'deferred') and directive_id is not null`,
        )
        await remember(tx, {
          at,
          directiveId: null,
          actor: 'bridge',
          event: 'storeRestored',
          detail: { withheld: rowCount, historyLost },
        })
        return rowCount
      })
    },

    /** What waits for a person, nearest deadline first. Nothing of a document is told: it may be secret. */
    async list(limit: number): Promise<Withheld[]> {
      const { rows } = await db.raw(
        `select id, source, withheld_because as because, withheld_at as "withheldAt", classify_by as "classifyBy"
         from sync.directive where withheld_at is not null order by classify_by, id limit ?`,
        [limit],
      )
      return rows
    },
  }
}

/** Null where there is no such directive; else the key under which its copies are locked, in the order of a staging. */
export async function lockCopies(tx: Knex, directiveId: string): Promise<string | null> {
  const found = await tx.raw(
    `select same_document_key as "sameDocument" from sync.directive where id = :directiveId`,
    { directiveId },
  )
  if (!found.rows[0]) return null
  const { sameDocument } = found.rows[0]
  await tx.raw(
    `select i.id from sync.intake i join sync.directive d on d.source = i.source and d.source_ref = i.source_ref
     where d.same_document_key = :sameDocument order by i.id for update of i`,
    { sameDocument },
  )
  await lockDocument(tx, sameDocument)
  return sameDocument
}
