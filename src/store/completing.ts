import type { Knex } from 'knex'
import type { IntakeClaim, MissingFile } from './admitted.ts'
import type { StoredFile } from './directive-files.ts'
import { LeaseLost } from './lease.ts'
import { together } from './together.ts'

/** A file that is durable on disk, and the row that does not say so yet. */
export interface KeptFile extends StoredFile {
  readonly row: Pick<MissingFile, 'id' | 'size'>
}

export interface Completed {
  readonly outcome: 'staged' | 'updated' | 'pending'
  /** False when the row is gone, has its file already, or announces another by now: the caller removes its copy. */
  readonly stored: boolean
}

interface Item {
  readonly id: string
  readonly owner: string
  readonly epoch: number
  readonly at: Date
  readonly file?: string
}

interface Answer {
  readonly id: string
  readonly outcome: Completed['outcome'] | 'notHeld'
  readonly stored: boolean
}

/**
 * The last file of a directive, if there was one to fetch, and its staging in one commit, with others that come
 * meanwhile.
 */
export function completing(db: Knex) {
  const complete = together(async (items: readonly Item[]) => {
    const { rows } = await db
      .raw(`select * from sync.complete_staging(?)`, [JSON.stringify(items)])
      .options({ name: 'complete_staging' })
    const answers = new Map((rows as Answer[]).map((answer) => [answer.id, answer]))
    return items.map(({ id }) => answers.get(id)!)
  })

  return async (
    { id, lease }: IntakeClaim,
    last: KeptFile | null,
    at: Date,
  ): Promise<Completed> => {
    const { outcome, stored } = await complete({ id, ...lease, at, ...(last && columnsOf(last)) })
    if (outcome === 'notHeld') throw new LeaseLost('an intake row')
    return { outcome, stored }
  }
}

function columnsOf({ row, storedAs, size, sha256, note = null }: KeptFile) {
  return { file: row.id, announced: row.size, stored_as: storedAs, size, sha256, note }
}
