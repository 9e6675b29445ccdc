import type { Knex } from 'knex'
import { remember } from './history.ts'
import { isShown } from './predicates.ts'

/** Who recalls, why, and by whose decision. */
export interface Recalling {
  readonly actor: string
  readonly reason: string
  readonly authority: string
}

/**
 * Recalled by a person, because its source cannot or does not say so. It stops the clocks, shows and keeps history
 * as a source's own recall does, and a source that goes on listing the directive does not undo it.
 */
export function recalls(db: Knex) {
  return {
    /** With the copies of the same document. False where it was recalled before, or nothing is shown. */
    async recall(directiveId: string, by: Recalling, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        await lockShown(tx, directiveId)
        const { rows } = await tx.raw(
          `update sync.directive set recalled_at = :at, recall_authority = :authority
           where ${sameDocument} and ${isShown('directive')} and recalled_at is null returning id`,
          { directiveId, at, authority: by.authority },
        )
        await rememberEach(tx, rows, 'recalled', by, at)
        return rows.length > 0
      })
    },

    /** The clocks run on. False where no person had recalled it: what its source recalled, its source takes back. */
    async undo(directiveId: string, by: Recalling, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        await lockShown(tx, directiveId)
        const { rows } = await tx.raw(
          `update sync.directive set recalled_at = null, recall_authority = null
           where ${sameDocument} and ${isShown('directive')} and recall_authority is not null returning id`,
          { directiveId },
        )
        await rememberEach(tx, rows, 'recallUndone', by, at)
        return rows.length > 0
      })
    },
  }
}

const sameDocument = `coalesce(primary_id, id) = (select coalesce(one.primary_id, one.id) from sync.directive one where one.id = :directiveId and ${isShown('one')})`

/** In the order in which all who write to copies lock them. */
async function lockShown(tx: Knex, directiveId: string): Promise<void> {
  await tx.raw(`select from sync.directive where ${sameDocument} order by id for update`, {
    directiveId,
  })
}

async function rememberEach(
  tx: Knex,
  directives: readonly { id: string }[],
  event: 'recalled' | 'recallUndone',
  { actor, reason, authority }: Recalling,
  at: Date,
): Promise<void> {
  for (const { id } of directives)
    await remember(tx, {
      ...{ at, directiveId: id, actor, event },
      detail: { reason, authority, byHand: true },
    })
}
