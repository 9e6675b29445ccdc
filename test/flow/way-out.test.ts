import { expect, it } from 'vitest'
import type { Delivery, SendOutcome } from '#connectors/connector.ts'
import { explainFailure } from '#src/cli/failure-words.ts'
import { linking } from '#src/store/migrations/0020-waiting-writings.ts'
import { row } from '#test/connectors/paged-register.ts'
import { farSide, withConnector } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { sendDue } from '#test/support/claims.ts'
import { assigned, now, testStore } from '#test/support/store.ts'
import { admitWaiting, notAdmittedIn } from '#test/support/writings.ts'

const by = ['an', 'đã hỏi nguồn'] as const
const failure = { word: 'timeout', source: 'nguon', operation: 'reply' } as const
const rejected: SendOutcome = { word: 'rejected', answer: 'sai mẫu' }

/** A classified directive of a source that is told everything, and what left for it, in order. */
async function told(
  replies: 'none' | 'document' | 'message' = 'document',
  tasks = 1,
  found: 'none' | 'noLookUp' = 'none',
) {
  const f = await farSide([row(1)])
  const left: (Delivery & { kind: 'status' | 'reply' })[] = []
  let answer: SendOutcome = { word: 'delivered', farRef: null }
  const app = withConnector(f.app, (connector) => ({
    can: { ...connector.can, replies },
    send: async (delivery) => {
      if (delivery.kind !== 'acknowledge') left.push(delivery)
      return delivery.kind === 'reply' ? answer : { word: 'delivered', farRef: null }
    },
    lookUp: async () => ({ ok: true, value: { found } }),
  }))
  const { db } = app.store
  const statuses = ['02', '03', '04', '05', '06']
  await app.store.sources.register(f.profile.name, { statuses, replies }, 'f')
  await pullAll(app)
  const task = { description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở A' } }
  const { rows } = await db.raw(
    `select tracking.classify((select id from tracking.directives), ?, 'cv') as id`,
    [JSON.stringify(Array.from({ length: tasks }, () => task))],
  )
  const assignments: string[] = rows.map(({ id }: { id: string }) => id)
  return {
    app,
    db,
    logged: f.t.logged,
    assignments,
    answers: (outcome: SendOutcome) => {
      answer = outcome
    },
    reply: (number: string, change: object = {}, assignment = assignments[0]!) =>
      db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [
        assignment,
        JSON.stringify({
          ...{ outcome: 'completed', completedOn: '2026-03-04', explanation: `Đã xong ${number}` },
          document: {
            ...{ number, symbol: 'BC-S', issuedOn: '2026-03-04', typeName: 'Báo cáo' },
            ...{ subject: 'Kết quả', signer: 'Nguyễn Văn Thử' },
          },
          ...change,
        }),
      ]),
    async send() {
      await db.raw(`update sync.outbox set due_at = clock_timestamp() where due_at < 'infinity'`)
      await sendDue(app)
      return left.splice(0).map((one) => (one.kind === 'status' ? one.code : one.kind))
    },
    async row(state: string): Promise<string> {
      const { rows } = await db.raw(
        `select id from sync.outbox where kind = 'reply' and state = ? order by place limit 1`,
        [state],
      )
      return rows[0].id
    },
    async states() {
      const { rows } = await db.raw(
        `select coalesce(detail ->> 'code', kind) || ' ' || state as state from sync.outbox order by place`,
      )
      return rows.map(({ state }: { state: string }) => state)
    },
    [Symbol.asyncDispose]: () => f[Symbol.asyncDispose](),
  }
}

it('sends no status whose text the gate refuses, and keeps nothing of it but an item', async () => {
  await using s = await told('none')
  await s.send()
  const texts = [
    ['02', 'Không thuộc thẩm quyền. Xem TÀI LIỆU MẬT kèm theo'],
    ['06', 'Đã xong. Kèm theo TÀI LIỆU MẬT'],
    ['06', 'Đã xong MËT'],
    ['06', 'Đã xong (MАT)'],
    ['05', 'Đang xử lý 𠮷'],
    ['16', 'Từ chối: xem S.E.C.R.E.T'],
    ['03', 'Đã tiếp nhận'],
  ]
  // As a version wrote them that asked the gate at another place.
  for (const [code, description] of texts)
    await s.db.raw(
      `insert into sync.outbox (source, kind, directive_id, detail, written_at) select source, 'status', id, ?, now() from sync.directive`,
      [JSON.stringify({ code, description })],
    )
  expect(await s.send()).toEqual(['03'])
  expect(await notAdmittedIn(s.app.store)).toEqual(
    Array.from({ length: 6 }, () => ({ act: 'status', cause: 'notEligible' })),
  )
  const { rows } = await s.db.raw(
    `select concat_ws(' ', (select json_agg(o) from sync.outbox o), (select json_agg(h) from sync.history h), (select json_agg(n) from sync.not_admitted n)) as all`,
  )
  for (const said of [rows[0].all, s.logged.join('')])
    expect(said).not.toMatch(/TÀI LIỆU|MËT|MАT|𠮷|S\.E\.C/)
})

it('tells nobody that all is completed before the document has arrived', async () => {
  await using s = await told()
  await s.reply('12')
  s.answers({ word: 'unconfirmed', failure })
  expect(await s.send()).toEqual(['03', '04', 'reply'])
  for (let n = 0; n < 3; n++) expect(await s.send()).not.toContain('06')
  await s.app.store.outbox.settleByHand(await s.row('unconfirmed'), 'delivered', ...by, now)
  expect(await s.send()).toEqual(['06'])
})

