/** What a clock that was ahead wrote is not believed: each instant counts as over, and what a person decided stays. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Store } from '#src/store/store.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const ahead = `clock_timestamp() + interval '7 hours'`

async function head(store: Store): Promise<string> {
  const id = await store.passes.open({
    source: 'nguon',
    kind: 'head',
    from: '2026-09-01',
    until: '2026-09-07',
    upperBound: now,
    cursorBefore: null,
  })
  return id!
}

async function failed(store: Store): Promise<void> {
  const pass = await runningPass(store)
  expect(await store.intake.fail(pass, { ...admitted('a'), classifyBy: now }, 'timeout', now)).toBe(
    'failed',
  )
}

/** Staged, with a file that is waited for. */
async function waiting(store: Store): Promise<void> {
  const files = [{ ref: 'f', name: 'a.pdf', mediaType: 'application/pdf', size: 1 }]
  await store.intake.stage(await runningPass(store), admitted('a', { files }), now)
}

const claims = (store: Store) => store.claims.claimDue(randomUUID(), 10)

const cases: readonly (readonly [what: string, isBack: (store: Store) => Promise<unknown>])[] = [
  [
    'a reading that is to begin',
    async (store) => {
      const id = await head(store)
      await store.db.raw(`update sync.pass set due_at = ${ahead}`)
      return store.passes.claim(randomUUID(), { id: id })
    },
  ],
  [
    'the lease of a reading',
    async (store) => {
      await runningPass(store)
      await store.db.raw(`update sync.pass set lease_until = ${ahead}`)
      return store.passes.retakeExpired()
    },
  ],
  [
    'the end of a breaker',
    async (store) => {
      const id = await head(store)
      await store.db.raw(`update sync.source set open_until = ${ahead}, failures = 3`)
      expect(await store.sources.breakerIsOpen('nguon')).toBe(false)
      return (
        (await store.sources.askable('nguon', now)) && store.passes.claim(randomUUID(), { id: id })
      )
    },
  ],
  [
    'a row that is tried again',
    async (store) => {
      await failed(store)
      await store.db.raw(`update sync.intake set due_at = ${ahead}, lease_until = null`)
      expect((await store.look([], ['nguon'])).due.messages).toBe(1)
      return (await claims(store))[0]
    },
  ],
  [
    'the lease of a row',
    async (store) => {
      await failed(store)
      await store.db.raw(
        `update sync.intake set due_at = clock_timestamp(), lease_until = ${ahead}`,
      )
      return (await claims(store))[0]
    },
  ],
  [
    'a file that is fetched again, and its lease',
    async (store) => {
      await waiting(store)
      await store.db.raw(`update sync.directive_file set due_at = ${ahead}, lease_until = ${ahead}`)
      expect((await store.look([], ['nguon'])).due.smallFiles).toBe(1)
      return (await store.fileClaims.claimDue(randomUUID(), 10, 'small'))[0]
    },
  ],
  [
    'a send, its lease, and the breaker of sends',
    async (store) => {
      await failed(store)
      await store.db.raw(
        `insert into sync.outbox (source, kind, intake_id, due_at, lease_until, written_at) select 'nguon', 'acknowledge', id, ${ahead}, ${ahead}, now() from sync.intake`,
      )
      await store.db.raw(`update sync.source set sends_open_until = ${ahead}`)
      return (await store.outbox.claimDue(randomUUID(), 10))[0]
    },
  ],
  [
    'a send that its sender held',
    async (store) => {
      await failed(store)
      await store.db.raw(
        `insert into sync.outbox (source, kind, intake_id, state, lease_until, written_at) select 'nguon', 'acknowledge', id, 'sending', ${ahead}, now() from sync.intake`,
      )
      return (await store.outbox.claimDue(randomUUID(), 10))[0]
    },
  ],
  [
    'the next sign of life',
    async (store) => {
      await store.db.raw(`update sync.heartbeat set due_at = ${ahead}`)
      return store.alerts.heartbeatIsDue(60_000)
    },
  ],
  [
    'the last look at a sentinel',
    async (store) => {
      await store.db.raw(`update sync.source set sentinel_asked_at = ${ahead}`)
      return store.sources.sentinelIsDue('nguon', 60_000)
    },
  ],
  [
    'the next turn of a schedule, and the lease on the last',
    async (store) => {
      await store.schedules.keep([{ job: 'poll-source', source: 'nguon', everyMs: 60_000 }])
      await store.db.raw(`update sync.schedule set due_at = ${ahead}, lease_until = ${ahead}`)
      return store.schedules.claim('poll-source', randomUUID(), ['nguon'])
    },
  ],
  [
    'the next look at what was written',
    async (store) => {
      await store.intake.stage(await runningPass(store), admitted('a'), now)
      await store.db.raw(
        `select tracking.refuse(id, 'không thuộc thẩm quyền', 'văn thư') from sync.directive`,
      )
      await store.db.raw(`update sync.writing set due_at = ${ahead}`)
      expect((await store.look([], [])).due.writings).toBe(1)
      return store.writings.judgeNext(now, () => true)
    },
  ],
  [
    'since when the queue was not heard',
    async (store) => {
      await store.sweepEnded()
      await store.db.raw(`update sync.ring set unheard_since = ${ahead}`)
      await store.rings.rung()
      await store.db.raw(`update sync.ring set unheard_since = unheard_since - interval '1 minute'`)
      return store.rings.silentMs()
    },
  ],
  [
    'the last recheck',
    async (store) => {
      await store.intake.stage(await runningPass(store), admitted('a'), now)
      await store.db.raw(
        `update sync.directive set checked_at = :now::timestamptz + interval '10 days', recheck_after = :now::timestamptz + interval '10 days'`,
        { now },
      )
      return (await store.rechecks.due('nguon', now, 1))[0]
    },
  ],
]

