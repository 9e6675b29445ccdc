import { expect, it } from 'vitest'
import { admitted, runningPass } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { type OpenedPages, openedPages } from './opened-pages.ts'
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

it('shows both sides of what may be one document, and takes the answer', async () => {
  await using opened = await openedPages()
  const { app } = opened.t
  await stock(app)
  await app.store.sources.register('hai', { statuses: [], replies: 'none' }, 'f')
  const pass = await runningPass(app.store)
  for (const [source, change] of [
    ['nguon', { number: '41', issuedOn: '2026-09-04' }],
    ['hai', { number: '41', issuedOn: '2026-08-20', subject: 'Bổ nhiệm ông X' }],
  ] as const) {
    const message = admitted(`41 ${source}`, change)
    const deadline = { ...message.deadline, calendarVersion: app.calendar.version }
    await app.store.intake.stage({ ...pass, source }, { ...message, deadline }, app.clock.now())
  }
  const shown = await opened.text('/attention?kind=mayBeSame')
  for (const part of ['2026-09-04', '2026-08-20', 'Bổ nhiệm ông X', 'lệch hơn một ngày'])
    expect(shown).toContain(part)
  const [item] = await app.store.attention.list({ at: app.clock.now(), kinds: ['mayBeSame'] })
  const name = `mayBeSame/${item!.source}/${item!.id}`
  const asked = `/attention/confirm?act=two&item=${encodeURIComponent(name)}`
  expect(await opened.text(asked)).toContain('không hỏi lại nữa')
  const fields = { act: 'two', item: name, count: '1', reason }
  expect((await opened.submit(asked, '/attention/act', fields)).status).toBe(303)
  expect(await lastAct(opened, 'saidToBeTwo')).toMatchObject({ actor: 'quan-tri', reason })
  expect(await opened.text('/attention')).not.toContain('mayBeSame/')
})

