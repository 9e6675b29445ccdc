import type { Knex } from 'knex'
import { remember } from './history.ts'
import { isOlderThan } from './instants.ts'
import type { WentBack } from './life.ts'
import { isShown } from './predicates.ts'

/** What came of a store that had lost commits. */
export interface Settled {
  /** Everything, or nothing: what cannot be told from a purged directive is not shown. */
  readonly withheld: number
  /** Shown, and to be asked for again at its source. */
  readonly rechecked: number
  /** Replies of which nobody knows any more whether they were sent. */
  readonly unconfirmed: number
}

interface Lost {
  /** Sealed entries of the history. */
  readonly history: number
  /** Directives that had a key, and are not here any more. */
  readonly directives: number
}

/** What a store that has lost commits may still show, and still send (docs/decisions/0024). */
export function wentBack(db: Knex) {
  return {
    /** Null where another process has done it. */
    async settle({ known, keysToo }: WentBack, lost: Lost, at: Date): Promise<Settled | null> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(`select generation from sync.life for update`)
        if (rows[0].generation >= known) return null
        const settled = {
          withheld: keysToo ? await withholdAll(tx, at) : 0,
          rechecked: keysToo ? 0 : await askAgain(tx, at),
          unconfirmed: await doubtReplies(tx),
        }
        await beginReadingsAnew(tx)
        const detail = { ...settled, historyLost: lost.history, directivesLost: lost.directives }
        await remember(tx, {
          at,
          directiveId: null,
          actor: 'bridge',
          event: 'storeWentBack',
          detail,
        })
        await tx.raw(
          `update sync.life set generation = :known + 1, went_back_at = clock_timestamp(), directives_lost = :lost`,
          { known, lost: lost.directives },
        )
        return settled
      })
    },

    /** How many directives a store that went back within so long has lost, as far as the keys tell; null where it did not. */
    async lately(withinMs: number): Promise<number | null> {
      const { rows } = await db.raw(
        `select coalesce(directives_lost, 0) as lost from sync.life where went_back_at is not null and not ${isOlderThan('went_back_at', ':withinMs')}`,
        { withinMs },
      )
      return rows[0]?.lost ?? null
    },

    /** Which of these directives the store still has, and shows or may show again. */
    async stillHas(ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return []
      const { rows } = await db.raw(
        `select id from sync.directive where id = any (:ids) and withheld_itself is distinct from 'purgeLost' and withheld_itself is distinct from 'secret'`,
        { ids: [...ids] },
      )
      return rows.map(({ id }: { id: string }) => id)
    },

    /** How many of these directives are not here. */
    async missing(ids: readonly string[]): Promise<number> {
      const { rows } = await db.raw(
        `select count(*) as n from unnest(:ids::uuid[]) asked (id) where not exists (select from sync.directive d where d.id = asked.id)`,
        { ids: [...ids] },
      )
      return rows[0].n
    },
  }
}

async function withholdAll(tx: Knex, at: Date): Promise<number> {
  const { rowCount } = await tx.raw(
    `update sync.directive set withheld_at = coalesce(withheld_at, :at), withheld_because = coalesce(withheld_because, 'restored'),
       withheld_itself = 'restored', checked_at = null, unanswered = null, recheck_after = null where withheld_itself is null`,
    { at },
  )
  await tx.raw(
    `update sync.intake set state_before = state, state = 'withheld', generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null
     where state not in ('withheld', 'purged', 'deferred') and directive_id is not null`,
  )
  return rowCount
}

/** Also what is done with: what was withheld of it meanwhile is not known any more. */
async function askAgain(tx: Knex, at: Date): Promise<number> {
  const { rowCount } = await tx.raw(
    `update sync.directive set recheck_after = :at, unanswered = null where ${isShown('directive')}`,
    { at },
  )
  return rowCount
}

/** What a reading under way has staged may be lost, though it counted it: the next sweep puts its window back in line. */
async function beginReadingsAnew(tx: Knex): Promise<void> {
  await tx.raw(
    `update sync.pass set lease_epoch = lease_epoch + 1, lease_until = '-infinity' where state = 'running'`,
  )
}

async function doubtReplies(tx: Knex): Promise<number> {
  const { rowCount } = await tx.raw(
    `update sync.outbox set state = 'unconfirmed', failure = 'storeWentBack', look_ups = 0, due_at = clock_timestamp(), lease_until = null, lease_epoch = lease_epoch + 1
     where kind = 'reply' and state in ('pending', 'sending')`,
  )
  return rowCount
}
