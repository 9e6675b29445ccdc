import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrate, migrationStatus, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { oneAtATime } from '#src/store/schema-lock.ts'
import type { Waiting } from '#src/waiting.ts'
import { type TestDatabase, testDatabase } from '#test/support/database.ts'

let database: TestDatabase
const opened: ReturnType<typeof openDatabase>[] = []
const silent: Waiting = { say: () => {} }

beforeEach(async () => {
  database = await testDatabase()
})
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy()
  await database[Symbol.asyncDispose]()
})

it('lets many migrate an empty store at once, which one of them does', async () => {
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(open(), silent)))
  expect(all.filter((applied) => applied.length > 0)).toHaveLength(1)
  expect((await migrationStatus(open())).pending).toEqual([])
})

it('lets many make the database of keys at once', async () => {
  await Promise.all([1, 2, 3, 4, 5].map(() => migrateKeys(open(database.keysUrl))))
  expect((await open(database.keysUrl).raw('select from seal')).rowCount).toBe(1)
})

it('lets one work at a time, also for longer than a lease, and the next when it fails', async () => {
  const working: string[] = []
  let most = 0
  const work = (name: string) => async () => {
    working.push(name)
    most = Math.max(most, working.length)
    await pause(1300)
    working.pop()
    if (name === 'first') throw new Error('first failed')
    return name
  }
  const [first, second] = await Promise.allSettled([
    oneAtATime(open(), work('first'), silent),
    oneAtATime(open(), work('second'), silent),
  ])
  expect(String((first as PromiseRejectedResult).reason)).toBe('Error: first failed')
  expect(second).toEqual({ status: 'fulfilled', value: 'second' })
  expect(most).toBe(1)
})

it('says for whom it waits, again and again, and gives up with what to do', async () => {
  await held(async () => {
    const said: string[] = []
    const waiting = { say: (sentence: string) => void said.push(sentence), limitMs: 800 }
    await expect(oneAtATime(open(), async () => {}, waiting)).rejects.toThrow(
      /^Đã chờ tiến trình khác .*Waited 0.8 s for another process .*chidao migrate --status/,
    )
    expect(said.length).toBeGreaterThan(1)
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toMatch(/^Đang chờ tiến trình khác .*\. Waiting for another process .*\.$/)
  })
})

it('stops to wait when it is told to', async () => {
  await held(async () => {
    const told = new AbortController()
    const waiting = { say: () => told.abort(new Error('told')), stop: told.signal, limitMs: 8000 }
    await expect(oneAtATime(open(), async () => {}, waiting)).rejects.toThrow('told')
  })
})

it('is free again when the connection of its holder is gone', async () => {
  await held(async () => {
    await open().raw(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
    )
    expect(await oneAtATime(open(), async () => 'mine', silent)).toBe('mine')
  })
})

function open(url = database.url) {
  const db = openDatabase({ url, poolSize: 3, leaseMs: 1000 })
  opened.push(db)
  return db
}

/** While somebody else has it. */
async function held(meanwhile: () => Promise<void>): Promise<void> {
  let leave: () => void = () => {}
  const over = new Promise<void>((resolve) => {
    leave = resolve
  })
  await new Promise<void>((resolve, reject) => {
    const holder = oneAtATime(
      open(),
      async () => {
        resolve()
        await over
      },
      silent,
    )
    holder.catch(reject)
  })
  try {
    await meanwhile()
  } finally {
    leave()
  }
}