it('asks a person at once about a reply that its source cannot be asked for', async () => {
  await using s = await told('document', 1, 'noLookUp')
  await s.reply('12')
  s.answers({ word: 'unconfirmed', failure })
  await s.send()
  await s.send()
  const { rows } = await s.db.raw(
    `select state, failure, due_at > clock_timestamp() + interval '1 year' as "waitsForPerson" from sync.outbox where kind = 'reply'`,
  )
  expect(rows).toEqual([{ state: 'unconfirmed', failure: 'noLookUp', waitsForPerson: true }])
  expect(explainFailure('noLookUp')).toMatch(/the source cannot be asked/)
})

it('holds 06 back behind a rejected document, and nothing else behind 06', async () => {
  await using s = await told()
  await s.reply('12')
  s.answers(rejected)
  expect(await s.send()).toEqual(['03', '04', 'reply'])
  await s.db.raw(`select tracking.begin_work(?, 'đơn vị')`, [s.assignments[0]!])
  expect(await s.send()).toEqual(['05'])
  expect((await s.app.store.look([], s.app.sources.keys())).due.sends).toBe(0)
  s.answers({ word: 'delivered', farRef: null })
  await s.app.store.outbox.settleByHand(await s.row('rejected'), 'pending', ...by, now)
  expect(await s.send()).toEqual(['reply', '06'])
})

it('settles 06 with a document that a person dealt with otherwise', async () => {
  await using s = await told()
  await s.reply('12')
  s.answers(rejected)
  await s.send()
  await s.app.store.outbox.settleByHand(await s.row('rejected'), 'settled', ...by, now)
  expect(await s.send()).toEqual([])
  expect(await s.states()).toEqual(['03 delivered', '04 delivered', 'reply settled', '06 settled'])
})

it('tells 06 once, behind the reply written in place of a rejected one', async () => {
  await using s = await told()
  await s.reply('12')
  s.answers(rejected)
  await s.send()
  s.answers({ word: 'delivered', farRef: null })
  await s.reply('13')
  expect(await s.send()).toEqual(['reply', '06'])
  const { rows } = await s.db.raw(
    `select detail ->> 'description' as said from sync.outbox where detail ->> 'code' = '06'`,
  )
  expect(rows).toEqual([{ said: 'Đã xong 13' }])
})

it('tells 06 behind the last of several replies, and at once where no document goes', async () => {
  await using s = await told('document', 2)
  const [one, two] = s.assignments as [string, string]
  await s.reply('12', {}, one)
  await s.reply('13', { document: null }, two)
  expect(await s.send()).toEqual(['03', '04', 'reply', '06'])
  await using silent = await told('none')
  await silent.reply('12')
  expect(await silent.send()).toEqual(['03', '04', '06'])
})

it('takes 06 away with a reply that the gate refuses where it leaves, and asks a person', async () => {
  await using s = await told()
  await s.reply('12')
  await s.send()
  await s.db.raw(`delete from sync.outbox where detail ->> 'code' = '06'`)
  // As a version admitted it that knew less.
  await s.db.raw(
    `update sync.outbox set state = 'pending' where kind = 'reply';
     update sync.reply set subject = 'Kết quả 𠮷';
     insert into sync.outbox (source, kind, directive_id, detail, written_at, speaks_of)
       select d.source, 'status', d.id, '{"code":"06","description":"Đã xong"}', now(), r.id from sync.directive d join sync.reply r on r.directive_id = d.id`,
  )
  expect(await s.send()).toEqual([])
  expect(await s.states()).toEqual(['03 delivered', '04 delivered'])
  expect(await notAdmittedIn(s.app.store)).toEqual([{ act: 'reply', cause: 'notEligible' }])
  const { rows } = await s.db.raw(`select last_outcome from tracking.assignments`)
  expect(rows).toEqual([{ last_outcome: null }])
  await s.reply('13')
  expect(await s.send()).toEqual(['reply', '06'])
})

it('judges also the unit that a reply names', async () => {
  await using s = await told()
  await s.reply('12')
  await s.send()
  await s.db.raw(
    `update sync.outbox set state = 'pending' where kind = 'reply'; update sync.unit_name set name = 'Đơn vị. HỒ SƠ, VĂN BẢN MẬT'`,
  )
  expect(await s.send()).toEqual([])
  expect(await notAdmittedIn(s.app.store)).toEqual([{ act: 'reply', cause: 'notEligible' }])
})

it('takes the reply with a 06 that says its marked words and needs no document', async () => {
  await using s = await told('none')
  await s.reply('12')
  await s.send()
  await s.db.raw(
    `update sync.outbox set state = 'pending', detail = '{"code":"06","description":"Kèm theo TÀI LIỆU MẬT"}' where detail ->> 'code' = '06';
     update sync.reply set explanation = 'Kèm theo TÀI LIỆU MẬT'`,
  )
  expect(await s.send()).toEqual([])
  expect((await s.db.raw(`select id from sync.reply`)).rows).toEqual([])
  expect(await notAdmittedIn(s.app.store)).toEqual([{ act: 'reply', cause: 'notEligible' }])
})

it('puts a 06 that waits in an older store behind its reply', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sources.register('nguon', { statuses: ['06'], replies: 'message' }, 'f')
  const { assignment } = await assigned(store)
  const content = { outcome: 'completed', completedOn: '2026-09-07', explanation: 'Đã xong' }
  await store.db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [assignment, JSON.stringify(content)])
  await admitWaiting(store)
  await store.db.raw(`update sync.outbox set speaks_of = null`)

  await store.db.raw(linking)

  const { rows } = await store.db.raw(
    `select o.speaks_of = r.id as linked from sync.outbox o cross join sync.reply r where o.kind = 'status'`,
  )
  expect(rows).toEqual([{ linked: true }])
})
