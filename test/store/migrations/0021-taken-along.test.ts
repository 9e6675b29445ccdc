/** A store whose withholdings and copies went by the number alone, upgraded. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { up } from '#src/store/migrations/0021-taken-along.ts'
import { admitted, now, testStore } from '#test/support/store.ts'

it('shows nothing again, purges nothing unasked, and parts what is dated further apart', async () => {
  await using t = await testStore()
  const { store } = t
  const rows = [
    ['a', '2026-03-01', 'secret', 'secret', null],
    ['b', '2026-03-02', null, 'secret', 'a'],
    ['c', '2026-03-09', null, 'secret', 'a'],
    ['d', '2026-03-02', 'byHand', 'secret', null],
    ['e', '2026-03-20', 'doubtful', 'doubtful', null],
    ['f', '2026-03-21', null, 'doubtful', 'e'],
    ['g', '2026-03-19', null, 'doubtful', 'e'],
    ['h', '2026-03-25', null, 'doubtful', 'e'],
    ['i', '2026-05-01', null, null, null],
    ['j', '2026-05-02', null, null, 'i'],
    ['k', '2026-05-04', null, null, 'i'],
  ] as const
  for (const [source, issuedOn] of rows) {
    await store.sources.register(source, { statuses: [], replies: 'none' }, 'f')
    const opened = await store.passes.open({
      ...{ source, kind: 'head', from: '2026-03-01', until: '2026-09-07' },
      ...{ upperBound: now, cursorBefore: null },
    })
    const pass = (await store.passes.claim(randomUUID(), { id: opened! }))!
    await store.intake.stage(pass, admitted(source, { issuedOn }), now)
  }
  for (const [source, , itself, because, first] of rows)
    await store.db.raw(
      `update sync.directive set withheld_itself = :itself, withheld_because = :because, withheld_at = case when :because::text is not null then :now::timestamptz end,
         primary_id = (select id from sync.directive where source = :first) where source = :source`,
      { source, itself, because, first, now },
    )

  await up(store.db)

  const { rows: after } = await store.db.raw(
    `select d.source, d.withheld_itself as itself, d.withheld_because as because, first.source as first
     from sync.directive d left join sync.directive first on first.id = d.primary_id order by 1`,
  )
  expect(after.map((row: Record<string, unknown>) => Object.values(row))).toEqual([
    ['a', 'otherSecret', 'otherSecret', null],
    ['b', 'takenAlong', 'takenAlong', 'a'],
    ['c', 'takenAlong', 'takenAlong', null],
    ['d', 'takenAlong', 'takenAlong', null],
    ['e', 'doubtful', 'doubtful', null],
    ['f', null, 'doubtful', null],
    ['g', null, 'doubtful', 'e'],
    ['h', 'takenAlong', 'takenAlong', null],
    ['i', null, null, null],
    ['j', null, null, 'i'],
    ['k', null, null, null],
  ])
  expect(await store.purging.due(10)).toEqual([])
  // Its source, asked again, says so plainly.
  const { rows: found } = await store.db.raw(`select id from sync.directive where source = 'a'`)
  await store.withholding.withhold(found[0].id, 'secret', now)
  expect(await store.purging.due(10)).toEqual([{ source: 'a', ids: [found[0].id] }])
})
