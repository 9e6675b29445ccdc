import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealPassword } from '#src/store/password.ts'
import { password } from '#test/ops/opened.ts'
import { type OpenedPages, openedPages } from './opened-pages.ts'
import { stock } from './stock.ts'

const act = { actor: 'bài thử', reason: null, at: new Date() }

describe('progress that moves by itself', () => {
  let opened: OpenedPages
  let path: string
  beforeAll(async () => {
    opened = await openedPages()
    await stock(opened.t.app)
    const scope = { source: 'nguon', from: '2026-08-01', until: '2026-09-08', refs: null }
    const { resyncs } = opened.t.app.store
    const by = { actor: 'lan', reason: 'kiểm tra cuối quý' }
    const id = await resyncs.request({ ...scope, thorough: false }, by, opened.t.app.clock.now())
    path = `/runs/resyncs/${id}/live`
  })
  afterAll(() => opened[Symbol.asyncDispose]())

  /** A person of the test's own, who looks on. */
  async function onlooker(name: string) {
    const { accounts, sessions, db } = opened.t.app.store
    const sealed = await sealPassword(password)
    await accounts.add({ name, shownName: name, role: 'viewer', password: sealed }, act)
    const token = await sessions.begin(name, { idleMs: 600_000, longestMs: 3_600_000 })
    const answer = await fetch(opened.ops.address + path, {
      headers: { cookie: `chidao=${token}`, accept: 'text/event-stream' },
    })
    expect(answer.status).toBe(200)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    return {
      name,
      token,
      next: async () => (await reader.read()).value ?? null,
      /** The events from now to the end of the stream. */
      async rest(): Promise<string> {
        let said = ''
        for (let more = await reader.read(); !more.done; more = await reader.read())
          said += more.value
        return said
      },
      age: (column: string, ms: number) =>
        db.raw(
          `update sync.session set ${column} = clock_timestamp() - ? * interval '1 millisecond' where account = ?`,
          [ms, name],
        ),
      leave: () => reader.cancel(),
    }
  }

  it.each([
    ['is disabled', 'khoa', (name: string) => opened.t.app.store.accounts.disable(name, act)],
    [
      'has another role',
      'doi-quyen',
      (name: string) => opened.t.app.store.accounts.changeRole(name, 'administrator', act),
    ],
    [
      'has another password',
      'doi-mat-khau',
      (name: string) => opened.t.app.store.accounts.changePassword(name, 'x', act),
    ],
  ] as const)('ends when the account %s', async (_what, name, change) => {
    const looker = await onlooker(name)
    expect(await looker.next()).toContain('event: progress')
    await change(name)
    expect(await looker.rest()).toMatch(/event: ended\ndata: \{"to":null\}\n\n$/)
  })

  it('ends when the person logs out elsewhere', async () => {
    const looker = await onlooker('dang-xuat')
    expect(await looker.next()).toContain('event: progress')
    expect(await opened.t.app.store.sessions.end(looker.token, act.at)).toBe(true)
    expect(await looker.rest()).toMatch(/event: ended\ndata: \{"to":null\}\n\n$/)
  })

  it.each([
    ['seen_at', 'lau-khong-dung', 600_000],
    ['begun_at', 'qua-lau', 3_600_000],
  ])('ends with a session whose %s is too long ago', async (column, name, limit) => {
    const looker = await onlooker(name)
    expect(await looker.next()).toContain('event: progress')
    await looker.age(column, limit + 1000)
    expect(await looker.rest()).toMatch(/event: ended\ndata: \{"to":null\}\n\n$/)
  })

  it('goes on for whoever is still in, and does not count as a request of the person', async () => {
    const looker = await onlooker('con-xem')
    expect(await looker.next()).toContain('event: progress')
    await looker.age('seen_at', 500_000)
    for (let more = 0; more < 2; more++) expect(await looker.next()).toContain('event: progress')
    const { rows } = await opened.t.app.store.db.raw(
      `select seen_at < clock_timestamp() - interval '499 seconds' as "isOld" from sync.session where account = ?`,
      [looker.name],
    )
    expect(rows).toEqual([{ isOld: true }])
    await looker.leave()
  })
})
