import type { Knex } from 'knex'
import type { StoredFile } from './directive-files.ts'
import type { MissingFile } from './directives.ts'
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
  readonly intakeId: string
  readonly owner: string
  readonly epoch: number
  readonly acknowledges: boolean
  readonly at: Date
  readonly file: StoredFile & { readonly id: string; readonly announced: number | null }
}

type Answer = Completed | { readonly outcome: 'notHeld'; readonly stored: false }

/** The last file of a directive and its staging in one statement, with others that come meanwhile. */
export function completing(db: Knex): (item: Item) => Promise<Answer> {
  const complete = together(
    async (items: readonly Item[]) => {
      const { rows } = await db
        .raw(`select sync.complete_together(?) as answers`, [JSON.stringify(items)])
        .options({ name: 'complete_together' })
      return rows[0].answers as (Answer | { readonly outcome: 'busy' })[]
    },
    (item) => alone(item),
  )

  async function alone(item: Item): Promise<Answer> {
    const { rows } = await db
      .raw(
        `select sync.store_and_complete(:intakeId, :owner, :epoch, :acknowledges, :at, :file) as answer`,
        { ...item, file: JSON.stringify(item.file) },
      )
      .options({ name: 'store_and_complete' })
    return rows[0].answer
  }

  return async (item) => {
    const answer = await complete(item)
    return answer.outcome === 'busy' ? alone(item) : answer
  }
}
