/** What goes at one source's word is counted over a day, and an answer covers what a person saw and no more. */
import { expect, it } from 'vitest'
import type { FuseAnswer } from '#src/store/fuses.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const by = { actor: 'người trực', reason: 'đã hỏi Văn phòng' }

/** So many directives of one source, and doubts about so many of them, a batch at a time. */
async function stored(count: number) {
  const t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  for (let n = 0; n < count; n++) await store.intake.stage(pass, admitted(`r${n}`), now)
  const { rows } = await store.db.raw(`select id from sync.directive order by source_ref`)
  const ids: string[] = rows.map(({ id }: { id: string }) => id)
  let gone = 0
  return {
    fuses: store.fuses,
    /** How many of these go. */
    async doubt(batch: number, at: Date): Promise<number> {
      const wanted = {
        source: 'nguon',
        kind: 'withhold',
        count: batch,
        outOf: count - gone,
      } as const
      if (!(await store.fuses.holds(wanted, at))) return 0
      for (const id of ids.slice(gone, gone + batch))
        await store.withholding.withhold(id, 'doubtful', at)
      gone += batch
      return batch
    },
    answer: (answer: Pick<FuseAnswer, 'answer' | 'seen'>, at: Date) =>
      store.fuses.answer('nguon', 'withhold', { ...answer, ...by }, at),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

it('adds up what goes little by little', async () => {
  await using s = await stored(30)
  expect(await s.doubt(3, later(1))).toBe(3)
  expect(await s.doubt(2, later(5))).toBe(2)
  expect(await s.doubt(3, later(9))).toBe(0)
  expect(await s.fuses.open()).toMatchObject([{ counted: 8, outOf: 30 }])
  // The next day begins with nothing.
  expect(await s.doubt(3, later(30))).toBe(3)
})

it('uses an answer up', async () => {
  await using s = await stored(40)
  expect(await s.doubt(12, later(1))).toBe(0)
  expect(await s.answer({ answer: 'proceed', seen: 12 }, later(2))).toBe('answered')
  expect(await s.doubt(12, later(3))).toBe(12)
  expect(await s.doubt(12, later(4))).toBe(0)
  expect(await s.fuses.open()).toMatchObject([{ counted: 24, outOf: 40 }])
})

it('lets ordinary work go on after an answer, until its own day is over', async () => {
  await using s = await stored(40)
  await s.doubt(12, later(1))
  await s.answer({ answer: 'proceed', seen: 12 }, later(2))
  expect(await s.doubt(12, later(20))).toBe(12)
  expect(await s.doubt(1, later(21))).toBe(1)
  expect(await s.doubt(1, later(40))).toBe(1)
  expect(await s.fuses.open()).toEqual([])
})

it('takes no answer to fewer than are to go by now', async () => {
  await using s = await stored(40)
  await s.doubt(12, later(1))
  await s.doubt(30, later(2))
  expect(await s.answer({ answer: 'proceed', seen: 12 }, later(3))).toBe('grown')
  expect(await s.doubt(12, later(4))).toBe(0)
  expect(await s.answer({ answer: 'proceed', seen: 30 }, later(5))).toBe('answered')
  expect(await s.answer({ answer: 'proceed', seen: 30 }, later(5))).toBe('notOpen')
})

it('forgets an answer that nothing was done with after a day', async () => {
  await using s = await stored(40)
  await s.doubt(12, later(1))
  await s.answer({ answer: 'proceed', seen: 12 }, later(2))
  expect(await s.doubt(12, later(30))).toBe(0)
})
