import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import { leaveCopies } from './copies.ts'
import { remember } from './history.ts'
import { isShown } from './predicates.ts'
import { giveReason, isClose, messagesOf, reaches, weightIn } from './reasons.ts'
import { lockNumber } from './withholding.ts'

/** What is still to be destroyed after the rows are gone. All names are random. */
export interface Remains {
  readonly id: string
  readonly keys: readonly string[]
  readonly files: readonly string[]
}

export interface Authorised {
  readonly actor: string
  /** Who said so: a decision, or the rule by which the bridge acts. */
  readonly authority: string
  /** The source at whose word the bridge purges of its own accord; then nothing but what that source calls secret goes. */
  readonly source?: string
}

export interface Purgeable {
  readonly id: string
  readonly source: string
  /** Null while it is shown. */
  readonly withheldBecause: string | null
  /** What bears its number and is dated within a day of it; they go together, and the rest is counted of all of them. */
  readonly copies: number
  /** Of all copies, as the rest. */
  readonly files: number
  readonly tasks: number
  readonly replies: number
}

export function purging(db: Knex) {
  return {
    /** Of each source so many of those that it says for certain are secret: the question of one keeps no other waiting. */
    async due(limit: number): Promise<{ source: string; ids: string[] }[]> {
      const { rows } = await db.raw(
        `select source, array_agg(id order by place) as ids
         from (select id, source, row_number() over (partition by source order by withheld_at, id) as place
           from sync.directive where withheld_itself = 'secret') secret
         where place <= ? group by source order by source`,
        [limit],
      )
      return rows
    },

    /**
     * By id, code or reference at the source; what is withheld only by its id, which the list of what is withheld
     * tells: a code would tell whoever tries it that there is such a document. Nothing of what it says or is called.
     */
    async named(idCodeOrRef: string): Promise<Purgeable[]> {
      const { rows } = await db.raw(
        `select d.id, d.source, d.withheld_because as "withheldBecause", cardinality(going.ids) as copies,
           ${countOf('directive_file', 'going.ids')} as files, ${countOf('task', 'going.ids')} as tasks, ${countOf('reply', 'going.ids')} as replies
         from sync.directive d, lateral (
           select array_agg(c.id) as ids from sync.directive c where c.same_document_key = d.same_document_key and ${isClose('c', 'd')}) going
         where d.id::text = :asked or ${isShown('d')} and (d.source_ref = :asked or d.code = :asked or d.code_normalised = :normalised)
         order by d.source, d.id limit 20`,
        { asked: idCodeOrRef, normalised: normaliseCode(idCodeOrRef) },
      )
      return rows
    },

    /** How many of a source's directives are to be purged, and how many it has. */
    async share(source: string): Promise<{ count: number; outOf: number }> {
      const { rows } = await db.raw(
        `select count(*) filter (where withheld_itself = 'secret') as count, count(*) as "outOf" from sync.directive where source = ?`,
        [source],
      )
      return rows[0]
    },

    /**
     * Removes a directive and everything that belongs to it: at the word of its source that one alone, by hand with
     * what bears its number and is dated within a day of it. What it took along and is not removed waits for a person.
     * What remains is a random id, time, actor, authority and counts. Null where there is no such directive, or it is
     * not withheld.
     */
    async purge(directiveId: string, by: Authorised, at: Date): Promise<string | null> {
      return db.transaction(async (tx) => {
        const stored = await lockNumber(tx, directiveId)
        if (stored === null) return null
        const { sameDocument } = stored
        const { rows: going } = await tx.raw(
          `select d.id, d.source, d.source_ref as "sourceRef" from sync.directive d join sync.directive asked on asked.id = :directiveId
           where d.same_document_key = :sameDocument and d.withheld_at is not null
             and ${by.source === undefined ? isClose('d', 'asked') : `d.id = asked.id and d.withheld_itself = 'secret'`} order by d.id`,
          { directiveId, sameDocument },
        )
        const ids = going.map(({ id }: { id: string }) => id)
        if (!ids.includes(directiveId)) return null
        const left = await takenAlongBy(tx, sameDocument, ids)
        const removed: string[] = []
        for (const id of ids) {
          const { rows } = await tx.raw(`select sync.purge_history(?) as removed`, [id])
          removed.push(...rows[0].removed)
        }
        const { rows: counts } = await tx.raw(countsOf, { ids })
        const { rows: files } = await tx.raw(
          `select stored_as as name from sync.directive_file where directive_id = any (:ids) and stored_as is not null
           union all select f.stored_as from sync.reply_file f join sync.reply r on r.id = f.reply_id where r.directive_id = any (:ids)`,
          { ids },
        )
        // Other messages name it too: what replaced it, or wanted it back.
        for (const { source, names } of await namesOf(tx, going)) {
          await tx.raw(
            `delete from sync.replacement where source = :source and source_ref = any (:names)`,
            { source, names },
          )
          await tx.raw(
            `update sync.intake set concerns = array(select ref from unnest(concerns) with ordinality as c (ref, n) where not ref = any (:names) order by n)
             where source = :source and concerns && :names::text[]`,
            { source, names },
          )
          await tx.raw(
            `update sync.resync set refs = '{}' where source = :source and refs && :names::text[]`,
            {
              source,
              names,
            },
          )
        }
        for (const one of going) await forgetMessages(tx, one, at)
        for (const one of await unclassified(tx, sameDocument, ids))
          await remember(tx, {
            at,
            directiveId: one,
            actor: by.actor,
            event: 'classificationUndone',
          })
        for (const id of ids) await leaveCopies(tx, id, ids)
        await tx.raw(`delete from sync.directive where id = any (?)`, [ids])
        const along = { ids: left, because: 'takenAlong' } as const
        await giveReason(tx, sameDocument, along, at, { actor: by.actor })
        const { rows } = await tx.raw(
          `insert into sync.purge (at, actor, authority, source, counts, keys, files) values (:at, :actor, :authority, :source, :counts, :ids, :files) returning id`,
          {
            at,
            actor: by.actor,
            authority: by.authority,
            source: by.source ?? null,
            counts: JSON.stringify(counts[0]),
            ids,
            files: files.map(({ name }: { name: string }) => name),
          },
        )
        await remember(tx, {
          at,
          directiveId: null,
          actor: by.actor,
          event: 'purged',
          detail: { purge: rows[0].id, authority: by.authority, counts: counts[0], removed },
        })
        return rows[0].id
      })
    },

    async unfinished(): Promise<Remains[]> {
      const { rows } = await db.raw(
        `select id, keys, files from sync.purge where finished_at is null order by at`,
      )
      return rows
    },

    /** Keys and files are destroyed: what named them goes too. */
    async finish(id: string, at: Date): Promise<void> {
      await db.raw(
        `update sync.purge set keys = '{}', files = '{}', finished_at = :at where id = :id`,
        { id, at },
      )
    },

    async list(limit: number): Promise<Record<string, unknown>[]> {
      const { rows } = await db.raw(
        `select id, at, actor, authority, counts, finished_at as "finishedAt" from sync.purge order by at desc limit ?`,
        [limit],
      )
      return rows
    },
  }
}

