import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { lockKeys, partIfApart } from './copies.ts'
import { isShown } from './predicates.ts'
import { type Because, type By, giveReason, isClose, weightOf } from './reasons.ts'
import { hasItsName } from './set-aside.ts'

export interface Withheld {
  readonly id: string
  readonly source: string
  readonly because: Because
  readonly withheldAt: Date
  readonly classifyBy: Date
}

/** Of a directive, once nobody else changes anything of its number. */
export interface Locked {
  readonly sameDocument: string
  readonly withheldItself: Because | null
  readonly number: string
  readonly symbol: string
  readonly issuedOn: LocalDate
  readonly subject: string
}

export function withholding(db: Knex) {
  return {
    /** The directives that the views show, issued since a day or ever, by the reference of their source; none is asked for by its own. */
    async shown(source: string, since: LocalDate | null): Promise<Map<string, string>> {
      const { rows } = await db.raw(
        `select source_ref as ref, id from sync.directive where source = :source and ${isShown('directive')} and issued_on >= coalesce(:since, '-infinity'::date)`,
        { source, since },
      )
      return new Map(rows.map((row: { ref: string; id: string }) => [row.ref, row.id]))
    },

    async shownCount(source: string): Promise<number> {
      const { rows } = await db.raw(
        `select count(*) as n from sync.directive where source = ? and ${isShown('directive')} and recalled_at is null`,
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
         where d.source = :source and ${hasItsName('d')} and ${isShown('d')} and d.recalled_at is null and d.issued_on between :from and :until`,
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
     * What the store has of each document, issued since a day or ever, whatever its source, by what names it and its
     * date; but for what waits for a person or goes already.
     */
    async documents(since: LocalDate | null): Promise<Map<string, string[]>> {
      const { rows } = await db.raw(
        `select same_document_key || ' ' || issued_on as key, array_agg(id order by id) as ids from (
           select id, same_document_key, issued_on from sync.directive where ${isShown('directive')} and issued_on >= coalesce(:since, '-infinity'::date)
           union all
           select id, same_document_key, issued_on from sync.directive
             where withheld_at is not null and (withheld_itself is null or withheld_itself in ('doubtful', 'vanished', 'restored'))) known group by 1`,
        { since },
      )
      return new Map(rows.map((row: { key: string; ids: string[] }) => [row.key, row.ids]))
    },

    /** Those that are withheld only because of another one of their number. */
    async throughCopies(source: string): Promise<Map<string, string>> {
      return byRef(db, `source = ? and withheld_at is not null and withheld_itself is null`, [
        source,
      ])
    },

    /**
     * Takes a directive out of every view at once, with what has its number and is dated within a day of it, and notes
     * that it gave the reason, which may depend on what is stored. A weightier reason takes the place of a lesser one.
     */
    async withhold(
      directiveId: string,
      because: Because | ((stored: Locked) => Because),
      at: Date,
      by: By = bridge,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const stored = await lockNumber(tx, directiveId)
        if (stored === null) return false
        const reason = typeof because === 'function' ? because(stored) : because
        const isHeavier = weightOf(reason) > weightOf(stored.withheldItself)
        const change = { ids: isHeavier ? [directiveId] : [], because: reason }
        const settled = await giveReason(tx, stored.sameDocument, change, at, by)
        for (const { id } of settled) await partIfApart(tx, id, at)
        return settled.length > 0
      })
    },

    /**
     * A person shows again what was withheld, and takes back what it and those within a day of it were withheld for.
     * Never while a source calls one of them secret.
     */
    async release(directiveId: string, at: Date, by: By): Promise<boolean> {
      return db.transaction(async (tx) => {
        const stored = await lockNumber(tx, directiveId)
        if (stored === null) return false
        const { sameDocument } = stored
        const { rows } = await tx.raw(
          `select d.id, d.withheld_itself = 'secret' as secret from sync.directive d join sync.directive asked on asked.id = :directiveId
           where d.same_document_key = :sameDocument and ${isClose('d', 'asked')} and d.withheld_itself is not null`,
          { directiveId, sameDocument },
        )
        if (rows.some(({ secret }: { secret: boolean }) => secret)) return false
        const ids = rows.map(({ id }: { id: string }) => id)
        const settled = await giveReason(tx, sameDocument, { ids, because: null }, at, by)
        return settled.some(({ id, because }) => id === directiveId && because === null)
      })
    },

    /**
     * The bridge finds a directive plainly eligible again: what it doubted of it is over. It shows, if none within a
     * day of it gives another reason. What a person or a certain word withheld is not the bridge's.
     */
    async releaseOwn(directiveId: string, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const stored = await lockNumber(tx, directiveId)
        if (stored === null) return false
        const isOver = weightOf(stored.withheldItself) === weightOf('doubtful')
        const change = { ids: isOver ? [directiveId] : [], because: null }
        const by = { ...bridge, reason: 'plainly eligible again' }
        const settled = await giveReason(tx, stored.sameDocument, change, at, by)
        return settled.some(({ because }) => because === null)
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

const bridge: By = { actor: 'bridge' }

/** Null where there is no such directive; else what is locked of its number, in the order of a staging. */
export async function lockNumber(tx: Knex, directiveId: string): Promise<Locked | null> {
  const { rows: found } = await tx.raw(
    `select same_document_key as "sameDocument" from sync.directive where id = :directiveId`,
    { directiveId },
  )
  if (!found[0]) return null
  const { sameDocument } = found[0]
  await lockKeys(tx, [sameDocument])
  const { rows } = await tx.raw(
    `select id, same_document_key as "sameDocument", withheld_itself as "withheldItself", number, symbol, issued_on as "issuedOn", subject
     from sync.directive where same_document_key = :sameDocument`,
    { sameDocument },
  )
  const stored = rows.find(({ id }: { id: string }) => id === directiveId)
  // Its source gave it another number meanwhile, or it went.
  return stored ?? lockNumber(tx, directiveId)
}
