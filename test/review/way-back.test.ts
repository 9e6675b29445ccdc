import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { pushBack } from '#src/flow.ts'
import { row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { retryAll, sendDue, settleAll } from '#test/support/claims.ts'
import { assigned, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { farSide, held, withConnector } from './far-side.ts'

const completed = JSON.stringify({
  outcome: 'completed',
  completedOn: '2026-03-04',
  explanation: 'xong',
})

/** One reply for each staged directive. */
async function replied(app: App): Promise<void> {
  await pullAll(app)
  const { rows } = await app.store.db.raw(`select id from tracking.directives order by code`)
  const task = JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])
  for (const { id } of rows) {
    const classified = await app.store.db.raw(`select tracking.classify(?, ?, 'cv') as id`, [
      id,
      task,
    ])
    await app.store.db.raw(`select tracking.reply(?, ?, 'dv')`, [classified.rows[0].id, completed])
  }
  await admitWaiting(app.store)
}

const states = async (app: App) =>
  (
    await app.store.db.raw(
      `select state, count(*) as n from sync.outbox where kind = 'reply' group by 1 order by 1`,
    )
  ).rows

it('sends what it can although a source is no longer configured', async () => {
  await using f = await farSide([1, 2, 3, 4, 5, 6].map((id) => row(id)))
  await replied(f.app)
  await f.app.store.sources.register('cu', { statuses: [], replies: 'message' }, 'f')
  // The oldest row belongs to a source that was taken out of the configuration
  await f.app.store.db.raw(
    `update sync.outbox set source = 'cu' where place = (select min(place) from sync.outbox)`,
  )
  for (let ring = 0; ring < 3; ring++) await sendDue(f.app).catch(() => {})
  expect(f.register.state.replies).toHaveLength(5)
})

it('settles what it can although a source is no longer configured', async () => {
  await using f = await farSide([1, 2, 3, 4, 5, 6].map((id) => row(id)))
  const broken = withConnector(f.app, () => ({
    openFiles: async (_ref, files, take) => {
      await take(files[0]!, {
        ok: false,
        failure: { word: 'timeout', source: f.profile.name, operation: 'openFile' },
      })
      return { ok: true, value: null }
    },
  }))
  await pullAll(broken)
  await f.app.store.sources.register('cu', { statuses: [], replies: 'message' }, 'f')
  const { rows } = await f.app.store.db.raw(`select id from sync.pass limit 1`)
  for (let n = 0; n < 25; n++)
    await f.app.store.db.raw(
      `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, seen_at, attempts) values (?, 'cu', ?, ?, 'v', ?, 'failed', '2020-01-01', now(), 1)`,
      [randomUUID(), `x${n}`, `x${n}`, rows[0].id],
    )
  await retryAll(f.app.store)
  for (let ring = 0; ring < 3; ring++) {
    await settleAll(f.app).catch(() => {})
    // what the ring left behind comes back when its lease is over
    await f.app.store.db.raw(`update sync.intake set lease_until = null where state = 'failed'`)
  }
  expect((await f.app.store.overview.totals()).staged).toBe(6)
})

it('does not let a source that takes no replies hold up the others', async () => {
  await using f = await farSide(
    [1, 2].map((id) => row(id)),
    {
      profile: { replies: { mode: 'none' } as never },
    },
  )
  await replied(f.app)
  await expect(sendDue(f.app)).resolves.toBeUndefined()
})

it('keeps five look-ups for each time a reply was sent', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await t.store.db.raw(`select tracking.reply(?, ?, 'dv')`, [assignment, completed])
  await admitWaiting(t.store)
  const me = randomUUID()
  const due = async () => {
    await t.store.db.raw(`update sync.outbox set due_at = clock_timestamp()`)
    const [send] = (await t.store.outbox.claimDue(me, 1)).filter(({ kind }) => kind === 'reply')
    return send!
  }
  await t.store.outbox.settle(
    await due(),
    { state: 'unconfirmed', failure: 'timeout', lookAgainInS: 0 },
    now,
  )
  for (let n = 0; n < 4; n++)
    await t.store.outbox.settle(
      await due(),
      { state: 'unconfirmed', failure: 'noneFound', lookAgainInS: 0 },
      now,
    )
  // The fifth found nothing in a complete sent list: it is sent again, and its answer is lost again
  await t.store.outbox.settle(await due(), { state: 'pending', failure: 'noneFound' }, now)
  await t.store.outbox.settle(
    await due(),
    { state: 'unconfirmed', failure: 'timeout', lookAgainInS: 0 },
    now,
  )
  expect((await due()).lookUps).toBe(1)
})

it('keeps what a source said of a reply that took longer to send than a lease', async () => {
  await using f = await farSide([row(1)], { leaseMs: 500 })
  await replied(f.app)
  const gate = held()
  const reached = held()
  const slow = withConnector(f.app, (connector) => ({
    send: async (delivery) => {
      const outcome = await connector.send(delivery)
      reached.release()
      await gate.until
      return outcome
    },
    lookUp: async () => ({ ok: true, value: { found: 'none' } }),
  }))
  const sending = sendDue(slow)
  await reached.until
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const other = {
    ...withConnector(await f.t.another(), () => ({
      lookUp: async () => ({ ok: true, value: { found: 'none' } }),
    })),
  }
  await sendDue(other)
  gate.release()
  await sending
  expect(await states(f.app)).toEqual([{ state: 'delivered', n: 1 }])
})

