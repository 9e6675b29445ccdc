/** What the demonstration's register gives to both sources is one directive each (docs/decisions/0027). */
import { expect, it } from 'vitest'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { expectedEligible } from '#connectors/simulator/register.ts'
import { untilComplete } from '#test/support/axis.ts'
import { bothSources } from '#test/support/both-sources.ts'

it('is one directive for each document that comes by both sources', async () => {
  await using s = await bothSources()
  // What was recalled before anybody looked came by one of them alone.
  for (const day of ['2026-07-10', '2026-08-10', '2026-09-14']) {
    s.clock.set(new Date(`${day}T10:00:00Z`))
    await untilComplete(s.t)
  }
  const { db, mayBeSame } = s.t.app.store
  const now = s.clock.now()
  const { rows } = await db.raw(
    `select source_ref as ref, coalesce(primary_id, id) as document from sync.directive where withheld_at is null`,
  )
  const stored = new Map(
    rows.map((row: { ref: string; document: string }) => [row.ref, row.document]),
  )
  const byRest = new Set(expectedEligible(s.register, now).map(({ id }) => id))
  const both = axisExpectedEligible(s.register, now).filter(
    ({ id }) => byRest.has(id) && stored.has(String(id)),
  )
  expect(both.length).toBeGreaterThan(300)
  const apart = both.filter(
    ({ id, organId, documentId }) =>
      stored.get(String(id)) === undefined ||
      stored.get(String(id)) !== stored.get(`${organId} ${documentId}`),
  )
  expect(apart.map(({ code }) => code)).toEqual([])
  expect(new Set(stored.values()).size).toBe(byRest.size)
  expect(await mayBeSame.open(10)).toEqual([])
  expect(await mayBeSame.plain(10)).toEqual([])
}, 240_000)
