import type { Knex } from 'knex'

export interface Added {
  readonly table: string
  /** Each with the same columns as the first. */
  readonly rows: readonly object[]
  /** What happens to a row that is there already. */
  readonly ifThere?: string
}

/**
 * Adds rows to several tables by one statement. It names the columns that its rows have: what a newer version of the
 * store has beside them gets its default.
 */
export async function addRows(tx: Knex, several: readonly Added[]): Promise<void> {
  const some = several.filter(({ rows }) => rows.length > 0)
  if (some.length === 0) return
  const inserts = some.map(({ table, rows, ifThere = '' }, n) => {
    const columns = Object.keys(rows[0]!).join(', ')
    return `added_${n} as (insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, ?) ${ifThere})`
  })
  await tx.raw(
    `with ${inserts.join(',\n')} select`,
    some.map(({ rows }) => JSON.stringify(rows)),
  )
}
