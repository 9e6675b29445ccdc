/** A directive's whole life in order, from all the places where it is written down. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { LifeEvent } from '#src/store/directive-life.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

it('tells what happened, who did it and why, in the order in which it did', async () => {
  await using t = await testStore({ statuses: ['01', '03'] })
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, admitted('a'), now)
  const id = (await store.withholding.shown('nguon', null)).get('a')!
  const changed = admitted('a', { version: 'v2', subject: 'Nội dung mới' })
  await store.intake.stage(pass, changed, after(1))
  await store.withholding.withhold(id, 'vanished', after(2))
  const by = { actor: 'trực ban', reason: 'đã hỏi nguồn' }
  await store.withholding.release(id, after(3), by)
  const tasks = [{ description: 'x', dueOn: null, lead: { code: 'A', name: 'Sở A' } }]
  const { rows } = await store.db.raw(
    `select sync.classify(:id, :tasks, 'chuyên viên', :at) as assignment`,
    { id, tasks: JSON.stringify(tasks), at: after(4) },
  )
  const reply = { outcome: 'completed', completedOn: '2026-09-07', explanation: 'x' } as const
  const replyId = randomUUID()
  const { assignment } = rows[0]
  await store.replies.write(
    replyId,
    assignment,
    { ...reply, document: null },
    [],
    'đơn vị',
    after(5),
  )
  await store.db.raw(`update sync.outbox set state = 'delivered' where kind = 'status'`)
  const [sent] = await store.outbox.claimDue(randomUUID(), 10)
  const refused = { state: 'rejected', failure: 'rejected', answer: 'Sai đơn vị' } as const
  await store.outbox.settle(sent!, refused, after(6))
  await store.recalls.recall(id, { ...by, authority: 'CV 12' }, after(7))

  const whole = (await store.overview.directive(id))!
  const life = whole.life as LifeEvent[]
  const times = life.map(({ at }) => at.getTime())
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const told = life.map(({ actor, event }) => `${actor} ${event}`)
  const order = [
    'bridge read',
    'bridge deadlineComputed',
    'bridge staged',
    'bridge revised',
    'bridge updated',
    'bridge withheld',
    'trực ban released',
    'chuyên viên classified',
    'chuyên viên assigned',
    'đơn vị replied',
    'trực ban recalled',
  ]
  expect(
    told.filter((one) => order.includes(one)).filter((one, at, all) => all.indexOf(one) === at),
  ).toEqual(order)
  const detail = (event: string) => life.find((one) => one.event === event)!.detail
  expect(detail('revised')).toEqual({ revision: 2, changed: ['subject'] })
  expect(detail('deadlineComputed')).toEqual({ version: 'lich/1' })
  expect(detail('released')).toEqual({ reason: 'đã hỏi nguồn' })
  expect(detail('assigned')).toMatchObject({ unit: 'Sở A', role: 'lead', task: 1 })
  expect(detail('recalled')).toMatchObject({ reason: 'đã hỏi nguồn', authority: 'CV 12' })
  expect(
    life.filter(({ event }) => event === 'statusWritten').map((one) => one.detail.status),
  ).toEqual(['01', '03'])
  expect(detail('replyRejected')).toMatchObject({ answer: 'Sai đơn vị' })
  expect(Object.keys(whole)).toEqual(
    expect.arrayContaining(['files', 'history', 'intake', 'orders', 'replies', 'sends', 'tasks']),
  )

  await store.withholding.withhold(id, 'doubtful', after(8))
  expect(await store.overview.directive(id)).toBeNull()
})

it('names what replaces it on both sides, as long as that is shown', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const old = admitted('a')
  await store.intake.stage(pass, old, now)
  const message = admitted('b', { number: '781', code: '781/UBND-NNMT' })
  const successor = { ...message, business: 'replace' as const, concerns: ['a'] }
  await store.intake.stage(pass, successor, after(1))
  const shown = await store.withholding.shown('nguon', null)
  const [first, second] = [shown.get('a')!, shown.get('b')!]
  expect(await store.overview.directive(first)).toMatchObject({
    replacedBy: [{ id: second, code: '781/UBND-NNMT' }],
    replaces: [],
  })
  expect(await store.overview.directive(second)).toMatchObject({
    replaces: [{ id: first, code: '780/UBND-NNMT' }],
  })
  await store.withholding.withhold(second, 'doubtful', after(2))
  const left = JSON.stringify(await store.overview.directive(first))
  expect(left).not.toContain('781')
  expect(left).not.toContain(second)
})
