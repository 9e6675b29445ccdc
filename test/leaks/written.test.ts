/** Marked texts written through every function of the schema `tracking`, in each argument, over a running service. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'
import { startService } from '#src/service.ts'
import { openDatabase } from '#src/store/database.ts'
import { row } from '#test/connectors/paged-register.ts'
import { addAccounts, opsSettings } from '#test/ops/opened.ts'
import { farSide, withConnector } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { wait } from './run.ts'

const canaries: string[] = []

/** A text that the gate refuses and the plain check of the schema does not know, with a word that nothing else says. */
function marked(): string {
  const canary = `w${randomBytes(8).toString('hex')}`
  canaries.push(canary)
  const ways = ['Kèm theo TÀI LIỆU MẬT', 'Báo cáo MAÄT', 'S.E.C.R.E.T', 'M&#7852;T']
  return `${ways[canaries.length % ways.length]} ${canary}`
}

const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
const task = { description: 'Báo cáo', dueOn: null, lead }
const document = {
  ...{ number: '12', symbol: 'BC-S', issuedOn: '2026-03-04', typeName: 'Báo cáo' },
  ...{ subject: 'Kết quả', signer: 'Nguyễn Văn Thử' },
}
const reply = { outcome: 'completed', completedOn: '2026-03-04', explanation: 'xong', document }

it('leaves nothing of them in any table, view, log, page or file, and sends none', async () => {
  await using f = await farSide(Array.from({ length: 3 }, (_, n) => row(n + 1)))
  const inbox: string[] = []
  const app = withConnector(f.app, (connector) => ({
    send: async (delivery) => {
      inbox.push(JSON.stringify(delivery))
      return { word: 'delivered', farRef: null }
    },
    can: connector.can,
  }))
  const { db } = app.store
  const statuses = ['02', '03', '04', '05', '06', '15', '16']
  await app.store.sources.register(f.profile.name, { statuses, replies: 'message' }, 'f')
  await addAccounts(app.store)
  await pullAll(app)
  const { rows: directives } = await db.raw(`select id from tracking.directives order by code`)
  const [open, assignedTo, ordered] = directives.map(({ id }: { id: string }) => id)
  const { rows } = await db.raw(`select sync.classify(?, ?, 'cv', now()) as id`, [
    assignedTo,
    JSON.stringify([task]),
  ])
  const assignment = rows[0].id
  const { rows: orders } = await db.raw(
    `insert into sync.business_order (directive_id, kind, ordered_at) values (?, 'recall', now()) returning id`,
    [ordered],
  )
  const queue = { kind: 'none' } as const
  await using service = await startService(app, {
    ...{ queue, databaseUrl: f.t.url, pollMs: 600_000, sweepMs: 300, ops: opsSettings },
  })
  const refused: string[] = []
  const settled = async () =>
    (await db.raw(`select count(*) as n from sync.writing`)).rows[0].n === 0
  const write = async (sql: string, values: readonly (string | boolean)[]) => {
    await db.raw(`select tracking.${sql}`, [...values]).catch((error: { code: string }) => {
      refused.push(error.code)
    })
    // What waits would be in the way of the next.
    if (!(await wait(settled, 60_000))) throw new Error('What was written is never judged.')
  }
  const writeAll = async () => {
    for (const field of ['description', 'directedBy', 'opinion', 'followedBy', 'unread'])
      await write(`classify(?, ?, 'cv')`, [open, JSON.stringify([{ ...task, [field]: marked() }])])
    for (const unit of [
      { code: 'H50.09', name: marked() },
      { code: marked(), name: 'Sở A' },
    ]) {
      await write(`classify(?, ?, 'cv')`, [open, JSON.stringify([{ ...task, lead: unit }])])
      const support = [{ code: 'H50.07', name: 'Sở Xây dựng' }, unit]
      await write(`classify(?, ?, 'cv')`, [open, JSON.stringify([{ ...task, support }])])
    }
    await write(`classify(?, ?, ?)`, [open, JSON.stringify([task]), marked()])
    await write(`refuse(?, ?, 'cv')`, [open, marked()])
    await write(`refuse(?, 'nhầm', ?)`, [open, marked()])
    await write(`act_at_once(?, ?)`, [open, marked()])
    await write(`begin_work(?, ?)`, [assignment, marked()])
    for (const field of Object.keys(document).filter((name) => name !== 'issuedOn')) {
      const content = { ...reply, document: { ...document, [field]: marked() } }
      await write(`reply(?, ?, 'đơn vị')`, [assignment, JSON.stringify(content)])
    }
    for (const content of [
      { ...reply, explanation: marked() },
      { ...reply, [marked()]: true },
    ])
      await write(`reply(?, ?, 'đơn vị')`, [assignment, JSON.stringify(content)])
    await write(`reply(?, ?, ?)`, [assignment, JSON.stringify(reply), marked()])
    await write(`return_to_office(?, ?, 'đơn vị')`, [assignment, marked()])
    await write(`return_to_office(?, 'nhầm', ?)`, [assignment, marked()])
    await write(`answer_order(?, ?, ?, 'cv')`, [orders[0].id, false, marked()])
    await write(`answer_order(?, ?, 'vẫn cần', ?)`, [orders[0].id, false, marked()])
  }
  await writeAll()
  const session = await app.store.sessions.begin('quan-tri', opsSettings.sessions)
  const pages: string[] = []
  for (const path of [
    '/',
    '/attention',
    '/directives',
    '/replies',
    '/metrics',
    '/deadlines',
  ].concat(directives.map(({ id }: { id: string }) => `/directives/${id}`))) {
    const answer = await fetch(service.address + path, { headers: { cookie: `chidao=${session}` } })
    pages.push(await answer.text())
  }
  const { rows: views } = await db.raw(
    `select format('%I.%I', schemaname, viewname) as name from pg_views where schemaname in ('tracking', 'sync')`,
  )
  const shown: string[] = []
  for (const { name } of views)
    shown.push(JSON.stringify((await db.raw(`select * from ${name}`)).rows))
  await service.stop()

  const keys = openDatabase({ url: `${f.t.url}_keys`, poolSize: 1 })
  const found = await searchForLeaks({
    databases: [db, keys],
    folders: [f.t.filesDirectory],
    canaries,
    controls: ['Về việc triển khai nhiệm vụ số 1'],
  })
  await keys.destroy()
  expect(found).toMatchObject({ controlsFound: 1, leaks: 0, finds: [] })
  for (const text of [...pages, ...shown, ...inbox, ...f.t.logged])
    for (const canary of canaries) expect(text).not.toContain(canary)
  expect(inbox.join('')).not.toMatch(/"code":"(02|05|06|15|16)"/)

  const { rows: items } = await db.raw(
    `select act, count(*)::int as n from sync.not_admitted where cause = 'notEligible' group by act order by act`,
  )
  expect(items.map(({ act }: { act: string }) => act)).toEqual([
    'actAtOnce',
    'answerOrder',
    'beginWork',
    'classify',
    'refuse',
    'reply',
    'returnToOffice',
  ])
  expect(refused.filter((code) => code !== 'CD001')).toEqual([])
  // What waited leaves the file of its table as well.
  await db.raw(`vacuum sync.writing`)
  const { rows: left } = await db.raw(`select pg_relation_size('sync.writing')::int as bytes`)
  expect(left).toEqual([{ bytes: 0 }])
}, 180_000)
