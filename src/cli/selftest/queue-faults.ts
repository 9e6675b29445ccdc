/** A queue that answers and refuses, wherever it is; and one whose tables are gone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../store/database.ts'
import type { Stage } from './stage.ts'

export type Refusal = 'full' | 'readOnly' | 'noRights'

export async function refuse(stage: Stage, how: Refusal, forMs: number): Promise<void> {
  const [begin, end] = waysOf(stage)[how]
  await begin()
  await sleep(forMs)
  await end()
}

function waysOf({ redis, postgres, login }: Stage) {
  const tell = (...words: string[]) => redis?.tell(...words)
  const asOwner = (sql: string) => withoutDeadlock(postgres.urlOf('chidao'), sql)
  return {
    full: [
      () => tell('config', 'set', 'maxmemory', '1'),
      () => tell('config', 'set', 'maxmemory', '0'),
    ],
    // Of a master that does not exist: it answers whoever reads, and nobody who writes.
    readOnly: [() => tell('replicaof', '127.0.0.1', '1'), () => tell('replicaof', 'no', 'one')],
    noRights: [
      () =>
        asOwner(
          `revoke all on schema queue from ${login}; revoke all on all tables in schema queue from ${login}`,
        ),
      () =>
        asOwner(
          `grant all on schema queue to ${login}; grant all on all tables in schema queue to ${login}`,
        ),
    ],
  } as const
}

export function dropQueue({ postgres }: Stage): Promise<void> {
  return withoutDeadlock(postgres.urlOf('chidao'), 'drop schema if exists queue cascade')
}

/** Tables that were dropped come back within a minute. */
const patienceMs = 120_000
const againMs = 100

/** Workers take the same tables in another order, Postgres may be away, and the tables may be on their way. */
export async function withoutDeadlock(url: string, sql: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 })
  try {
    for (const giveUpAt = performance.now() + patienceMs; ; await sleep(againMs)) {
      try {
        await db.raw(sql)
        return
      } catch (error) {
        if (performance.now() > giveUpAt) throw error
      }
    }
  } finally {
    await db.destroy()
  }
}
