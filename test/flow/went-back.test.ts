/** A store that loses commits, while it runs or while nothing does: what it forgot is not shown and not sent on trust. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { purgeByHand, purgeSecrets } from '#src/flow/purge.ts'
import { watchStore } from '#src/flow/went-back.ts'
import { openDatabase } from '#src/store/database.ts'
import { LeaseLost } from '#src/store/lease.ts'
import { ownMemory } from '#src/store/life.ts'
import { memoryIn } from '#src/store/memory-file.ts'
import { openStore } from '#src/store/store.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { sendDue } from '#test/support/claims.ts'
import { keepFor } from '#test/support/turned-back.ts'
import { admitWaiting } from '#test/support/writings.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const hourMs = 3_600_000
const person = { actor: 'quản trị', authority: 'CV 12/VP-TH' }

/** A running service with three directives, two of them classified and one answered; a tick has gone by. */
async function service() {
  const rows: Row[] = [row(1), row(2), row(3)]
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const t = await testApp([profileAt(register.address)], { clock })
  const { app } = t
  await pullAll(app)
  await app.store.sealing.seal()
  const s = {
    app,
    rows,
    register,
    logged: t.logged,
    url: t.url,
    keysUrl: `${t.url}_keys`,
    /** As the sweep of a process does. */
    async tick(): Promise<void> {
      await watchStore(app, clock.now())
      await app.store.life.raise()
    },
    async shown(): Promise<string[]> {
      const { rows: found } = await app.store.db.raw(
        `select d.source_ref as ref from tracking.directives v join sync.directive d using (id) order by 1`,
      )
      return found.map(({ ref }: { ref: string }) => ref)
    },
    async withheld(): Promise<Record<string, string>> {
      const { rows: found } = await app.store.db.raw(
        `select source_ref as ref, withheld_because as because from sync.directive where withheld_at is not null`,
      )
      return Object.fromEntries(found.map((one: Record<string, string>) => [one.ref, one.because]))
    },
    async id(ref: string): Promise<string> {
      const { rows: found } = await app.store.db.raw(
        `select id from sync.directive where source_ref = ?`,
        [ref],
      )
      return found[0].id
    },
    async said(): Promise<Record<string, unknown>[]> {
      const { rows: found } = await app.store.db.raw(
        `select detail from sync.history where event = 'storeWentBack' order by at`,
      )
      return found.map(({ detail }: { detail: Record<string, unknown> }) => detail)
    },
    async poll(hours = 0): Promise<void> {
      clock.set(new Date(clock.now().getTime() + hours * hourMs))
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await pullAll(app)
    },
    /** Both databases as they are now; they are put back one by one, or both. */
    async keep() {
      const store = await keepFor(t.url)
      const keys = await keepFor(s.keysUrl)
      // Broken connections are found by whoever uses them first.
      await settled(app.store.db.raw('select 1'))
      await settled(app.store.life.identity())
      await settled(app.store.keys.destroyed())
      return {
        async storeBack(): Promise<void> {
          await store.putBack()
          await settled(app.store.life.identity())
        },
        async keysBack(): Promise<void> {
          await keys.putBack()
          await settled(app.store.keys.destroyed())
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
  await s.tick()
  return s
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {})
}

/** A reply that waits to be sent. */
async function reply({ app: { store }, id }: Awaited<ReturnType<typeof service>>): Promise<void> {
  const task = JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])
  const { rows } = await store.db.raw(`select tracking.classify(?, ?, 'cv') as id`, [
    await id('1'),
    task,
  ])
  const completed = { outcome: 'completed', completedOn: '2026-03-04', explanation: 'xong' }
  await store.db.raw(`select tracking.reply(?, ?, 'dv')`, [rows[0].id, JSON.stringify(completed)])
  await admitWaiting(store)
}

it('withholds again what was purged, and asks for everything else while it is shown', async () => {
  await using s = await service()
  const kept = await s.keep()
  s.rows[0] = row(1, secret)
  await s.poll()
  await purgeSecrets(s.app)
  await s.tick()
  await kept.storeBack()
  expect(await s.shown()).toEqual(['1', '2', '3'])
  await s.tick()
  expect(await s.shown()).toEqual(['2', '3'])
  expect(await s.withheld()).toEqual({ 1: 'purgeLost' })
  expect(await s.said()).toMatchObject([{ withheld: 0, rechecked: 3 }])
  // Its source says so again, and the purge is done again.
  await s.poll()
  await purgeSecrets(s.app)
  expect(await s.withheld()).toEqual({})
  expect(await s.shown()).toEqual(['2', '3'])
})

it('knows a purge that was lost though no tick went by', async () => {
  await using s = await service()
  const kept = await s.keep()
  await purgeByHand(s.app, await s.id('2'), person)
  await kept.storeBack()
  await s.tick()
  expect(await s.withheld()).toEqual({ 2: 'purgeLost' })
  // However ordinary its source calls it, a person purged it.
  for (const hours of [0, 2, 25]) await s.poll(hours)
  expect(await s.shown()).toEqual(['1', '3'])
})

it('withholds everything where the keys went back as well', async () => {
  await using s = await service()
  const kept = await s.keep()
  s.rows[0] = row(1, secret)
  await s.poll()
  await purgeSecrets(s.app)
  await s.tick()
  await kept.storeBack()
  await kept.keysBack()
  await s.tick()
  expect(await s.shown()).toEqual([])
  expect(await s.said()).toMatchObject([{ withheld: 3, rechecked: 0 }])
  await s.poll(2)
  expect(await s.shown()).toEqual(['2', '3'])
})

it('asks again for what is done with, too', async () => {
  await using s = await service()
  await s.app.store.db.raw(`select tracking.refuse(?, 'không thuộc', 'cv')`, [await s.id('3')])
  await admitWaiting(s.app.store)
  const kept = await s.keep()
  s.rows[2] = row(3, secret)
  await s.tick()
  await kept.storeBack()
  await s.tick()
  await s.poll()
  expect(await s.shown()).toEqual(['1', '2'])
})

it.each([
  ['nothing was lost', async (_: Awaited<ReturnType<typeof service>>) => {}],
  [
    'the server was restarted',
    async (s: Awaited<ReturnType<typeof service>>) => void (await s.keep()),
  ],
  [
    'another process counted on',
    async (s: Awaited<ReturnType<typeof service>>) => {
      for (let n = 0; n < 3; n++) await s.app.store.life.raise()
    },
  ],
])('does nothing where %s', async (_, happens) => {
  await using s = await service()
  await happens(s)
  for (let n = 0; n < 3; n++) await s.tick()
  expect(await s.shown()).toEqual(['1', '2', '3'])
  expect(await s.said()).toEqual([])
})

it('is settled once, whichever processes notice it', async () => {
  await using s = await service()
  const kept = await s.keep()
  await s.tick()
  await kept.storeBack()
  await Promise.all([s.tick(), watchStore(s.app, s.app.clock.now()), s.tick()])
  await s.tick()
  expect(await s.said()).toHaveLength(1)
})

it('is noticed at a start by what the machine remembers, where store and keys went back together', async () => {
  await using s = await service()
  const directory = await mkdtemp(join(tmpdir(), 'chidao-memory-'))
  const opened = () => {
    const memory = memoryIn(join(directory, 'last-seen.json'))
    const db = openDatabase({ url: s.url })
    const keysDb = openDatabase({ url: s.keysUrl, poolSize: 2 })
    return openStore(db, keysDb, { leaseMs: 60_000, memory })
  }
  const kept = await s.keep()
  const before = opened()
  await before.life.raise()
  await before.close()
  await kept.storeBack()
  await kept.keysBack()
  const restarted = opened()
  await watchStore({ store: restarted, log: s.app.log }, start)
  expect(await s.shown()).toEqual([])
  await restarted.close()
  await rm(directory, { recursive: true })
})

it('believes no memory that is of another store, or broken', async () => {
  await using s = await service()
  const directory = await mkdtemp(join(tmpdir(), 'chidao-memory-'))
  const file = join(directory, 'last-seen.json')
  const others = {
    storeId: '00000000-0000-4000-8000-000000000000',
    generation: 999,
    keysGeneration: 999,
  }
  for (const content of [JSON.stringify(others), '{"storeId":', '{"storeId":1}', '']) {
    await writeFile(file, content)
    const store = openStore(
      openDatabase({ url: s.url }),
      openDatabase({ url: s.keysUrl, poolSize: 2 }),
      { leaseMs: 60_000, memory: memoryIn(file) },
    )
    await watchStore({ store, log: s.app.log }, start)
    await store.close()
  }
  expect(await s.shown()).toEqual(['1', '2', '3'])
  await rm(directory, { recursive: true })
})

it.each([
  ['a tick had gone by since', true],
  ['none had', false],
])(
  'looks up every reply that waits before it is sent, and sends none before the next tick, if %s',
  async (_, ticked) => {
    await using s = await service()
    const { db } = s.app.store
    const task = JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])
    const { rows } = await db.raw(`select tracking.classify(?, ?, 'cv') as id`, [
      await s.id('1'),
      task,
    ])
    const completed = { outcome: 'completed', completedOn: '2026-03-04', explanation: 'xong' }
    await db.raw(`select tracking.reply(?, ?, 'dv')`, [rows[0].id, JSON.stringify(completed)])
    await admitWaiting(s.app.store)
    const kept = await s.keep()
    await sendDue(s.app)
    expect(s.register.state.replies).toHaveLength(1)
    if (ticked) await s.tick()
    await kept.storeBack()
    await sendDue(s.app)
    expect(s.register.state.replies).toHaveLength(1)
    await s.tick()
    for (let n = 0; n < 3; n++) {
      await s.app.store.outbox.makeDue()
      await sendDue(s.app)
    }
    expect(s.register.state.replies).toHaveLength(1)
    const { rows: sent } = await db.raw(`select state from sync.outbox where kind = 'reply'`)
    expect(sent).toEqual([{ state: 'delivered' }])
  },
)