/** What is withheld for what goes, and for nothing that weighs more. */
async function takenAlongBy(
  tx: Knex,
  sameDocument: string,
  going: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.raw(
    `select d.id from sync.directive d where d.same_document_key = :sameDocument and d.withheld_at is not null and not d.id = any (:going)
       and ${weightIn('d.withheld_itself')} < ${weightIn(`'takenAlong'`)}
       and exists (select from sync.directive gone where gone.id = any (:going) and ${reaches('gone', 'd')})`,
    { sameDocument, going: [...going] },
  )
  return rows.map(({ id }: { id: string }) => id)
}

/** Classified through a copy that goes with the tasks: whoever shows it again has to classify it anew. */
async function unclassified(
  tx: Knex,
  sameDocument: string,
  going: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.raw(
    `update sync.directive d set classified_at = null
     where d.same_document_key = :sameDocument and not d.id = any (:going) and d.classified_at is not null
       and not exists (select from sync.task t where t.directive_id = d.id)
       and exists (select from sync.directive gone join sync.task t on t.directive_id = gone.id
         where gone.id = any (:going) and coalesce(gone.primary_id, gone.id) = coalesce(d.primary_id, d.id)) returning d.id`,
    { sameDocument, going: [...going] },
  )
  return rows.map(({ id }: { id: string }) => id)
}

interface Copy {
  readonly id: string
  readonly source: string
  readonly sourceRef: string
}

/** By source, every reference by which it calls these directives or fetches their messages. */
async function namesOf(
  tx: Knex,
  copies: readonly Copy[],
): Promise<{ source: string; names: string[] }[]> {
  const found: { source: string; names: string[] }[] = []
  for (const copy of copies) {
    const { rows } = await tx.raw(
      `select array_agg(source_ref) || array_agg(transport_ref) as names from sync.intake where ${messagesOf}`,
      { ...copy },
    )
    found.push({ source: copy.source, names: [copy.sourceRef, ...(rows[0].names ?? [])] })
  }
  return found
}

/** Their rows stay, so that readings balance, and say nothing. */
async function forgetMessages(tx: Knex, copy: Copy, at: Date): Promise<void> {
  await tx.raw(
    `delete from sync.outbox where intake_id in (select id from sync.intake where ${messagesOf})`,
    { ...copy },
  )
  await tx.raw(
    `update sync.intake set state = 'purged', state_before = null, transport_ref = gen_random_uuid()::text, source_ref = '', version = '', concerns = '{}', order_code = null, order_issuer = null,
       directive_id = null, generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null, failure = null, settled_at = :at
     where ${messagesOf}`,
    { ...copy, at },
  )
}

const countOf = (table: string, ids: string) =>
  `(select count(*)::int from sync.${table} where directive_id = any (${ids}))`

const countsOf = `select cardinality(:ids::uuid[]) as directives, ${countOf('directive_revision', ':ids')} as revisions,
  ${countOf('directive_file', ':ids')} as files, ${countOf('task', ':ids')} as tasks, ${countOf('reply', ':ids')} as replies`
