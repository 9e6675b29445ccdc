import { expect, it } from 'vitest'
import { admitWaiting } from '#test/support/writings.ts'
import { openedPages } from './opened-pages.ts'
import { stock } from './stock.ts'

const reason = 'đã hỏi văn thư'

it('shows the count and the consequence first, and does nothing without a reason', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const item = `sendRejected/nguon/${kept.rejected}`
  const page = `/attention/confirm?act=settled&item=${encodeURIComponent(item)}`
  const shown = await opened.text(page)
  expect(shown).toContain('Đã xử lý cách khác: 1 mục')
  expect(shown).toContain('Không gửi thêm lần nào nữa')
  const fields = { act: 'settled', item, count: '1' }
  const without = await opened.submit(page, '/attention/act', { ...fields, reason: ' ' })
  expect(without.status).toBe(422)
  const marked = await opened.submit(page, '/attention/act', { ...fields, reason: 'theo CV (MẬT)' })
  expect(marked.status).toBe(422)
  const other = await opened.submit(page, '/attention/act', { ...fields, count: '2', reason })
  expect(other.status).toBe(422)
  expect(await stateOf(opened, kept.rejected)).toBe('rejected')
})

it('settles a reply in the name of the account, and refuses whoever may only look', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const item = `sendUnconfirmed/nguon/${kept.unconfirmed}`
  const page = `/attention/confirm?act=delivered&item=${encodeURIComponent(item)}`
  const fields = { act: 'delivered', item, count: '1', reason }
  expect((await opened.get(page, '', 'viewer')).status).toBe(403)
  const asViewer = await opened.submit('/', '/attention/act', fields, 'viewer')
  expect(asViewer.status).toBe(403)
  expect(await stateOf(opened, kept.unconfirmed)).toBe('unconfirmed')
  const done = await opened.submit(page, '/attention/act', fields)
  expect([done.status, done.headers.get('location')]).toEqual([
    303,
    '/attention?done=delivered&n=1',
  ])
  expect(await stateOf(opened, kept.unconfirmed)).toBe('delivered')
  expect(await lastAct(opened, 'replySettled')).toMatchObject({ actor: 'quan-tri', reason })
})

it('retries, discards, releases and removes what waits', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const { db } = opened.t.app.store
  const act = (name: string, item: string, more = {}) =>
    opened.submit('/attention', '/attention/act', { act: name, item, count: '1', reason, ...more })
  const failed = `stagingFailed/nguon/${kept.failedIntake}`
  expect((await act('retry', failed)).status).toBe(303)
  const due = await db.raw(
    `select due_at <= clock_timestamp() as due from sync.intake where id = ?`,
    [kept.failedIntake],
  )
  expect(due.rows[0].due).toBe(true)
  expect((await act('discard', failed)).status).toBe(303)
  expect(await lastAct(opened, 'stagingDiscarded')).toMatchObject({ actor: 'quan-tri', reason })
  const withheld = `withheld/nguon/${kept.withheld}`
  expect((await act('purge', withheld)).status).toBe(422)
  expect((await act('release', withheld)).status).toBe(303)
  expect((await opened.get(`/directives/${kept.withheld}`)).status).toBe(200)
  await opened.t.app.store.withholding.withhold(kept.withheld, 'byHand', opened.t.app.clock.now())
  const decided = { authority: 'CV 12/VP-TH', reason: '' }
  expect((await act('purge', withheld, { ...decided, typed: '1' })).status).toBe(422)
  const typed = kept.withheld.slice(0, 8)
  expect((await act('purge', withheld, { ...decided, typed })).status).toBe(303)
  const left = await db.raw(`select from sync.directive where id = ?`, [kept.withheld])
  expect(left.rows).toEqual([])
})

