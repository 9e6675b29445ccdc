import { expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { duePasses, pull, settleAll } from '#test/support/claims.ts'
import { admitted, kept, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { dueNow, type FarSide, farSide, held, withConnector } from './far-side.ts'

const recalled = { approved: false }
const ended = async (app: {
  store: { passes: { recent(n: number): Promise<Record<string, unknown>[]> } }
}) =>
  (await app.store.passes.recent(1000)).filter(({ state }) => state === 'done' || state === 'open')

it('balances when the gate no longer admits what failed before', async () => {
  await using f = await farSide([row(1)])
  let fail = true
  const store = { ...f.app.store, intake: { ...f.app.store.intake } }
  const stage = store.intake.stage
  store.intake.stage = (...args) => {
    if (!fail) return stage(...args)
    fail = false
    throw new Error('a mistake of ours')
  }
  await pullAll({ ...f.app, store })
  f.rows[0] = row(1, { secret_id: 2, secret_name: 'Mật' })
  await dueNow(f.app)
  await settleAll(f.app)
  expect((await ended(f.app)).map(({ balances }) => balances)).not.toContain(false)
})

it('balances when two readings see the same recall at once', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  f.rows[0] = row(1, recalled)
  await using two = await twoReadings(f)
  await two.run()
  const { rows } = await f.app.store.db.raw(`select state from sync.intake order by 1`)
  expect(rows).toEqual([{ state: 'recalled' }, { state: 'staged' }])
  expect((await ended(f.app)).map(({ balances }) => balances)).not.toContain(false)
})

it('balances when a staging fails that another reading has done meanwhile', async () => {
  await using f = await farSide([row(1)])
  const store = { ...f.app.store, intake: { ...f.app.store.intake } }
  store.intake.stage = () => {
    throw new Error('a lost connection')
  }
  await using two = await twoReadings(f, { ...f.app, store })
  await two.run()
  expect((await ended(f.app)).map(({ balances }) => balances)).not.toContain(false)
})

it('opens the clocks again when a recall is taken back', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.intake.recall(
    pass,
    { transportRef: 'a', sourceRef: 'a', version: 'v2' },
    new Date(),
    now,
  )
  await t.store.intake.stage(pass, admitted('a', { version: 'v3' }), now)
  const { rows } = await t.store.db.raw(`select recalled_at from tracking.directives`)
  expect(rows).toEqual([{ recalled_at: null }])
})

it('does not let an older reading undo a newer revision', async () => {
  await using f = await farSide([row(1)])
  const gate = held()
  const reached = held()
  const slow = withConnector(f.app, (connector) => ({
    read: async (ref) => {
      const message = await connector.read(ref)
      reached.release()
      await gate.until
      return message
    },
  }))
  await openPasses(f.app, f.profile.name)
  const due = await duePasses(f.app.store, 100)
  const heading = pull(slow, due.find(({ kind }) => kind === 'head')!.id)
  await reached.until
  f.rows[0] = row(1, { abstract: 'Trích yếu đã sửa' })
  await pull(f.app, due.find(({ kind }) => kind === 'deep')!.id)
  gate.release()
  await heading
  for (let poll = 0; poll < 3; poll++) {
    await dueNow(f.app)
    await f.app.store.db.raw(`update sync.source set deep_read_at = null`)
    await pullAll(f.app)
  }
  const { rows } = await f.app.store.db.raw(`select subject from tracking.directives`)
  expect(rows).toEqual([{ subject: 'Trích yếu đã sửa' }])
})

it('fetches a file again whose content the source changed under the same name', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: null, size: 10 }
  const { files } = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  await t.store.fileClaims.store(files!, kept(files!.files[0]!), now)
  const again = await t.store.intake.stage(
    pass,
    admitted('a', { version: 'v2', files: [{ ...file, size: 20 }] }),
    now,
  )
  expect(again.files!.files).toMatchObject([{ ref: 'f1', size: 20 }])
})

it('says of a revision that its files are still coming', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: null, size: 10 }
  await t.store.intake.stage(
    pass,
    admitted('a', { version: 'v2', subject: 'Đã sửa', files: [file] }),
    now,
  )
  const { rows } = await t.store.db.raw(`select subject, files_complete from tracking.directives`)
  expect(rows).toEqual([{ subject: 'Đã sửa', files_complete: false }])
})

it('keeps the clock of "thực hiện ngay" through a revision', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.db.raw(
    `select tracking.act_at_once((select id from tracking.directives), 'lãnh đạo')`,
  )
  await admitWaiting(t.store)
  await t.store.intake.stage(pass, admitted('a', { version: 'v2', subject: 'Đã sửa' }), now)
  const { rows } = await t.store.db.raw(`select deadline_date::text from tracking.directives`)
  expect(rows).toEqual([{ deadline_date: '2026-09-04' }])
})

it('opens the history of a source although the process died between its head and its history', async () => {
  await using f = await farSide([row(1, { publish_date: '2026-01-20T00:00:00+07:00' })])
  const killed = new Error('killed here')
  const dying = {
    ...f.app,
    later: {
      ring() {
        throw killed
      },
    },
  }
  await openPasses(dying, f.profile.name).catch((error) => expect(error).toBe(killed))
  const [head] = await duePasses(f.app.store, 100)
  await pull(f.app, head!.id)
  await pullAll(f.app)
  const { rows } = await f.app.store.db.raw(`select id from sync.pass where kind = 'backfill'`)
  expect(rows.length).toBeGreaterThan(0)
})

