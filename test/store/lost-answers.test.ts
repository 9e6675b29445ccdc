/** A commit that succeeded and whose answer was lost, among several that shared it: nothing that it wrote is undone. */
import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { fileClaims } from '#src/store/file-claims.ts'
import { staging, type Under } from '#src/store/staging.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, kept, now, runningPass, testStore } from '#test/support/store.ts'

const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: 'application/pdf', size: 10 }
const numbered = (n: number) =>
  admitted(`m${n}`, { number: `${1000 + n}`, code: `${1000 + n}/UBND-NNMT`, files: [file] })

/** The connection dies right after the commit that several share: the first one is alone. */
function deafOnce(db: Knex, method: 'transaction' | 'raw'): Knex {
  let asked = 0
  return new Proxy(db, {
    get(target, name, self) {
      if (name !== method) return Reflect.get(target, name, self)
      return (...given: [never]) => {
        const answer = Reflect.get(target, name, self).apply(target, given)
        if (++asked !== 2) return answer
        const lost = async () => {
          await answer
          throw new Error('Connection terminated unexpectedly')
        }
        return method === 'raw' ? { options: lost } : lost()
      }
    },
  })
}

async function keysOf({ db, keys }: Store): Promise<boolean[]> {
  const { rows } = await db.raw(`select id from sync.directive`)
  return Promise.all(rows.map(async ({ id }: { id: string }) => (await keys.of(id)) !== null))
}

async function failedBefore(store: Store): Promise<Under[]> {
  const pass = await runningPass(store)
  for (const n of [1, 2, 3])
    await store.intake.fail(pass, { ...numbered(n), classifyBy: now }, 'diskFull', now)
  await store.db.raw(`update sync.intake set due_at = now()`)
  const claims = await store.claims.claimDue(randomUUID(), 5)
  return claims.map((claim) => ({ claim }))
}

it.each([
  [
    'a reading',
    async (store: Store): Promise<Under[]> => {
      const pass = await runningPass(store)
      return [1, 2, 3].map(() => ({ pass }))
    },
  ],
  ['messages that failed before', failedBefore],
])('keeps the keys of what it staged for %s', async (_, underOf) => {
  await using t = await testStore({ acknowledges: true })
  const { store } = t
  const stage = staging(deafOnce(store.db, 'transaction'), store.keys, 30_000)
  const under = await underOf(store)
  await Promise.allSettled(
    under.map((one, n) => {
      const ref = 'claim' in one ? Number(one.claim.transportRef.slice(1)) : n + 1
      return stage(one, numbered(ref), now)
    }),
  )
  expect(await keysOf(store)).toEqual([true, true, true])
})

it('leaves no key of what it did not stage', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const lost = { ...pass, lease: { ...pass.lease, epoch: 99 } }
  await expect(t.store.intake.stage(lost, numbered(1), now)).rejects.toThrow('lease')
  expect(await t.store.keys.all()).toEqual([])
})

it('withholds what has a withheld number although the keys are away by then', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  for (const n of [1, 2]) await store.intake.stage(pass, numbered(n), now)
  const id = async (number: string) =>
    (await store.db.raw(`select id from sync.directive where number = ?`, [number])).rows[0].id
  const first = await id('1001')
  await store.withholding.withhold(await id('1002'), 'secret', now)
  const away = async () => {
    throw new Error('keys away')
  }
  const changed = {
    ...{ ...numbered(2), sourceRef: 'm1', transportRef: 'm1', version: 'v2', askedAt: new Date() },
  }
  const stage = staging(store.db, { make: store.keys.make, drop: away }, 30_000)
  expect((await stage({ pass }, changed, now)).outcome).toBe('notEligible')
  const { rows } = await store.db.raw(`select withheld_at from sync.directive where id = ?`, [
    first,
  ])
  expect(rows[0].withheld_at).not.toBeNull()
})

it('says of files that they are stored, or lets it be asked', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const claims = await Promise.all(
    [1, 2, 3].map(async (n) => (await store.intake.stage(pass, numbered(n), now)).files!),
  )
  const names = ['a', 'b', 'c']
  const deaf = fileClaims(deafOnce(store.db, 'raw'), 30_000)
  await Promise.allSettled(
    claims.map((claim, n) => deaf.store(claim, kept(claim.files[0]!, names[n]), now)),
  )
  // Whoever is told no asks this before it removes its copy.
  expect(await store.directiveFiles.namesInUse(names)).toEqual(new Set(names))
})