it('does not call unconfirmed what never left', async () => {
  await using f = await farSide(
    [1, 2, 3, 4, 5, 6].map((id) => row(id)),
    { leaseMs: 500 },
  )
  await replied(f.app)
  const gate = held()
  const first = withConnector(f.app, () => ({
    send: async () => {
      await gate.until
      return { word: 'delivered', farRef: null }
    },
  }))
  const sending = sendDue(first)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const other = await f.t.another()
  await other.store.outbox.claimDue(other.worker, 20, [...other.sources.keys()])
  const unsent = (await states(f.app)).filter(
    ({ state }: { state: string }) => state === 'unconfirmed',
  )
  gate.release()
  await sending
  expect(unsent[0]?.n ?? 0).toBeLessThanOrEqual(4)
})

it('lists a status that waits for a person, because it holds up the reply behind it', async () => {
  await using t = await testStore({ statuses: ['03', '04', '06'] })
  const { assignment } = await assigned(t.store)
  await t.store.db.raw(`select tracking.reply(?, ?, 'dv')`, [assignment, completed])
  await admitWaiting(t.store)
  const me = randomUUID()
  const [status] = await t.store.outbox.claimDue(me, 1)
  expect(status!.kind).toBe('status')
  // sendOnce: unconfirmed with a word that asking again does not mend; lookUp: five times none
  await t.store.outbox.settle(
    status!,
    { state: 'unconfirmed', failure: 'noneFound', lookAgainInS: null },
    now,
  )
  expect(await t.store.outbox.claimDue(me, 20)).toEqual([])
  expect(await t.store.outbox.list(['unconfirmed'], 10)).toHaveLength(1)
})

it('goes on with a batch when one of its sends is a mistake of ours', async () => {
  await using f = await farSide([1, 2, 3, 4, 5, 6].map((id) => row(id)))
  await replied(f.app)
  let first = true
  const app = withConnector(f.app, (connector) => ({
    send: async (delivery) => {
      if (first) {
        first = false
        throw new Error('a mistake of ours')
      }
      return connector.send(delivery)
    },
  }))
  for (let ring = 0; ring < 3; ring++) await sendDue(app).catch(() => {})
  expect(f.register.state.replies).toHaveLength(5)
})

it('sends nothing twice when one worker holds the same row in two jobs', async () => {
  await using f = await farSide([row(1)], { leaseMs: 300 })
  await replied(f.app)
  const [send] = await f.app.store.outbox.claimDue(f.app.worker, 20)
  await new Promise((resolve) => setTimeout(resolve, 600))
  const [again] = await f.app.store.outbox.claimDue(f.app.worker, 20)
  expect(again!.state).toBe('unconfirmed')
  expect(await pushBack(f.app, send!)).toBe('notOurs')
})

it('refuses a second reply under an id that belongs to another assignment', async () => {
  await using t = await testStore()
  const one = await assigned(t.store, 'a')
  const two = await assigned(t.store, 'b')
  const id = randomUUID()
  await t.store.db.raw(`select tracking.reply(?, ?, 'dv', ?)`, [one.assignment, completed, id])
  const other = await t.store.db
    .raw(`select tracking.reply(?, ?, 'dv', ?)`, [two.assignment, completed, id])
    .then(() => 'accepted')
    .catch(() => 'refused')
  await admitWaiting(t.store)
  const { rows } = await t.store.db.raw(`select id from sync.reply where directive_id = ?`, [
    two.directive,
  ])
  expect([other, rows.length]).not.toEqual(['accepted', 0])
})

it('keeps nothing of a reply whose number carries a mark', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  const content = {
    outcome: 'completed',
    completedOn: '2026-09-07',
    explanation: 'xong',
    document: {
      number: '12 (MẬT)',
      symbol: 'BC-S',
      issuedOn: '2026-09-07',
      typeName: 'Báo cáo',
      subject: 's',
      signer: 'n',
    },
  }
  await t.store.db
    .raw(`select tracking.reply(?, ?, 'dv')`, [assignment, JSON.stringify(content)])
    .catch(() => {})
  await admitWaiting(t.store)
  expect((await t.store.db.raw(`select id from sync.reply`)).rows).toEqual([])
})

it('does not let the tracking software date a classification back into its deadline', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const { admitted } = await import('#test/support/store.ts')
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.db
    .raw(`select tracking.classify((select id from tracking.directives), '[]', 'cv', '2020-01-01')`)
    .catch(() => {})
  const { rows } = await t.store.db.raw(
    `select classified_at < staged_at as backdated from tracking.directives`,
  )
  expect(rows).not.toEqual([{ backdated: true }])
})

it('reads a source on that takes nothing back', async () => {
  await using f = await farSide([1, 2, 3, 4].map((id) => row(id)))
  await replied(f.app)
  const refusing = withConnector(f.app, () => ({
    send: async () => ({
      word: 'notSent',
      failure: { word: 'unavailable', source: f.profile.name, operation: 'send' },
    }),
  }))
  await sendDue(refusing)
  expect(await f.app.store.sources.breakerIsOpen(f.profile.name)).toBe(false)
  // The way back itself rests: nothing more leaves for the moment.
  await f.app.store.db.raw(`update sync.outbox set due_at = clock_timestamp()`)
  await sendDue(f.app)
  expect(f.register.state.replies).toHaveLength(0)
})