it('names a file that cannot be used, and lets it leave the list when somebody has seen it', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  await opened.t.app.store.db.raw(
    `insert into sync.directive_file (directive_id, ref, revision, state, position, name, unusable) values (?, 'p', 1, 'unusable', 9, 'Phụ lục 2.pdf', 'noContent')`,
    [kept.open],
  )
  const directive = `/directives/${kept.open}`
  expect(await opened.text(directive)).toMatch(
    /Phụ lục 2\.pdf<\/span>.*phụ lục<.*không dùng được<\/span><br><small>nơi gửi không gửi nội dung/,
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

/** A full text of the source that the configuration knows: waited for, and larger than the source may send. */
async function waitingText(opened: OpenedPages): Promise<{ id: string; file: string }> {
  const { app } = opened.t
  const source = [...app.sources.keys()][0]!
  const { maxFileBytes } = app.sources.get(source)!.profile.limits
  const pass = await runningPass(app.store)
  const message = admitted('waits', { number: '31', code: '31/UBND-TH', issuedOn: '2026-09-06' })
  const deadline = { ...message.deadline, calendarVersion: app.calendar.version }
  await app.store.intake.stage(pass, { ...message, deadline }, app.clock.now())
  const { rows } = await app.store.db.raw(
    `update sync.directive set source = ?, files_complete_at = null where source_ref = 'waits' returning id`,
    [source],
  )
  const { rows: files } = await app.store.db.raw(
    `insert into sync.directive_file (directive_id, ref, revision, state, is_full_text, position, name, announced_size, attempts, failure, due_at)
     values (:id, 't', 1, 'waiting', true, 0, 'Toàn văn.pdf', :size, 2, 'tooLarge', clock_timestamp() + interval '1 hour') returning id`,
    { id: rows[0].id, size: maxFileBytes + 1024 },
  )
  return { id: rows[0].id, file: files[0].id }
}

it('shows why a file is not here, and fetches it again or waits no longer when a person says why', async () => {
  await using opened = await openedPages()
  await stock(opened.t.app)
  const { id, file } = await waitingText(opened)
  const page = `/directives/${id}`
  const shown = await opened.text(page)
  expect(shown).toMatch(/Toàn văn\.pdf<\/span>.*toàn văn<.*đang lấy<\/span>/)
  expect(shown).toMatch(/lớn hơn mức cho phép [\d.]+ MiB, vượt 1\.0 KiB; tăng limits\.maxFileBytes/)
  expect(await opened.text('/deadlines')).toContain('chưa có toàn văn')
  const attention = await opened.text('/attention?kind=fileMissing')
  expect(attention).toMatch(/vượt 1\.0 KiB.*1 tệp, trong đó có toàn văn/)
  expect(attention).toContain(`href="/directives/${id}#files"`)

  const act = (name: string) => `${page}/files/${file}/acts/${name}`
  expect((await opened.get(act('retry'), '', 'viewer')).status).toBe(403)
  expect(await (await opened.get(page, '', 'viewer')).text()).not.toContain(act('retry'))
  expect((await opened.submit(act('retry'), act('retry'), { reason: ' ' })).status).toBe(422)
  const retried = await opened.submit(act('retry'), act('retry'), { reason })
  expect([retried.status, retried.headers.get('location')]).toEqual([
    303,
    `${page}?done=retry#files`,
  ])
  expect(await lastAct(opened, 'filesRetried')).toMatchObject({ actor: 'quan-tri', reason })

  const asked = await opened.text(act('giveUp'))
  expect(asked).toContain('thiếu toàn văn khi hết hạn thì vẫn là thiếu toàn văn')
  expect(asked, 'its source acknowledges nothing').not.toContain('name="tell"')
  const { connector } = [...opened.t.app.sources.values()][0]!
  Object.assign(connector.can, { acknowledges: true })
  expect(await opened.text(act('giveUp'))).toMatch(
    /<select id="tell" name="tell".*đã nhận<.*không nhận được</,
  )
  const givenUp = await opened.submit(act('giveUp'), act('giveUp'), { reason, tell: 'fail' })
  expect(givenUp.status).toBe(303)
  expect(await lastAct(opened, 'fileGivenUp')).toMatchObject({ actor: 'quan-tri', reason })
  const after = await opened.text(page)
  expect(after).toContain('quản trị viên quyết định không chờ')
  expect(after).toContain('báo nguồn: không nhận được')
  expect((await opened.submit(page, act('giveUp'), { reason })).status).toBe(422)
  const unknown = `${page}/files/${crypto.randomUUID()}/acts/retry`
  expect((await opened.get(unknown)).status).toBe(404)
})

it('has a directive fetched again from the list of what waits', async () => {
  await using opened = await openedPages()
  await stock(opened.t.app)
  const { id, file } = await waitingText(opened)
  const source = [...opened.t.app.sources.keys()][0]!
  const item = `fileMissing/${source}/${id}`
  const confirm = `/attention/confirm?act=retry&item=${encodeURIComponent(item)}`
  expect(await opened.text(confirm)).toContain('31/UBND-TH')
  const fields = { act: 'retry', item, count: '1', reason }
  expect((await opened.submit(confirm, '/attention/act', fields)).status).toBe(303)
  const { rows } = await opened.t.app.store.db.raw(
    `select due_at <= clock_timestamp() as due from sync.directive_file where id = ?`,
    [file],
  )
  expect(rows).toEqual([{ due: true }])
})

it('offers the files of a copy while the text of a directive is not here', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const { id } = await waitingText(opened)
  const { db } = opened.t.app.store
  await db.raw(`update sync.directive set primary_id = :open where id = :id`, {
    open: kept.open,
    id,
  })
  const shown = await opened.text(`/directives/${id}`)
  expect(shown).toContain('Tệp của cùng văn bản qua nguồn nguon')
  expect(shown).toContain(`href="/directives/${kept.open}/files/${kept.file}" download`)
  expect(await (await opened.get(`/api/directives/${id}`)).json()).toMatchObject({
    files: [{ state: 'waiting', isFullText: true, failure: 'tooLarge' }],
    servedBy: { id: kept.open, files: [{ id: kept.file, state: 'stored' }] },
  })
  expect(await opened.text(`/directives/${kept.open}`)).not.toContain('Tệp của cùng văn bản')
  // What is withheld serves nobody.
  await opened.t.app.store.withholding.withhold(kept.open, 'byHand', opened.t.app.clock.now())
  const still = await opened.get(`/directives/${id}`)
  expect(still.status).toBe(200)
  expect(await still.text()).not.toContain('Tệp của cùng văn bản')
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
