import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { admitted, assigned, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'

const document = {
  number: '12',
  symbol: 'BC-SNNMT',
  issuedOn: '2026-09-07',
  typeName: 'Báo cáo',
  subject: 'Kết quả thực hiện',
  signer: 'Nguyễn Văn Thử',
}
const reply = {
  outcome: 'completed',
  completedOn: '2026-09-07',
  explanation: 'Đã hoàn thành',
  document,
}

it('documents every view, every column that needs a word, and every function of the contract', async () => {
  await using t = await testStore()
  const { rows } = await t.store.db.raw(
    `select c.relname as name from pg_class c where c.relnamespace = 'tracking'::regnamespace and obj_description(c.oid) is null
     union all select proname from pg_proc p where p.pronamespace = 'tracking'::regnamespace and obj_description(p.oid) is null`,
  )
  expect(rows).toEqual([])
})

it('opens nothing but the contract to the tracking software', async () => {
  await using t = await testStore()
  await assigned(t.store)
  const as = (statement: string) =>
    t.store.db.transaction((tx) =>
      tx.raw(`set local role chidao_tracking`).then(() => tx.raw(statement)),
    )
  expect((await as(`select code from tracking.directives`)).rows).toHaveLength(1)
  await expect(as(`select * from sync.directive`)).rejects.toThrow(/permission denied/)
  await expect(
    as(`insert into sync.history (at, actor, event) values (now(), 'x', 'y')`),
  ).rejects.toThrow(/permission denied/)
})

it('classifies once; an empty list means that no task is assigned', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  const { rows } = await t.store.db.raw(`select id from tracking.directives`)
  const classify = () =>
    t.store.db.raw(`select tracking.classify(?, '[]', 'chuyên viên')`, [rows[0].id])
  await classify()
  await expect(classify()).rejects.toThrow(/đã được phân loại/)
})

it('answers a repeated reply with the same id without writing twice', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  const id = randomUUID()
  for (let i = 0; i < 2; i++)
    await t.store.db.raw(`select tracking.reply(?, ?, 'đơn vị', ?)`, [
      assignment,
      JSON.stringify(reply),
      id,
    ])
  await admitWaiting(t.store)
  expect(
    (await t.store.db.raw(`select id from sync.outbox where kind = 'reply'`)).rows,
  ).toHaveLength(1)
  expect((await t.store.db.raw(`select delivery from tracking.replies`)).rows).toEqual([
    { delivery: 'pending' },
  ])
})

it.each([
  ['its explanation', { ...reply, explanation: 'Xem văn bản (MẬT) kèm theo' }],
  ['its subject', { ...reply, document: { ...document, subject: 'Báo cáo TUYỆT MẬT' } }],
  ['its symbol', { ...reply, document: { ...document, symbol: 'BC-SNNMT-M' } }],
  ['letters spaced out', { ...reply, explanation: 'M Ậ T' }],
  ['decomposed letters', { ...reply, explanation: '[mật]'.normalize('NFD') }],
  ['zero-width characters', { ...reply, explanation: 'm\u200bật' }],
])('keeps nothing of a reply marked secret in %s', async (_where, content) => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await expect(
    t.store.db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [assignment, JSON.stringify(content)]),
  ).rejects.toMatchObject({ code: 'CD001' })
  expect((await t.store.db.raw(`select id from sync.reply`)).rows).toEqual([])
  expect((await t.store.db.raw(`select id from sync.outbox where kind = 'reply'`)).rows).toEqual([])
})

it.each([
  'Tăng cường bảo mật thông tin',
  'Quản lý mật độ xây dựng',
  'Phát triển nghề nuôi ong lấy mật ong',
  'Bảo vệ bí mật nhà nước trong tình hình mới',
])('takes a reply that speaks of "%s"', async (explanation) => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await t.store.db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [
    assignment,
    JSON.stringify({ ...reply, explanation }),
  ])
  await admitWaiting(t.store)
  expect((await t.store.db.raw(`select explanation from tracking.replies`)).rows).toEqual([
    { explanation },
  ])
})

it('returns a task only with a reason', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await expect(
    t.store.db.raw(`select tracking.return_to_office(?, ' ', 'đơn vị')`, [assignment]),
  ).rejects.toThrow(/lý do/)
  await t.store.db.raw(`select tracking.return_to_office(?, 'Không thuộc chức năng', 'đơn vị')`, [
    assignment,
  ])
  await admitWaiting(t.store)
  expect((await t.store.db.raw(`select last_outcome from tracking.assignments`)).rows).toEqual([
    { last_outcome: 'returned' },
  ])
})

it('gives a directive marked "thực hiện ngay" the end of its issue date', async () => {
  await using t = await testStore()
  const { directive } = await assigned(t.store)
  await t.store.db.raw(`select tracking.act_at_once(?, 'lãnh đạo Văn phòng')`, [directive])
  await admitWaiting(t.store)
  const { rows } = await t.store.db.raw(
    `select deadline_date, classify_by from tracking.directives`,
  )
  expect(rows).toEqual([
    { deadline_date: '2026-09-04', classify_by: new Date('2026-09-04T17:00:00Z') },
  ])
})

it('knows a unit by its code through several directives', async () => {
  await using t = await testStore()
  await assigned(t.store, 'a')
  await assigned(t.store, 'b')
  expect((await t.store.db.raw(`select code, name from tracking.units`)).rows).toEqual([
    { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
  ])
})