it.each([
  ['the keys, which did not go back', false],
  ['the machine, where the keys went back too', true],
])('sends nothing again by a process that knew nothing of it, but from %s', async (_, keysToo) => {
  await using s = await service()
  const directory = await mkdtemp(join(tmpdir(), 'chidao-memory-'))
  const of = (app: App): App => {
    const memory = memoryIn(join(directory, 'last-seen.json'))
    const keysDb = openDatabase({ url: s.keysUrl, poolSize: 2 })
    return {
      ...app,
      store: openStore(openDatabase({ url: s.url }), keysDb, { leaseMs: 60_000, memory }),
    }
  }
  await reply(s)
  const [sender, other] = [of(s.app), of(s.app)]
  for (const { store } of [sender, other]) await watchStore({ store, log: s.app.log }, start)
  const kept = await s.keep()
  for (const { store } of [sender, other]) {
    await settled(store.life.identity())
    await settled(store.keys.destroyed())
  }
  await sendDue(sender)
  expect(s.register.state.replies).toHaveLength(1)
  await kept.storeBack()
  if (keysToo) await kept.keysBack()
  await settled(other.store.life.identity())
  await settled(other.store.keys.destroyed())
  await sendDue(other)
  expect(s.register.state.replies).toHaveLength(1)
  for (const { store } of [sender, other]) await store.close()
  await rm(directory, { recursive: true })
})

