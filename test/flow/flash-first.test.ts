/** In which order a reading asks for what its list shows: a flash directive has hours, and may be listed last. */
import { expect, it, vi } from 'vitest'
import { openPasses } from '#src/flow/open-passes.ts'
import {
  type OddList,
  openRegister,
  profileAt,
  type Row,
  row,
} from '#test/connectors/paged-register.ts'
import { testApp } from '#test/support/app.ts'
import { duePasses, pull } from '#test/support/claims.ts'

const flash = { urgent_id: 4, urgent_name: 'Hỏa tốc' }
const secret = { secret_id: 2, secret_name: 'Mật' }
const dated = (day: string) => ({ publish_date: `2026-03-0${day}T00:00:00+07:00` })

/** A source of these rows, three on a page, asked one at a time. */
async function source(rows: readonly Row[], list: OddList | null = null) {
  const register = await openRegister(rows)
  register.state.list = list
  const profile = profileAt(register.address)
  const t = await testApp([{ ...profile, poll: { ...profile.poll, concurrency: 1 } }])
  return {
    ...t,
    register,
    /** Reads once; then what was asked for, lists as `list`, documents by their number. */
    async read(): Promise<string[]> {
      for (const name of t.app.sources.keys()) await openPasses(t.app, name)
      for (const { id, kind } of await duePasses(t.app.store, 100))
        if (kind === 'head') await pull(t.app, id)
      return register.state.asked.flatMap(({ url }) => {
        const [, , , id, part] = new URL(url, 'http://register').pathname.split('/')
        return part === undefined ? [id ?? 'list'] : []
      })
    },
    async staged(): Promise<string[]> {
      const { rows: found } = await t.app.store.db.raw(
        `select source_ref as ref from tracking.directives d join sync.directive using (id) order by source_ref::int`,
      )
      return found.map(({ ref }: { ref: string }) => ref)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

it('reads a flash directive of the last page before any other', async () => {
  await using s = await source([...Array.from({ length: 8 }, (_, n) => row(n + 1)), row(9, flash)])
  const documents = (await s.read()).filter((one) => one !== 'list')
  expect(documents[0]).toBe('9')
  expect(documents.toSorted()).toEqual(Array.from({ length: 9 }, (_, n) => `${n + 1}`))
})

it('reads it as soon as its page shows it, before the list is at its end', async () => {
  await using s = await source([row(1), row(2, flash), row(3), row(4), row(5), row(6), row(7)])
  const { connector } = s.app.sources.values().next().value!
  const { list, read } = connector
  const flashIsRead = Promise.withResolvers<void>()
  Object.assign(connector, {
    // The list goes on only when the flash directive has been asked for.
    list: async (...asked: Parameters<typeof list>) => {
      if (asked[1] !== null) await flashIsRead.promise
      return list(...asked)
    },
    read: (ref: Parameters<typeof read>[0]) => {
      if (ref.transportRef === '2') flashIsRead.resolve()
      return read(ref)
    },
  })
  const asked = await s.read()
  expect(asked.indexOf('1')).toBeGreaterThan(asked.lastIndexOf('list'))
})

it.each([
  ['behind all others', (rows: Row[], one: Row) => rows.push(one)],
  ['before all others', (rows: Row[], one: Row) => rows.unshift(one)],
])('reads one that comes %s while what was listed is being read', async (_, add) => {
  const rows = Array.from({ length: 20 }, (_, n) => row(n + 1))
  // Refused by the list at each look, and counted once.
  const refused = row(98, { ...flash, secret_id: 2, secret_name: 'Mật' })
  await using s = await source(rows)
  const { connector } = s.app.sources.values().next().value!
  const { list, read } = connector
  const shown = new Map<string, number>()
  const untilShown = (id: string, times: number) =>
    vi.waitUntil(() => (shown.get(id) ?? 0) >= times, { timeout: 30_000 })
  let reads = 0
  Object.assign(connector, {
    list: async (...asked: Parameters<typeof list>) => {
      const answer = await list(...asked)
      for (const item of answer.ok ? answer.value.items : [])
        if (!item.unreadable)
          shown.set(item.ref.transportRef, (shown.get(item.ref.transportRef) ?? 0) + 1)
      return answer
    },
    read: async (ref: Parameters<typeof read>[0]) => {
      reads++
      if (reads === 1) add(rows, refused)
      if (reads === 2) {
        await untilShown('98', 2)
        add(rows, row(99, flash))
        await untilShown('99', 1)
      }
      return read(ref)
    },
  })
  const documents = (await s.read()).filter((one) => one !== 'list')
  // Behind those that were in hand already.
  expect(documents.indexOf('99')).toBeLessThan(9)
  expect(documents.lastIndexOf('99')).toBe(documents.indexOf('99'))
  const { rows: passes } = await s.app.store.db.raw(
    `select seen, allowed, balanced from sync.pass where kind = 'head'`,
  )
  expect(passes).toEqual([{ seen: 22, allowed: 21, balanced: true }])
  const { rows: contradictions } = await s.app.store.db.raw(`select from sync.contradiction`)
  expect(contradictions).toEqual([])
})

it.each([
  ['cannot be read', { urgent_id: 77, urgent_name: '???' }],
  ['is above flash', { urgent_id: 5, urgent_name: 'Hỏa tốc hẹn giờ' }],
])('reads one whose urgency %s before the others', async (_, urgency) => {
  await using s = await source([row(1), row(2), row(3), row(4, urgency)])
  expect((await s.read()).filter((one) => one !== 'list')[0]).toBe('4')
})

it('reads the others newest first, and those of one day in the order of the list', async () => {
  await using s = await source([
    row(1, dated('1')),
    row(2, dated('3')),
    row(3, dated('2')),
    row(4, dated('3')),
    row(5, dated('1')),
  ])
  const documents = (await s.read()).filter((one) => one !== 'list')
  expect(documents).toEqual(['2', '4', '3', '1', '5'])
})

it('loses nothing of what a list had shown that then breaks off', async () => {
  const rows = [row(1), row(2), row(3, flash)]
  await using s = await source(rows, (inside, { page }) =>
    page > 1 ? { status: 500 } : { data: inside, pagination: { total: 9 } },
  )
  await s.read()
  expect(await s.staged()).toEqual(['1', '2', '3'])
  const { last_failure: failure } = (await s.app.store.db.raw(`select * from sync.source`)).rows[0]
  expect(failure).not.toBeNull()
})

it('withholds what its list calls secret before it reads what is new', async () => {
  const rows: Row[] = [row(1)]
  await using s = await source(rows)
  await s.read()
  rows[0] = row(1, secret)
  for (let id = 2; id < 12; id++) rows.push(row(id))
  const shownAtEachRead: string[][] = []
  const { connector } = s.app.sources.values().next().value!
  const { read } = connector
  Object.assign(connector, {
    read: async (ref: Parameters<typeof read>[0]) => {
      shownAtEachRead.push(await s.staged())
      return read(ref)
    },
  })
  await s.read()
  expect(shownAtEachRead).toHaveLength(10)
  expect(shownAtEachRead[0]).toEqual([])
})