it('asks a source nothing while its breaker is open', async () => {
  await using f = await farSide([row(1)])
  await openPasses(f.app, f.profile.name)
  for (let failure = 0; failure < 5; failure++)
    await f.app.store.sources.failed(f.profile.name, 'timeout')
  const before = f.register.state.asked.length
  for (const { id } of await duePasses(f.app.store, 100)) await pull(f.app, id)
  expect(f.register.state.asked.length).toBe(before)
})

it('reads a window to its end although documents keep arriving', async () => {
  await using f = await farSide([1, 2, 3, 4, 5, 6].map((id) => row(id)))
  const busy = withConnector(f.app, (connector) => ({
    list: (window, page) => {
      if (page === null) f.rows.unshift(row(100 + f.rows.length))
      return connector.list(window, page)
    },
  }))
  await openPasses(busy, f.profile.name)
  const due = await duePasses(f.app.store, 100)
  expect(await pull(busy, due.find(({ kind }) => kind === 'head')!.id)).toBe('done')
})

it('acknowledges the recall of a queue-like source, or it is listed for ever', async () => {
  await using t = await testStore({ acknowledges: true })
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.intake.recall(
    pass,
    { transportRef: 'b', sourceRef: 'a', version: 'v1' },
    new Date(),
    now,
  )
  const { rows } = await t.store.db.raw(
    `select i.transport_ref from sync.outbox o join sync.intake i on i.id = o.intake_id where o.kind = 'acknowledge' order by 1`,
  )
  expect(rows).toEqual([{ transport_ref: 'a' }, { transport_ref: 'b' }])
})

it('lists what never gets its files', async () => {
  await using f = await farSide([row(1)])
  // A connector that hands over fewer files than it was asked for.
  const app = withConnector(f.app, () => ({
    openFiles: async () => ({ ok: true as const, value: null }),
  }))
  await pullAll(app)
  for (let round = 0; round < 3; round++) {
    await f.app.store.db.raw(
      `update sync.directive_file set lease_until = null, due_at = clock_timestamp()`,
    )
    await Promise.race([settleAll(app), new Promise((r) => setTimeout(r, 1000))])
  }
  expect(await f.app.store.directiveFiles.open(10)).toHaveLength(1)
})

it('does not let a reading that asked before a recall undo it', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  const asked = admitted('a', { version: 'v2' })
  await t.store.intake.recall(
    pass,
    { transportRef: 'a', sourceRef: 'a', version: 'v3' },
    new Date(Date.now() + 1),
    now,
  )
  await t.store.intake.stage(pass, asked, now)
  const { rows } = await t.store.db.raw(`select recalled_at from tracking.directives`)
  expect(rows).toEqual([{ recalled_at: now }])
})

it('does not take a redelivered message for the end of a recall', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const message = { ...admitted('a'), revises: 'byMessage' } as const
  await t.store.intake.stage(pass, message, now)
  await t.store.intake.recall(
    pass,
    { transportRef: 'b', sourceRef: 'a', version: 'v1' },
    new Date(),
    now,
  )
  const again = { ...admitted('a'), revises: 'byMessage', transportRef: 'c' } as const
  await t.store.intake.stage(pass, again, now)
  const { rows } = await t.store.db.raw(`select recalled_at from tracking.directives`)
  expect(rows).toEqual([{ recalled_at: now }])
})

it('loses no conflict of two messages in the order in which they were read', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const first = { ...admitted('a'), revises: 'byMessage' } as const
  const second = {
    ...admitted('a', { subject: 'Nội dung khác' }),
    transportRef: 'b',
    revises: 'byMessage',
    askedAt: new Date(first.askedAt.getTime() + 5),
  } as const
  await t.store.intake.stage(pass, second, now)
  const outcome = await t.store.intake.stage(pass, first, now)
  expect(outcome).toMatchObject({ outcome: 'failed' })
})

it('keeps no file of an older revision for a newer one', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: null, size: 10 }
  const first = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  // The newer revision is staged while the older one's file is on its way
  await t.store.intake.stage(
    pass,
    admitted('a', { version: 'v2', files: [{ ...file, size: 20 }] }),
    now,
  )
  const { files } = first
  expect(await t.store.fileClaims.store(files!, kept(files!.files[0]!), now)).toBe(false)
})

it('leaves the readings of a source alone that is no longer configured', async () => {
  await using f = await farSide([row(1)])
  await openPasses(f.app, f.profile.name)
  const without = { ...f.app, sources: new Map() }
  const count = async () => (await f.app.store.db.raw(`select id from sync.pass`)).rows.length
  const before = await count()
  for (let round = 0; round < 3; round++) {
    await dueNow(f.app)
    for (const { id } of await duePasses(f.app.store, 100)) await pull(without, id).catch(() => {})
  }
  expect(await count()).toBe(before)
})

/** A head and a deep reading that have both listed before either stages; the deep one ends last, with `last`. */
async function twoReadings(f: FarSide, last: App = f.app) {
  const gate = held()
  const reached = held()
  const slow = withConnector(last, (connector) => ({
    read: async (ref) => {
      reached.release()
      await gate.until
      return connector.read(ref)
    },
  }))
  await f.app.store.db.raw(`update sync.source set deep_read_at = null`)
  await openPasses(f.app, f.profile.name)
  const due = await duePasses(f.app.store, 100)
  const of = (kind: string) => due.find((one) => one.kind === kind)!.id
  return {
    async run() {
      const deep = pull(slow, of('deep'))
      await reached.until
      await pull(f.app, of('head'))
      gate.release()
      await deep
    },
    async [Symbol.asyncDispose]() {
      gate.release()
    },
  }
}
