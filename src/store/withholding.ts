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

interface By {
  readonly actor: string
  readonly reason?: string
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
    ): Promise<{ id: string; transportRef: string; sourceRef: string; readAt: Date }[]> {
      const { rows } = await db.raw(
        `select d.id, coalesce(origin.transport_ref, d.source_ref) as "transportRef", d.source_ref as "sourceRef", d.read_at as "readAt" from sync.directive d
         left join lateral (select transport_ref from sync.intake i where i.directive_id = d.id order by seen_at limit 1) origin on true
         where d.source = :source and d.withheld_at is null and d.recalled_at is null and d.issued_on between :from and :until`,
        { source, from, until },
      )
      return rows
    },

    /** Those that are withheld, and not because they themselves say secret for certain, by the reference of their source. */
    async doubted(source: string): Promise<Map<string, string>> {
      return byRef(
        db,
        `source = ? and withheld_at is not null and withheld_itself is distinct from 'secret'`,
        [source],
      )
    },

    /**
     * One copy of each document that the store has, whatever its source, by what names it and its date; but for those
     * that are secret for certain.
     */
    async documents(): Promise<Map<string, string>> {
      const { rows } = await db.raw(
        `select distinct on (same_document_key, issued_on) same_document_key || ' ' || issued_on as key, id from sync.directive
         where withheld_because is distinct from 'secret' order by same_document_key, issued_on, seen_at, id`,
      )
      return new Map(rows.map((row: { key: string; id: string }) => [row.key, row.id]))
    },

    /** Those that are withheld only because of a copy that came through another source. */
    async throughCopies(source: string): Promise<Map<string, string>> {
      return byRef(db, `source = ? and withheld_at is not null and withheld_itself is null`, [
        source,
      ])
    },

    /**
     * Takes a directive out of every view at once, with the copies of the same document that came through other
     * sources, and notes that it gave the reason. A weightier reason takes the place of a lesser one. Locks in the
     * order of a staging.
     */
    async withhold(
      directiveId: string,
      because: Because,
      at: Date,
      by: By = { actor: 'bridge' },
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const sameDocument = await lockCopies(tx, directiveId)
        if (sameDocument === null) return false
        const { rows } = await tx.raw(
          `update sync.directive set withheld_at = coalesce(withheld_at, :at), withheld_because = :because
           where same_document_key = :sameDocument and ${weightOf('withheld_because')} < ${weightOf(':because::text')}
           returning id, source, source_ref as "sourceRef"`,
          { sameDocument, because, at },
        )
        await tx.raw(
          `update sync.directive set withheld_itself = :because
           where id = :directiveId and ${weightOf('withheld_itself')} < ${weightOf(':because::text')}`,
          { directiveId, because },
        )
        for (const directive of rows) {
          await tx.raw(
            `update sync.intake set state_before = case state when 'withheld' then state_before else state end, state = 'withheld',
               generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null
             where ${messagesOf} and state <> 'purged'`,
            directive,
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

    /** A person shows again what was withheld, with its copies. Never what a source calls secret. */
    async release(directiveId: string, at: Date, by: By): Promise<boolean> {
      return db.transaction(async (tx) => {
        const sameDocument = await lockCopies(tx, directiveId)
        return sameDocument !== null && show(tx, sameDocument, ['secret'], at, by)
      })
    },

    /**
     * The bridge finds a directive plainly eligible again: what it doubted of this copy is over. It shows, with its
     * copies, if none of them gave a reason of its own. What a person or a certain word withheld is not the bridge's.
     */
    async releaseOwn(directiveId: string, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const sameDocument = await lockCopies(tx, directiveId)
        if (sameDocument === null) return false
        await tx.raw(
          `update sync.directive set withheld_itself = null where id = :directiveId and withheld_itself in ('doubtful', 'vanished', 'restored')`,
          { directiveId },
        )
        const { rowCount } = await tx.raw(
          `update sync.directive d set withheld_because = left_over.because
           from (select withheld_itself as because from sync.directive where same_document_key = :sameDocument and withheld_itself is not null
             order by ${weightOf('withheld_itself')} desc limit 1) left_over
           where d.same_document_key = :sameDocument and d.withheld_at is not null`,
          { sameDocument },
        )
        if (rowCount > 0) return false
        const by = { actor: 'bridge', reason: 'plainly eligible again' }
        return show(tx, sameDocument, ['secret', 'byHand'], at, by)
      })
    },

    /** Everything, because the store came out of a backup and nobody knows what has become secret since. */
    async withholdAll(at: Date, historyLost: number): Promise<number> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.directive set withheld_at = coalesce(withheld_at, :at), withheld_because = coalesce(withheld_because, 'restored'),
             withheld_itself = 'restored', checked_at = null, unanswered = null, recheck_after = null where withheld_itself is null`,
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

/** Shows a document's copies again, unless one is withheld for a reason that may not be lifted. */
async function show(
  tx: Knex,
  sameDocument: string,
  never: readonly Because[],
  at: Date,
  by: By,
): Promise<boolean> {
  const { rows } = await tx.raw(
    `update sync.directive set withheld_at = null, withheld_because = null, withheld_itself = null
     where same_document_key = :sameDocument and withheld_at is not null
       and not exists (select from sync.directive s where s.same_document_key = :sameDocument and s.withheld_because = any (:never))
     returning id, source, source_ref as "sourceRef"`,
    { sameDocument, never: [...never] },
  )
  for (const directive of rows) {
    await tx.raw(
      `update sync.intake set state = coalesce(state_before, 'unchanged'), state_before = null,
         directive_id = case when state_before = 'failed' then null else directive_id end,
         due_at = case when failure = 'conflict' then due_at else clock_timestamp() end
       where ${messagesOf} and state = 'withheld'`,
      directive,
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
}

async function byRef(
  db: Knex,
  condition: string,
  bindings: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await db.raw(
    `select source_ref as ref, id from sync.directive where ${condition}`,
    [...bindings],
  )
  return new Map(rows.map((row: { ref: string; id: string }) => [row.ref, row.id]))
}

/** Of a directive's rows as returned here: also what updated or recalled it, which its source calls by another reference. */
export const messagesOf = `(source = :source and source_ref = :sourceRef or directive_id = :id)`

/** A certain word outweighs a person's, and that whatever the bridge only doubts. */
const weightOf = (because: string) =>
  `case when ${because} = 'secret' then 3 when ${because} = 'byHand' then 2 when ${because} is not null then 1 else 0 end`

/** Null where there is no such directive; else the key under which its copies are locked, in the order of a staging. */
export async function lockCopies(tx: Knex, directiveId: string): Promise<string | null> {
  const found = await tx.raw(
    `select same_document_key as "sameDocument" from sync.directive where id = :directiveId`,
    { directiveId },
  )
  if (!found.rows[0]) return null
  const { sameDocument } = found.rows[0]
  await tx.raw(
    `select i.id from sync.intake i where i.id in (
       select m.id from sync.intake m join sync.directive d on d.source = m.source and d.source_ref = m.source_ref where d.same_document_key = :sameDocument
       union select m.id from sync.intake m join sync.directive d on d.id = m.directive_id where d.same_document_key = :sameDocument)
     order by i.id for update of i`,
    { sameDocument },
  )
  await lockDocument(tx, sameDocument)
  return sameDocument
}
