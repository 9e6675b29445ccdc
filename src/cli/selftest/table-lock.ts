/** A session of somebody else that sits on a table, as a careless report or a repair by hand does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../store/database.ts'

/** Where everything that is read or done goes through. */
export const hotTables = ['sync.intake', 'sync.directive', 'sync.pass'] as const

export async function lockTable(
  url: string,
  table: (typeof hotTables)[number],
  forMs: number,
): Promise<void> {
  const db = openDatabase({ url, poolSize: 1, leaseMs: 2 * forMs })
  try {
    for (let isHeld = false; !isHeld; )
      await db
        .transaction(async (tx) => {
          await tx.raw(`lock table ${table} in access exclusive mode`)
          isHeld = true
          await sleep(forMs)
        })
        .catch(passingTrouble)
  } finally {
    await db.destroy()
  }
}

/** Whoever works with the table meanwhile was there first, or it is the one that is let through. */
function passingTrouble(error: { code?: string }): void {
  if (error.code !== '40P01' && error.code !== '55P03') throw error
}