it.each(cases)('%s, written ahead of its span, counts as over', async (_what, isBack) => {
  await using t = await testStore()
  expect(await isBack(t.store)).toBeTruthy()
})

it('believes what lies within its span', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await head(store)
  await store.db.raw(`update sync.pass set due_at = clock_timestamp() + interval '4 minutes'`)
  expect(await store.passes.claim(randomUUID(), { id: id })).toBeNull()
  await store.db.raw(`update sync.source set open_until = clock_timestamp() + interval '4 minutes'`)
  expect(await store.sources.breakerIsOpen('nguon')).toBe(true)
})

it('leaves to a person what waits for one', async () => {
  await using t = await testStore()
  const { store } = t
  await failed(store)
  await store.db.raw(
    `insert into sync.outbox (source, kind, intake_id, state, due_at, written_at) select 'nguon', 'acknowledge', id, 'unconfirmed', '9999-01-01', now() from sync.intake`,
  )
  await store.db.raw(
    `update sync.intake set state = 'failed', failure = 'conflict', due_at = '9999-01-01', lease_until = null`,
  )
  expect((await store.look([], ['nguon'])).due).toMatchObject({ sends: 0, messages: 0 })
  expect(await store.outbox.claimDue(randomUUID(), 10)).toEqual([])
  expect(await claims(store)).toEqual([])
  expect(await store.signals.unconfirmed()).toEqual([{ source: 'nguon', count: 1 }])
})

it('keeps a pause for as long as a person said, and no longer', async () => {
  await using t = await testStore()
  const { pauses } = t.store
  const pause = { source: 'nguon', actor: 'trực ban', reason: 'bảo trì' }
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  await pauses.begin({ ...pause, since: now, until: later(2) })
  expect(await pauses.mayBeAsked(['nguon'], now)).toEqual([])
  expect(await pauses.mayBeAsked(['nguon'], later(2))).toEqual(['nguon'])
  await pauses.begin({ ...pause, since: later(7), until: later(9) })
  expect(await pauses.mayBeAsked(['nguon'], now)).toEqual(['nguon'])
})

it('gives no sign of life for instants that are still to come', async () => {
  await using t = await testStore()
  const { store } = t
  await store.db.raw(`update sync.sweep set ended_at = ${ahead}`)
  expect(await store.alerts.whyNotAlive(['nguon'], 60_000)).toBe('sweep')
  await store.sweepEnded()
  await store.db.raw(`update sync.source set last_answer_at = ${ahead}`)
  expect(await store.alerts.whyNotAlive(['nguon'], 60_000)).toBe('polls')
})

it('moves a cursor no further than the end of its reading', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.db.raw(
    `update sync.pass set upper_bound = :now::timestamptz + interval '10 days'`,
    {
      now,
    },
  )
  const totals = { seen: 0, allowed: 0, notEligible: 0, undecided: 0, unchanged: 0 }
  await t.store.passes.end(pass, totals, now)
  expect((await t.store.sources.state('nguon')).headCursor).toEqual(now)
})