it('settles what was not admitted, told without a word of what it said', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const { store } = opened.t.app
  await store.db.raw(`select tracking.refuse(?, 'Xem TÀI LIỆU MẬT kèm theo', 'chuyên viên')`, [
    kept.open,
  ])
  await admitWaiting(store)
  const shown = await opened.text('/attention?kind=notAdmitted')
  expect(shown).toContain('từ chối: chưa đủ điều kiện ghi vào hệ thống')
  expect(shown).not.toContain('TÀI LIỆU')
  const [item] = await store.attention.list({
    at: opened.t.app.clock.now(),
    kinds: ['notAdmitted'],
  })
  const fields = { act: 'settled', item: `notAdmitted/nguon/${item!.id}`, count: '1', reason }
  expect((await opened.submit('/attention', '/attention/act', fields)).status).toBe(303)
  expect(await lastAct(opened, 'notAdmittedSettled')).toMatchObject({ actor: 'quan-tri', reason })
  expect(await opened.text('/attention')).not.toContain('notAdmitted/nguon')
})

it('names a file that cannot be used, and lets it leave the list when somebody has seen it', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  await opened.t.app.store.db.raw(
    `insert into sync.directive_file (directive_id, ref, position, name, unusable) values (?, 'p', 9, 'Phụ lục 2.pdf', 'noContent')`,
    [kept.open],
  )
  const directive = `/directives/${kept.open}`
  expect(await opened.text(directive)).toMatch(
    /Phụ lục 2\.pdf<\/span> <small>\(nơi gửi không gửi nội dung/,
  )
  const item = `fileUnusable/nguon/${kept.open}`
  const asked = `/attention/confirm?act=known&item=${encodeURIComponent(item)}`
  expect(await opened.text(asked)).toContain('Ghi nhận rằng đã biết tệp không dùng được')
  const fields = { act: 'known', item, count: '1', reason }
  expect((await opened.submit(asked, '/attention/act', fields)).status).toBe(303)
  expect(await lastAct(opened, 'unusableFilesKnown')).toMatchObject({ actor: 'quan-tri', reason })
  expect(await opened.text('/attention')).not.toContain(item)
  expect(await opened.text(directive)).toContain('nơi gửi không gửi nội dung')
})

it('pauses a source with the deadlines it will cost shown first, loudly, and resumes it', async () => {
  await using opened = await openedPages()
  await stock(opened.t.app)
  const page = '/sources/nguon/pause?until=2026-09-08T10:00'
  const cost = await opened.text(page)
  expect(cost).toContain('Thời hạn rơi vào lúc tạm dừng: 3')
  const fields = { until: '2026-09-08T10:00', reason: 'nâng cấp máy chủ' }
  expect((await opened.submit(page, '/sources/nguon/pause', fields)).status).toBe(303)
  expect(await opened.text('/')).toContain('NGUỒN nguon ĐANG TẠM DỪNG đến 08/09/2026 10:00')
  expect((await opened.submit('/', '/sources/nguon/resume', { reason })).status).toBe(303)
  expect(await opened.text('/')).not.toContain('ĐANG TẠM DỪNG đến')
  expect(await lastAct(opened, 'sourceResumed')).toMatchObject({ actor: 'quan-tri', reason })
})

it('recalls a directive by hand by a named decision, and takes that back', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const act = (name: string, more: Record<string, string>) =>
    opened.submit('/', `/directives/${kept.open}/acts/${name}`, { reason, ...more })
  expect((await act('recall', {})).status).toBe(422)
  expect((await act('recall', { authority: 'CV 12/VP-TH' })).status).toBe(303)
  const recalled = await opened.text(`/directives/${kept.open}`)
  expect(recalled).toContain('CV 12/VP-TH')
  expect(recalled).toContain('Đã thu hồi')
  expect((await act('undoRecall', { authority: 'CV 13/VP-TH' })).status).toBe(303)
  expect(await opened.text('/deadlines')).toContain('780/UBND-NNMT')
})

type Opened = Awaited<ReturnType<typeof openedPages>>

async function stateOf({ t }: Opened, id: string): Promise<string> {
  const { rows } = await t.app.store.db.raw(`select state from sync.outbox where id = ?`, [id])
  return rows[0].state
}

async function lastAct({ t }: Opened, event: string) {
  const { rows } = await t.app.store.db.raw(
    `select actor, detail ->> 'reason' as reason from sync.history where event = ? order by at desc limit 1`,
    [event],
  )
  return rows[0]
}
