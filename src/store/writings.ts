import type { Knex } from 'knex'
import type { Writing, WritingKind } from '#src/domain/writing.ts'
import type { Acting } from './failures.ts'
import { remember } from './history.ts'
import { hasCome } from './instants.ts'
import { isShown } from './predicates.ts'

/** What the item of a person says was done; `status`: what told a source of it. */
export type NotAdmittedAct = WritingKind | 'status'

/** `notEligible`: by its text. Of the others something else happened between writing and admitting. */
export type NotAdmittedCause =
  | 'notEligible'
  | 'notShown'
  | 'recalled'
  | 'notReadable'
  | 'alreadyDone'

export interface Waiting extends Writing {
  readonly id: string
  readonly directiveId: string
  readonly source: string
}

/** `error`: a mistake of ours; it goes on waiting. */
export type Judged =
  | { readonly source: string; readonly outcome: 'admitted' | NotAdmittedCause }
  | { readonly source: string; readonly outcome: 'failed'; readonly error: unknown }

const longestPauseS = 600
/** As sync.next_writing asks. */
export const isDueWriting = hasCome('due_at', longestPauseS * 1000)
/** The first two are tried again within seconds. */
const attemptsUntilTold = 3

/** What was written through schema `tracking` and waits for the gate, and what the gate left to a person of it. */
export function writings(db: Knex) {
  return {
    /**
     * Takes the next one that is due and carries it out if it is eligible, else removes it, all in one transaction.
     * Null where none is due.
     */
    async judgeNext(at: Date, isEligible: (waiting: Waiting) => boolean): Promise<Judged | null> {
      let taken: Waiting | null = null
      try {
        return await db.transaction(async (tx) => {
          taken = await next(tx)
          if (!taken) return null
          const { id, directiveId, source, kind } = taken
          const cause = isEligible(taken) ? await carryOut(tx, id) : await remove(tx, id)
          if (cause) await notAdmitted(tx, directiveId, kind, cause, at)
          return { source, outcome: cause ?? 'admitted' }
        })
      } catch (error) {
        const { id, source } = (taken as Waiting | null) ?? {}
        if (!id || !source) throw error
        await postpone(db, id)
        return { source, outcome: 'failed', error }
      }
    },

    /** A person has seen to it: also to one that waits because of a mistake of ours, and goes with that. */
    async settle(id: string, by: Acting, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `with item as (delete from sync.not_admitted where id::text = :id returning directive_id, act, cause),
             waiting as (delete from sync.writing where id::text = :id and attempts >= ${attemptsUntilTold} returning directive_id, kind as act, failure as cause)
           select directive_id as "directiveId", act, cause from item union all select * from waiting`,
          { id },
        )
        if (!rows[0]) return false
        const { directiveId, act, cause } = rows[0]
        await remember(tx, {
          ...{ at, directiveId, actor: by.actor, event: 'notAdmittedSettled' },
          detail: { act, cause, reason: by.reason },
        })
        return true
      })
    },
  }
}

/** Removed, whatever it said: what stays is that a person has to see to it. */
export async function notAdmitted(
  tx: Knex,
  directiveId: string,
  act: NotAdmittedAct,
  cause: NotAdmittedCause,
  at: Date,
): Promise<void> {
  await tx.raw(
    `insert into sync.not_admitted (directive_id, act, cause, at) values (:directiveId, :act, :cause, :at)`,
    { directiveId, act, cause, at },
  )
  await remember(tx, {
    ...{ at, directiveId, actor: 'bridge', event: 'notAdmitted' },
    detail: { act, cause },
  })
}

/**
 * As rows `n`, each with its directive `d` where that is shown; what still waits after several mistakes of ours is listed
 * with what was removed. The directives are looked up one by one: of tables that are nearly always empty the planner knows
 * nothing, and would go through all directives.
 */
export const notAdmittedRows = `(
  select id, directive_id, act, cause, at, 0 as attempts from sync.not_admitted
  union all
  select id, directive_id, kind, coalesce(failure, 'ourMistake'), written_at, attempts from sync.writing where attempts >= ${attemptsUntilTold}) n
join lateral (select * from sync.directive one where one.id = n.directive_id offset 0) d on ${isShown('d')}`

async function next(tx: Knex): Promise<Waiting | null> {
  const { rows } = await tx.raw(
    `select w.id, w.directive_id as "directiveId", d.source, w.kind, w.content, w.actor
     from sync.next_writing() w join sync.directive d on d.id = w.directive_id`,
  )
  return rows[0] ?? null
}

async function carryOut(tx: Knex, id: string): Promise<NotAdmittedCause | null> {
  const { rows } = await tx.raw(`select sync.admit_writing(?) as cause`, [id])
  return rows[0].cause
}

async function remove(tx: Knex, id: string): Promise<NotAdmittedCause> {
  await tx.raw(`delete from sync.writing where id = ?`, [id])
  return 'notEligible'
}

async function postpone(db: Knex, id: string): Promise<void> {
  await db.raw(
    `update sync.writing set attempts = attempts + 1, failure = 'ourMistake',
       due_at = clock_timestamp() + least(${longestPauseS}, power(2, least(attempts + 1, 20))) * interval '1 second' where id = ?`,
    [id],
  )
}
