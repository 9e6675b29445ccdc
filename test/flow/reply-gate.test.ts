import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordReply } from '#src/flow.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { sendDue } from '#test/support/claims.ts'
import { admitWaiting } from '#test/support/writings.ts'

let register: Awaited<ReturnType<typeof openRegister>>
beforeAll(async () => {
  register = await openRegister([row(1)])
})
afterAll(() => register.close())

const content = {
  outcome: 'completed',
  completedOn: '2026-03-04',
  explanation: 'Đã hoàn thành',
  document: null,
} as const

async function assignment({ app }: TestApp): Promise<string> {
  await pullAll(app)
  const task = [
    {
      description: 'Báo cáo',
      dueOn: null,
      lead: { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
    },
  ]
  const { rows } = await app.store.db.raw(
    `select tracking.classify((select id from tracking.directives), ?, 'chuyên viên') as id`,
    [JSON.stringify(task)],
  )
  await admitWaiting(app.store)
  return rows[0].id
}

const kept = async ({ app }: TestApp) =>
  (await app.store.db.raw(`select id from sync.reply`)).rows.length

it('sends a reply back with its file, once', async () => {
  await using t = await testApp([profileAt(register.address)])
  const before = register.state.replies.length
  const file = {
    name: 'bao-cao.pdf',
    mediaType: 'application/pdf',
    content: Readable.from([Buffer.from('%PDF-1.4')]),
  }
  const id = await recordReply(t.app, await assignment(t), content, [file], 'đơn vị')
  await sendDue(t.app)
  await sendDue(t.app)
  expect(register.state.replies.slice(before).map((reply) => reply.ma_tra_loi)).toEqual([id])
  expect(register.state.replies.at(-1)!.body.tep).toMatchObject([
    { ten: 'bao-cao.pdf', noi_dung: Buffer.from('%PDF-1.4').toString('base64') },
  ])
})

it('keeps nothing of a reply the gate refuses, its files included', async () => {
  await using t = await testApp([profileAt(register.address)])
  const on = await assignment(t)
  const file = {
    name: 'bao-cao (MAT).pdf',
    mediaType: 'application/pdf',
    content: Readable.from([Buffer.from('x')]),
  }
  await expect(recordReply(t.app, on, content, [file], 'đơn vị')).rejects.toThrow(
    /nothing of it was kept/,
  )
  await expect(
    recordReply(t.app, on, { ...content, explanation: 'Xem (MAÄT) kèm theo' }, [], 'đơn vị'),
  ).rejects.toThrow(/nothing of it was kept/)
  expect(await kept(t)).toBe(0)
})

it('never sends, and removes, what was written in SQL in a disguise that only the gate knows', async () => {
  await using t = await testApp([profileAt(register.address)])
  const before = register.state.replies.length
  const disguised = { ...content, explanation: 'Xem (MAÄT) kèm theo' }
  await t.app.store.db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [
    await assignment(t),
    JSON.stringify(disguised),
  ])
  await sendDue(t.app)
  expect(register.state.replies.length).toBe(before)
  expect(await kept(t)).toBe(0)
  expect((await t.app.store.db.raw(`select id from sync.outbox`)).rows).toEqual([])
  expect(t.logged.join('')).not.toContain('kèm theo')
})