it('keeps what the history lost as a gap, and seals on behind it', async () => {
  await using s = await service()
  const { store } = s.app
  const kept = await s.keep()
  await store.withholding.withhold(await s.id('1'), 'byHand', start)
  await s.app.store.sealing.seal()
  await s.tick()
  await kept.storeBack()
  // The sealer does not go on before it was noticed.
  await store.withholding.withhold(await s.id('2'), 'byHand', start)
  expect(await store.sealing.seal()).toBeNull()
  expect((await store.audits.verify()).findings).toMatchObject([{ tampering: 'chainCut' }])
  await s.tick()
  expect(await store.sealing.seal()).toBeGreaterThan(0)
  const { findings, gaps } = await store.audits.verify()
  expect(findings).toEqual([])
  expect(gaps).toMatchObject([{ after: gaps[0]!.until - 1 }])
  expect(await s.said()).toMatchObject([{ historyLost: 1 }])
})

it('says how many directives it had a key for and has not any more', async () => {
  await using s = await service()
  const kept = await s.keep()
  s.rows.push(row(4), row(5))
  await s.poll()
  await s.tick()
  await kept.storeBack()
  await s.tick()
  expect(await s.said()).toMatchObject([{ directivesLost: 2 }])
  expect(await s.app.store.wentBack.lately(hourMs)).toBe(2)
  // Its source still lists them.
  await s.poll()
  expect(await s.shown()).toEqual(['1', '2', '3', '4', '5'])
})

it('begins a reading anew that was under way', async () => {
  await using s = await service()
  const { passes } = s.app.store
  const [name] = s.app.sources.keys()
  const day = '2026-03-04'
  const id = await passes.open({
    ...{ source: name!, kind: 'resync', from: day, until: day, upperBound: start },
    cursorBefore: null,
  })
  const pass = (await passes.claim(s.app.worker, { id: id! }))!
  const kept = await s.keep()
  await s.tick()
  await kept.storeBack()
  await passes.renew(pass)
  expect(await passes.retakeExpired()).toBe(0)
  await s.tick()
  await expect(passes.renew(pass)).rejects.toThrow(LeaseLost)
  expect(await passes.retakeExpired()).toBe(1)
})

it('is told by whoever put back a backup, though nothing remembers', async () => {
  await using s = await service()
  const db = openDatabase({ url: s.url })
  const keysDb = openDatabase({ url: s.keysUrl, poolSize: 2 })
  const store = openStore(db, keysDb, { leaseMs: 60_000, memory: ownMemory() })
  await watchStore({ store, log: s.app.log }, start, true)
  await store.close()
  expect(await s.shown()).toEqual([])
})
