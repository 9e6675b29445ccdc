/** A source under maintenance: nobody asks it, nothing is lost, and the law waits for nobody. */
import { expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { pull, retryAll, sendDue, settleAll } from '#test/support/claims.ts'
import { admitWaiting } from '#test/support/writings.ts'

const hourMs = 3_600_000
const by = { actor: 'quản trị', reason: 'nâng cấp máy chủ' }

async function staged(rows: Row[]) {
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const t = await testApp([profileAt(register.address)], { clock })
  await pullAll(t.app)
  const [source = ''] = t.app.sources.keys()
  return {
    ...t,
    rows,
    clock,
    register,
    source,
    pause: (hours: number) =>
      t.app.store.pauses.begin({
        source,
        since: clock.now(),
        until: new Date(clock.now().getTime() + hours * hourMs),
        ...by,
      }),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

/** Everything that asks a source, whatever is due. */
async function askForEverything(app: App): Promise<void> {
  const { db } = app.store
  for (const source of app.sources.keys()) await openPasses(app, source)
  const { rows } = await db.raw(`select id from sync.pass where state = 'due'`)
  for (const { id } of rows) await pull(app, id)
  await retryAll(app.store)
  await settleAll(app)
  await app.store.outbox.makeDue()
  await sendDue(app)
}

/** A reading in line with a further document, a file that is missing, a reply to be sent: each would have its source asked. */
async function workForEveryone({ app, rows }: { app: App; rows: Row[] }): Promise<void> {
  const { db } = app.store
  rows.push(row(9))
  for (const source of app.sources.keys()) await openPasses(app, source)
  const { rows: found } = await db.raw(
    `select id from sync.directive where source_ref in ('1', '2') order by source_ref::int`,
  )
  const tasks = [{ description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở' } }]
  const { rows: assigned } = await db.raw(
    `select sync.classify(:id, :tasks, 'chuyên viên', now()) as assignment`,
    { id: found[0].id, tasks: JSON.stringify(tasks) },
  )
  const reply = {
    outcome: 'completed',
    completedOn: '2026-03-04',
    explanation: 'Đã hoàn thành',
    document: {
      number: '100',
      symbol: 'BC-SNNMT',
      issuedOn: '2026-03-04',
      typeName: 'Báo cáo',
      subject: 'Kết quả thực hiện',
      signer: 'Nguyễn Văn Thử',
    },
  }
  await db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [
    assigned[0].assignment,
    JSON.stringify(reply),
  ])
  await admitWaiting(app.store)
  await db.raw(
    `update sync.directive_file set state = 'waiting', stored_as = null where directive_id = ?`,
    [found[1].id],
  )
}

async function undone({ store }: App) {
  const { rows } = await store.db.raw(
    `select (select count(*) from sync.directive where source_ref = '9') as "newOnes",
       (select count(*) from sync.directive_file where stored_as is null) as missing,
       (select count(*) from sync.outbox where kind = 'reply' and state = 'delivered') as delivered`,
  )
  return rows[0]
}

it('asks a paused source nothing, and after it was resumed everything', async () => {
  await using s = await staged([row(1), row(2)])
  await workForEveryone(s)
  await s.pause(2)
  const asked = s.register.state.asked.length
  await askForEverything(s.app)
  await askForEverything(await s.another())
  expect(s.register.state.asked.length - asked).toBe(0)
  expect(await undone(s.app)).toEqual({ newOnes: 0, missing: 1, delivered: 0 })
  await s.app.store.pauses.end(s.source, by.actor, null, s.clock.now())
  await askForEverything(s.app)
  expect(await undone(s.app)).toEqual({ newOnes: 1, missing: 0, delivered: 1 })
})

it('asks it again by itself when the time is over, by the clock of the service', async () => {
  await using s = await staged([row(1), row(2)])
  await workForEveryone(s)
  await s.pause(2)
  s.clock.advance(2 * hourMs - 1)
  await askForEverything(s.app)
  expect(await undone(s.app)).toEqual({ newOnes: 0, missing: 1, delivered: 0 })
  s.clock.advance(1)
  await askForEverything(s.app)
  expect(await undone(s.app)).toEqual({ newOnes: 1, missing: 0, delivered: 1 })
  expect(await s.app.store.pauses.end(s.source, by.actor, null, s.clock.now())).toBe(false)
})

it('stops a reading that is under way, and reads its window again afterwards', async () => {
  await using s = await staged([row(1)])
  for (let id = 2; id < 52; id++) s.rows.push(row(id))
  const [source] = s.app.sources.values()
  const read = source!.connector.read
  let reads = 0
  Object.assign(source!.connector, {
    read: async (ref: Parameters<typeof read>[0]) => {
      if (++reads === 4) await s.pause(1)
      return read(ref)
    },
  })
  await openPasses(s.app, s.source)
  const { rows } = await s.app.store.db.raw(
    `select id from sync.pass where state = 'due' and kind = 'head'`,
  )
  expect(await pull(s.app, rows[0].id)).toBe('notOurs')
  // What was in hand may be asked for to its end.
  expect(reads).toBeLessThan(4 + 4 * source!.profile.poll.concurrency)
  Object.assign(source!.connector, { read })
  s.clock.advance(hourMs)
  // What was in hand is written to its end under the lock of its reading, which is left alone until then.
  await expect.poll(() => s.app.store.passes.retakeExpired()).toBe(1)
  await retryAll(s.app.store)
  await settleAll(s.app)
  await pullAll(s.app)
  expect((await s.app.store.overview.totals()).staged).toBe(51)
})

it('leaves the legal clocks alone, and tells what the pause costs', async () => {
  await using s = await staged([
    row(1),
    row(2),
    row(3, { publish_date: '2026-03-03T00:00:00+07:00' }),
  ])
  await workForEveryone(s)
  const clocks = async () =>
    (
      await s.app.store.db.raw(
        `select source_ref, classify_by, deadline_date from sync.directive order by 1`,
      )
    ).rows
  const before = await clocks()
  await s.pause(20)
  const now = s.clock.now()
  const cost = await s.app.store.pauses.cost(s.source, now, new Date(now.getTime() + 20 * hourMs))
  expect(cost.deadlines).toMatchObject([{ code: '782/UBND-NNMT', deadlineDate: '2026-03-04' }])
  expect(cost.replies).toMatchObject([{ code: '781/UBND-NNMT', state: 'pending' }])
  s.clock.advance(20 * hourMs)
  expect(await clocks()).toEqual(before)
  expect((await s.app.store.overview.deadlines(s.clock.now())).overdue).toBe(1)
})

it('says who paused and resumed, until when and why, in the history', async () => {
  await using s = await staged([row(1)])
  await s.pause(2)
  const until = new Date(s.clock.now().getTime() + 2 * hourMs)
  expect(await s.app.store.pauses.inForce(s.clock.now())).toEqual([
    { source: s.source, since: s.clock.now(), until, ...by },
  ])
  expect(await s.app.store.pauses.end(s.source, 'trực ban', 'xong sớm', s.clock.now())).toBe(true)
  expect(await s.app.store.pauses.end(s.source, 'trực ban', 'xong sớm', s.clock.now())).toBe(false)
  const { rows } = await s.app.store.db.raw(
    `select event, actor, detail from sync.history where event like 'source%' order by event`,
  )
  expect(rows).toEqual([
    {
      event: 'sourcePaused',
      actor: by.actor,
      detail: { source: s.source, until: until.toISOString(), reason: by.reason },
    },
    {
      event: 'sourceResumed',
      actor: 'trực ban',
      detail: { source: s.source, reason: 'xong sớm' },
    },
  ])
})

it('pauses one source and no other', async () => {
  const [one, two] = [await openRegister([row(1)]), await openRegister([row(2)])]
  const second = { ...profileAt(two.address), name: 'qlvb-huyen' }
  await using t = await testApp([profileAt(one.address), second])
  const [paused = ''] = t.app.sources.keys()
  const until = new Date(start.getTime() + hourMs)
  await t.app.store.pauses.begin({ source: paused, since: start, until, ...by })
  await askForEverything(t.app)
  expect(one.state.asked).toEqual([])
  expect(two.state.asked.length).toBeGreaterThan(0)
  await one.close()
  await two.close()
})
