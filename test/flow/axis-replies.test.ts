/** What an office on the axis hears of a directive that it issued. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { ReplyFile } from '#src/flow/reply-files.ts'
import { recordReply } from '#src/flow.ts'
import type { ReplyContent } from '#src/store/replies.ts'
import { type AxisOptions, sendAll, simulatedAxis, untilComplete } from '#test/support/axis.ts'
import { sendDue } from '#test/support/claims.ts'
import { admitWaiting } from '#test/support/writings.ts'

const unit = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
const report = Buffer.from('%PDF-1.4\nbáo cáo\n%%EOF\n')

async function staged(options: AxisOptions = {}) {
  const s = await simulatedAxis({
    ...options,
    agencies: [{ organId: unit.code, name: unit.name }],
  })
  await untilComplete(s.t)
  const { rows } = await s.t.app.store.db.raw(
    `select id, code, issuer, issued_on as "issuedOn" from tracking.directives order by code limit 3`,
  )
  const [directive] = rows
  const told = () =>
    s.axis
      .sent()
      .map(({ message }) => message)
      .filter((message) => message.kind === 'status')
      .filter(({ responseFor }) => responseFor[0]?.code === directive.code)
  const statuses = () => told().map(({ code }) => code)
  const documents = () => s.axis.sent().filter(({ messageType }) => messageType === 'edoc')
  return { ...s, app: s.t.app, directive, told, statuses, documents }
}

type Staged = Awaited<ReturnType<typeof staged>>

async function assigned({ app, directive }: Staged, units = [unit]): Promise<string[]> {
  const tasks = units.map((lead) => ({ description: 'Triển khai', dueOn: null, lead }))
  const { rows } = await app.store.db.raw(`select tracking.classify(?, ?, 'chuyên viên') as id`, [
    directive.id,
    JSON.stringify(tasks),
  ])
  await admitWaiting(app.store)
  return rows.map(({ id }: { id: string }) => id)
}

function reply(number: string, outcome: 'completed' | 'notCompleted' = 'completed'): ReplyContent {
  return {
    outcome,
    completedOn: outcome === 'completed' ? '2026-02-02' : null,
    explanation: 'Đã hoàn thành',
    document: {
      number,
      symbol: 'BC-SNNMT',
      issuedOn: '2026-02-02',
      typeName: 'Báo cáo',
      subject: `Kết quả thực hiện số ${number}`,
      signer: 'Nguyễn Văn Thử',
    },
  }
}

function files(): ReplyFile[] {
  return [
    { name: 'bao-cao.pdf', mediaType: 'application/pdf', content: Readable.from([report]) },
    {
      name: 'phu-luc.xlsx',
      mediaType: 'application/octet-stream',
      content: Readable.from(['bảng']),
    },
  ]
}

it('tells every step as the status that stands for it, and the reply as a document with its files', async () => {
  await using s = await staged()
  await sendAll(s.t)
  expect(s.statuses()).toEqual(['01'])
  const [assignment] = await assigned(s)
  await s.app.store.db.raw(`select tracking.begin_work(?, 'đơn vị')`, [assignment!])
  await admitWaiting(s.app.store)
  await recordReply(s.app, assignment!, reply('12'), files(), 'đơn vị')
  await sendAll(s.t)
  expect(s.statuses()).toEqual(['01', '03', '04', '05', '06'])
  expect(s.documents()).toMatchObject([
    {
      from: unit.code,
      to: [axisOffices.issuer.organId],
      message: {
        from: { organId: unit.code, name: unit.name },
        documentId: `${unit.code},2026/02/02,12/BC-SNNMT`,
        steering: 2,
        subject: 'Kết quả thực hiện số 12',
        responseFor: [{ code: s.directive.code, issuedOn: s.directive.issuedOn }],
        unknownElements: [],
      },
      files: [
        {
          name: 'bao-cao.pdf',
          size: report.length,
          sha256: createHash('sha256').update(report).digest('hex'),
        },
        { name: 'phu-luc.xlsx', size: Buffer.byteLength('bảng') },
      ],
    },
  ])
  const order = s.axis
    .sent()
    .map(({ messageType, message }) => (message.kind === 'status' ? message.code : messageType))
  expect(order.indexOf('edoc')).toBeLessThan(order.lastIndexOf('06'))
})

it('speaks in the name of the office where the profile says so', async () => {
  const self = { organId: axisOffices.self.organId, name: axisOffices.self.name }
  await using probe = await simulatedAxis()
  const { replies } = probe.t.app.sources.get('truc-vxp')!.profile
  await using s = await staged({ profile: { replies: { ...replies, sendAs: 'self', self } } })
  const [assignment] = await assigned(s)
  await recordReply(s.app, assignment!, reply('12'), [], 'đơn vị')
  await sendAll(s.t)
  expect(s.documents()).toMatchObject([{ from: self.organId, message: { from: self } }])
})

it('tells a refusal with its reason, and nothing of a task that comes back', async () => {
  await using s = await staged()
  await s.app.store.db.raw(`select tracking.refuse(?, 'Không thuộc thẩm quyền', 'chuyên viên')`, [
    s.directive.id,
  ])
  await sendAll(s.t)
  expect(s.statuses()).toEqual(['01', '02'])
  // Of other directives something may have been sent since.
  expect(s.told().at(-1)).toMatchObject({ code: '02', description: 'Không thuộc thẩm quyền' })

  const { rows } = await s.app.store.db.raw(
    `select id from tracking.directives where refused_at is null limit 1`,
  )
  const [assignment] = await assigned({ ...s, directive: rows[0] })
  const before = s.axis.sent().length
  await sendAll(s.t)
  const sentByThen = s.axis.sent().length
  expect(sentByThen).toBeGreaterThan(before)
  await s.app.store.db.raw(`select tracking.return_to_office(?, 'Giao lại', 'đơn vị')`, [
    assignment!,
  ])
  await sendAll(s.t)
  expect(s.axis.sent()).toHaveLength(sentByThen)
})

it('says 06 once, when every unit in the lead has completed', async () => {
  await using s = await staged()
  const [one, two] = await assigned(s, [unit, { code: 'H50.07', name: 'Sở Xây dựng' }])
  await recordReply(s.app, one!, { ...reply('1'), document: null }, [], 'đơn vị')
  await sendAll(s.t)
  expect(s.statuses()).not.toContain('06')
  await recordReply(s.app, two!, { ...reply('2'), document: null }, [], 'đơn vị')
  await recordReply(s.app, two!, { ...reply('2'), document: null }, [], 'đơn vị')
  await sendAll(s.t)
  expect(s.statuses().filter((code) => code === '06')).toHaveLength(1)
  expect(s.documents()).toEqual([])
})

it('sends a document whose answer was lost once, and finds it in the sent list', async () => {
  await using s = await staged()
  await sendAll(s.t)
  const [assignment] = await assigned(s)
  await sendAll(s.t)
  s.simulator.faults.arm('answerLost', 1)
  await recordReply(s.app, assignment!, reply('12', 'notCompleted'), files(), 'đơn vị')
  await sendDue(s.app)
  const delivery = async () =>
    (await s.app.store.db.raw(`select delivery from tracking.replies`)).rows[0].delivery
  await sendAll(s.t)
  expect(s.simulator.faults.counts().answerLost).toBe(1)
  expect(await delivery()).toBe('delivered')
  expect(s.documents()).toHaveLength(1)
})

it('does not call delivered what never arrived', async () => {
  await using s = await staged()
  const [assignment] = await assigned(s)
  await sendAll(s.t)
  s.simulator.faults.arm('dropped', 1)
  await recordReply(s.app, assignment!, reply('12', 'notCompleted'), [], 'đơn vị')
  for (let ring = 0; ring < 8; ring++) {
    await sendDue(s.app)
    await s.app.store.db.raw(`update sync.outbox set due_at = clock_timestamp() where look_ups < 5`)
  }
  const { rows } = await s.app.store.db.raw(
    `select state, failure, look_ups as "lookUps" from sync.outbox where kind = 'reply'`,
  )
  expect(rows).toEqual([{ state: 'unconfirmed', failure: 'noneFound', lookUps: 5 }])
  expect(s.documents()).toEqual([])
})

it('finds no match in a document that went out before', async () => {
  await using s = await staged()
  const [assignment] = await assigned(s)
  await recordReply(s.app, assignment!, reply('12', 'notCompleted'), [], 'đơn vị')
  await sendAll(s.t)
  s.clock.set(new Date(s.clock.now().getTime() + 3_600_000))
  s.simulator.faults.arm('dropped', 1)
  await recordReply(s.app, assignment!, reply('12', 'notCompleted'), [], 'đơn vị')
  await sendDue(s.app)
  await s.app.store.db.raw(`update sync.outbox set due_at = clock_timestamp()`)
  await sendDue(s.app)
  const { rows } = await s.app.store.db.raw(
    `select state from sync.outbox where kind = 'reply' order by place`,
  )
  expect(rows).toEqual([{ state: 'delivered' }, { state: 'unconfirmed' }])
})

it('lists a refusal of the axis with its words', async () => {
  await using s = await staged()
  const [assignment] = await assigned(s, [{ code: 'X99', name: 'Đơn vị chưa đăng ký' }])
  await recordReply(s.app, assignment!, reply('12'), [], 'đơn vị')
  await sendAll(s.t)
  const { rows } = await s.app.store.db.raw(`select delivery, answer from tracking.replies`)
  expect(rows).toEqual([
    { delivery: 'rejected', answer: expect.stringMatching(/Đơn vị gửi chưa đăng ký.*19/) },
  ])
})
