/** What an administrator asks a source again: its plan, its repairs, and how it is held up and taken up again. */
import { expect, it } from 'vitest'
import { planResync } from '#src/flow/planning.ts'
import type { Scope } from '#src/store/resyncs.ts'
import { WorldMoved } from '#src/store/resyncs.ts'
import { type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'
import { type FarSide, farSide } from '../review/far-side.ts'

const by = { actor: 'quản trị', reason: 'kiểm tra' }
const weeks = { from: '2026-02-16', until: '2026-03-08' }

const issued = (id: number, date: string, more: Record<string, unknown> = {}): Row =>
  row(id, { publish_date: `${date}T00:00:00+07:00`, ...more })

function scopeOf({ profile }: FarSide, more: Partial<Scope> = {}): Scope {
  return { source: profile.name, ...weeks, refs: null, thorough: false, ...more }
}

async function staged(rows: Row[]): Promise<FarSide> {
  const far = await farSide(rows)
  await pullAll(far.app)
  return far
}

/** As jobs would, until the request is done; returns how many windows were read. */
async function carryOut({ app }: FarSide, most = 100): Promise<number> {
  let windows = 0
  for (; windows < most; windows++) {
    await runResyncs(app)
    const due = (await duePasses(app.store, 100)).filter(({ kind }) => kind === 'resync')
    if (!due[0]) break
    await pull(app, due[0].id)
  }
  return windows
}

const asked = (far: FarSide, since: number) => far.register.state.asked.length - since

it('repairs what polling cannot see: a document that appeared long after its date', async () => {
  await using far = await staged([issued(1, '2026-02-18'), issued(2, '2026-03-02')])
  const before = await far.app.store.overview.totals()
  far.rows.push(issued(3, '2026-02-20'))
  const id = await far.app.store.resyncs.request(scopeOf(far), by, far.app.clock.now())
  expect(await carryOut(far)).toBe(3)
  const after = await far.app.store.resyncs.one(id)
  expect(after).toMatchObject({
    state: 'done',
    windows: 3,
    windowsDone: 3,
    seen: 3,
    staged: 1,
    unchanged: 2,
    undecided: 0,
    rowsWritten: 1,
  })
  expect((await far.app.store.overview.totals()).staged).toBe(before.staged + 1)
})

it('writes nothing and reads no detail where nothing changed', async () => {
  await using far = await staged([issued(1, '2026-02-18'), issued(2, '2026-03-02')])
  const since = far.register.state.asked.length
  const id = await far.app.store.resyncs.request(scopeOf(far), by, far.app.clock.now())
  await carryOut(far)
  expect(await far.app.store.resyncs.one(id)).toMatchObject({
    unchanged: 2,
    rowsWritten: 0,
    requests: asked(far, since),
  })
  expect(far.register.state.asked.slice(since).every(({ url }) => url.includes('?'))).toBe(true)
})

it('is not done while weeks are left, although those under way end just when it looks', async () => {
  await using far = await staged([issued(1, '2026-02-18')])
  const { store, clock } = far.app
  const id = await store.resyncs.request(scopeOf(far, { from: '2026-01-05' }), by, clock.now())
  await runResyncs(far.app)
  await store.db.raw(`
    create function end_all() returns trigger language plpgsql as $$
    begin
      update sync.pass set state = 'done', ended_at = now(), seen = 0, allowed = 0, not_eligible = 0, undecided = 0, unchanged = 0
      where resync_id is not null and state = 'due';
      return null;
    end $$;
    create trigger end_all after insert on sync.pass for each statement execute function end_all()`)
  await runResyncs(far.app)
  expect(await store.resyncs.one(id)).toMatchObject({ state: 'running', windowsDone: 2 })
  await store.db.raw(`drop trigger end_all on sync.pass`)
  await carryOut(far)
  const after = await store.resyncs.one(id)
  expect(after).toMatchObject({ state: 'done', windowsDone: after!.windows })
})

it('reads everything again when it is to be thorough', async () => {
  await using far = await staged([issued(1, '2026-02-18'), issued(2, '2026-03-02')])
  const since = far.register.state.asked.length
  const id = await far.app.store.resyncs.request(
    scopeOf(far, { thorough: true }),
    by,
    far.app.clock.now(),
  )
  await carryOut(far)
  expect(await far.app.store.resyncs.one(id)).toMatchObject({ seen: 2, unchanged: 2 })
  const details = far.register.state.asked.slice(since).filter(({ url }) => /\/\d+$/.test(url))
  expect(details).toHaveLength(2)
  const { rows } = await far.app.store.db.raw(`select from sync.intake`)
  expect(rows).toHaveLength(2)
})

it('asks for single documents by their reference', async () => {
  await using far = await staged([issued(1, '2026-02-18')])
  far.rows.push(issued(7, '2026-02-20'), issued(8, '2026-02-20'))
  const scope = scopeOf(far, { refs: ['7'] })
  const id = await far.app.store.resyncs.request(scope, by, far.app.clock.now())
  expect(await carryOut(far)).toBe(1)
  expect(await far.app.store.resyncs.one(id)).toMatchObject({ state: 'done', seen: 1, staged: 1 })
  const { rows } = await far.app.store.db.raw(
    `select source_ref as ref from sync.directive order by 1`,
  )
  expect(rows.map(({ ref }: { ref: string }) => ref)).toEqual(['1', '7'])
})

it('plans by outcome, and neither writes nor withholds anything', async () => {
  await using far = await staged([
    issued(1, '2026-02-18'),
    issued(2, '2026-02-19'),
    issued(3, '2026-02-24'),
    issued(4, '2026-02-25'),
    issued(5, '2026-03-02'),
  ])
  far.rows[1] = issued(2, '2026-02-19', { abstract: 'Nội dung đã đổi' })
  far.rows[2] = issued(3, '2026-02-24', { approved: false })
  far.rows[3] = issued(4, '2026-02-25', { secret_id: 99 })
  far.rows.splice(4, 1)
  far.rows.push(issued(6, '2026-02-16'), issued(7, '2026-03-03', { secret_id: 2 }))
  const rowsBefore = await dump(far)
  expect(await planResync(far.app, scopeOf(far))).toMatchObject({
    seen: 6,
    new: 1,
    changed: 1,
    unchanged: 1,
    recalled: 1,
    vanished: 1,
    noLongerEligible: 1,
    notEligible: 1,
    undecided: 0,
    overdue: 0,
  })
  expect(await dump(far)).toEqual(rowsBefore)
})

it('carries out a plan once, and not in another world than it was made for', async () => {
  await using far = await staged([issued(1, '2026-02-18')])
  const { store, clock } = far.app
  const scope = scopeOf(far)
  const plan = async () => {
    const world = await store.resyncs.world(scope)
    return store.resyncs.keepPlan(scope, await planResync(far.app, scope), world, by, clock.now())
  }
  const first = await plan()
  await store.resyncs.request(scope, by, clock.now(), first)
  await expect(store.resyncs.request(scope, by, clock.now(), first)).rejects.toThrow(WorldMoved)
  const second = await plan()
  far.rows.push(issued(2, '2026-03-02'))
  await pullAll(far.app)
  await expect(store.resyncs.request(scope, by, clock.now(), second)).rejects.toThrow(WorldMoved)
})

it('is paused, taken up where it was, and stopped', async () => {
  await using far = await staged([issued(1, '2026-02-18')])
  const { resyncs } = far.app.store
  const now = far.app.clock.now()
  const id = await resyncs.request(scopeOf(far, { from: '2026-01-05' }), by, now)
  expect(await carryOut(far, 2)).toBe(2)
  expect(await resyncs.set(id, 'paused', by, now)).toBe(true)
  // What was opened before the pause is finished.
  await carryOut(far)
  const paused = await resyncs.one(id)
  expect(paused).toMatchObject({ state: 'paused' })
  expect(paused!.windowsDone).toBeLessThan(paused!.windows)
  expect(await carryOut(far)).toBe(0)
  await resyncs.set(id, 'running', by, now)
  await carryOut(far, 1)
  expect((await resyncs.one(id))!.windowsDone).toBe(paused!.windowsDone + 1)
  await resyncs.set(id, 'stopped', by, now)
  expect(await carryOut(far)).toBe(0)
  expect(await resyncs.one(id)).toMatchObject({ state: 'stopped' })
  expect(await resyncs.set(id, 'running', by, now)).toBe(false)
})

it('goes on after its worker died in the middle of a window', async () => {
  await using far = await staged([issued(1, '2026-02-18'), issued(2, '2026-03-02')])
  const { store, clock } = far.app
  const id = await store.resyncs.request(scopeOf(far), by, clock.now())
  await runResyncs(far.app)
  const [first] = (await duePasses(store, 10)).filter(({ kind }) => kind === 'resync')
  await store.passes.claim('de8c0b1b-5f16-4c5e-9a35-8f7b6b1a1a01', { id: first!.id })
  await store.db.raw(`update sync.pass set lease_until = clock_timestamp() where id = ?`, [
    first!.id,
  ])
  await store.passes.retakeExpired()
  await carryOut(far)
  expect(await store.resyncs.one(id)).toMatchObject({ state: 'done', windowsDone: 3, seen: 2 })
})

it('withholds what the source no longer has, and no more than a person would allow', async () => {
  await using far = await staged(Array.from({ length: 12 }, (_, n) => issued(n + 1, '2026-02-18')))
  far.rows.splice(0, 1)
  const now = far.app.clock.now()
  await far.app.store.resyncs.request(scopeOf(far), by, now)
  await carryOut(far)
  const withheld = async () => (await far.app.store.withholding.list(100)).length
  expect(await withheld()).toBe(1)
  // It still lists another, or its emptiness would not be believed.
  far.rows.splice(0, far.rows.length, issued(99, '2026-02-10'))
  await far.app.store.resyncs.request(scopeOf(far), by, now)
  await carryOut(far)
  expect(await withheld()).toBe(1)
  expect(await far.app.store.fuses.open()).toHaveLength(1)
})

async function dump({ app }: FarSide): Promise<unknown> {
  const { rows } = await app.store.db.raw(
    `select (select count(*) from sync.intake) as intake, (select count(*) from sync.history) as history, (select count(*) from sync.pass) as passes,
       (select array_agg(revision order by source_ref) from sync.directive) as revisions, (select count(*) from sync.outbox) as outbox,
       (select count(*) from sync.directive where withheld_at is not null) as withheld`,
  )
  return rows[0]
}

it('plans thoroughly without a trace in the store', async () => {
  await using f = await farSide([row(1), row(2)])
  await pullAll(f.app)
  const look = async () =>
    (await f.app.store.db.raw(`select id, read_at, xmin::text from sync.directive order by id`))
      .rows
  const before = await look()
  const days = { from: '2026-01-01', until: '2026-12-31' }
  const scope = { source: f.profile.name, ...days, refs: null, thorough: true }
  expect(await planResync(f.app, scope)).toMatchObject({ seen: 2, unchanged: 2, new: 0 })
  expect(await look()).toEqual(before)
})
