/** A predicate and the index that answers it say the same, or the statement goes through the whole table. */
import { expect, it } from 'vitest'
import * as predicates from '#src/store/predicates.ts'
import { type TestStore, testStore } from '#test/support/store.ts'

const answeredBy = {
  directive_newest: ['sync.directive', predicates.isShown],
  directive_unclassified: ['sync.directive', predicates.waitsForOffice],
  directive_open_by_calendar: ['sync.directive', predicates.hasOpenDeadline],
  directive_waiting: ['sync.directive', predicates.clockRuns],
  directive_staged_late: ['sync.directive', predicates.isStagedLate],
  directive_file_missing: ['sync.directive_file', predicates.isWaiting],
  directive_file_waiting: ['sync.directive_file', predicates.isWaiting],
  directive_file_unusable: ['sync.directive_file', predicates.isUnusable],
  directive_file_text: ['sync.directive_file', predicates.isAbsentText],
} as const

/** As Postgres writes it, its terms in order. */
async function termsOf({ store }: TestStore, index: string): Promise<string[]> {
  const { rows } = await store.db.raw(
    `select pg_get_expr(indpred, indrelid) as said from pg_index where indexrelid = ?::regclass`,
    [index],
  )
  return String(rows[0].said)
    .split(' AND ')
    .map((term) => term.replace(/^\(+|\)+$/g, ''))
    .sort()
}

it('holds each predicate against the index that answers it', async () => {
  await using t = await testStore()
  for (const [index, [table, predicate]] of Object.entries(answeredBy)) {
    const condition = predicate(table.split('.')[1]!)
    await t.store.db.raw(`create index as_predicate on ${table} (id) where ${condition}`)
    expect(await termsOf(t, `sync.${index}`), index).toEqual(await termsOf(t, 'sync.as_predicate'))
    await t.store.db.raw('drop index sync.as_predicate')
  }
})
