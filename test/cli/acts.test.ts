/** What a person does about what waits: each act by the real executable, with who and why in a history that verifies. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let data: string
let env: Record<string, string>
let source: string
let ids: Record<string, string>

beforeEach(async () => {
  register = await openRegister([row(1), row(2)])
  t = await testApp([profileAt(register.address)])
  await pullAll(t.app)
  source = [...t.app.sources.keys()][0]!
  data = await mkdtemp(join(tmpdir(), 'chidao-data-'))
  await symlink(t.filesDirectory, join(data, 'files'))
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: data,
    CHIDAO_CLOCK: `${start.toISOString()} @ ${Date.now()} x 1`,
  }
  const { rows } = await sql(`select id, code from sync.directive`)
  ids = Object.fromEntries(rows.map(({ id, code }: { id: string; code: string }) => [code, id]))
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
  await rm(data, { recursive: true })
})

const first = '781/UBND-NNMT'
const sql = (text: string, of: readonly string[] = []) => t.app.store.db.raw(text, [...of])
const json = async (args: readonly string[], code = 0) => {
  const ran = await chidao([...args, '--json'], env)
  expect(ran.code, ran.err).toBe(code)
  return JSON.parse(ran.out)
}
const because = ['--reason', 'đã hỏi Văn phòng', '--as', 'trực ban']

/** An intake row in this state, as if its staging had gone wrong. */
async function failedRow(failure = 'timeout'): Promise<string> {
  const { rows } = await sql(
    `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, attempts, failure, due_at, seen_at)
     select gen_random_uuid(), ?, 'x', 'x', '1', id, 'failed', '2026-03-06T17:00:00Z', 1, ?, now() + interval '1 day', '2026-03-04T02:00:00Z' from sync.pass limit 1 returning id`,
    [source, failure],
  )
  return rows[0].id
}

/** A send in this state: nobody knows, or its source refused it. */
async function send(state: 'rejected' | 'unconfirmed'): Promise<string> {
  const { rows } = await sql(
    `insert into sync.outbox (source, kind, directive_id, detail, state, failure, answer, written_at)
     values (?, 'status', ?, '{"code":"03"}', ?, 'rejected', 'Sai đơn vị nhận', now()) returning id`,
    [source, ids[first]!, state],
  )
  return rows[0].id
}

describe('chidao attention', () => {
  it('ends with 0 and says so where nothing waits', async () => {
    const { code, out } = await chidao(['attention'], env)
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing needs attention')])
    expect(await json(['attention'])).toMatchObject({ total: 0, items: [] })
  })

  it('lists why, since when, which deadline, and the commands that settle it; status points at it', async () => {
    const failed = await failedRow()
    await send('rejected')
    await t.app.store.withholding.withhold(ids['782/UBND-NNMT']!, 'vanished', t.app.clock.now())
    const listed = await chidao(['attention'], env)
    expect([listed.code, listed.err]).toEqual([3, ''])
    for (const part of [
      '3 việc / items',
      'the source did not answer in time',
      'nguồn từ chối Sai đơn vị nhận',
      'nguồn không còn / its source no longer has it',
      '2026-03-04 09:00',
      '2026-03-07 00:00',
      `$ chidao failed discard ${failed} --reason "…" --yes`,
      `$ chidao withheld release ${ids['782/UBND-NNMT']} --reason "…"`,
      '--as settled',
    ])
      expect(listed.out).toContain(part)
    expect(listed.out).not.toMatch(/782\/|nhiệm vụ số/)

    const all = await json(['attention', 'list'], 3)
    expect(Object.keys(all).sort()).toEqual(['at', 'counts', 'items', 'total'])
    expect(all.counts).toMatchObject({ stagingFailed: 1, sendRejected: 1, withheld: 1, fuse: 0 })
    const [item] = all.items.filter(({ id }: { id: string }) => id === failed)
    expect(Object.keys(item).sort()).toEqual([
      ...['beforeGoLive', 'cause', 'code', 'detail', 'directiveId', 'endangers', 'id', 'kind'],
      ...['settle', 'since', 'source', 'why'],
    ])
    expect(item).toMatchObject({ kind: 'stagingFailed', cause: 'timeout', source })
    expect((await json(['attention', '--kind', 'withheld'], 3)).total).toBe(1)
    expect((await json(['attention', '--kind', 'fuse', 'conflict'])).total).toBe(0)
    expect((await json(['attention', '--limit', '1', '--offset', '1'], 3)).items).toEqual([
      all.items[1],
    ])
    expect((await chidao(['attention', '--kind', 'nothing'], env)).code).toBe(2)
    expect((await chidao(['attention', '--limit', 'x'], env)).code).toBe(2)

    const status = await chidao(['status'], env)
    expect([status.code, status.out]).toEqual([
      3,
      expect.stringContaining('3 items need attention: chidao attention'),
    ])
    expect(await json(['status'], 3)).toMatchObject({ needsAttention: 3, failed: 1, withheld: 1 })
  })
}, 180_000)

describe('chidao failed', () => {
  it('settles what was not admitted, of which nothing is told', async () => {
    await sql(`select tracking.refuse(?, 'Xem TÀI LIỆU MẬT kèm theo', 'cv')`, [ids[first]!])
    await admitWaiting(t.app.store)
    const listed = await chidao(['attention'], env)
    expect(listed.out).toMatch(/từ chối \/ refusal: chưa đủ điều kiện .* not eligible/)
    expect(listed.out).not.toContain('TÀI LIỆU')
    const { items } = await json(['attention', 'list', '--kind', 'notAdmitted'], 3)
    expect(items).toMatchObject([{ cause: 'notEligible', code: first, detail: { act: 'refuse' } }])
    expect(items[0].settle).toContain(`chidao failed discard ${items[0].id} --reason "…" --yes`)
    const discard = ['failed', 'discard', items[0].id]
    expect(await json([...discard, '--dry-run', ...because])).toMatchObject({
      entries: [{ id: items[0].id, code: first }],
    })
    expect(await json([...discard, '--yes', ...because])).toMatchObject({
      discarded: [items[0].id],
    })
    expect(await json(['attention'])).toMatchObject({ total: 0 })
  })

  it('discards with a reason, after a look, and only what waits', async () => {
    const [failed, rejected, unconfirmed] = [
      await failedRow('conflict'),
      await send('rejected'),
      await send('unconfirmed'),
    ]
    const discard = ['failed', 'discard', failed, rejected]
    for (const [args, code, wrong] of [
      [[...discard, ...because], 2, /add --yes/],
      [[...discard, '--yes'], 2, /--reason/],
      [[...discard, '--yes', '--reason', ' '], 2, /Say why/],
      [[...discard, '--yes', '--reason', 'theo công văn (MẬT)'], 2, /not eligible/],
      [['failed', 'discard', failed, unconfirmed, '--yes', ...because], 1, /nothing was done/],
    ] as const) {
      const ran = await chidao(args, env)
      expect([ran.code, ran.out, ran.err]).toEqual([code, '', expect.stringMatching(wrong)])
    }
    const planned = await json([...discard, '--dry-run', ...because])
    expect(planned).toMatchObject({
      dryRun: true,
      stagings: [{ id: failed, cause: 'conflict' }],
      sends: [{ id: rejected, code: first }],
    })
    expect((await json(['failed'], 3)).length).toBe(1)
    const done = await json([...discard, '--yes', ...because])
    expect(done).toEqual({
      discarded: [failed, rejected],
      actor: 'trực ban',
      reason: 'đã hỏi Văn phòng',
    })
    expect(await json(['failed'])).toEqual([])
    expect((await chidao([...discard, '--yes', ...because], env)).code).toBe(1)
  })

  it('retries with a reason, and says when an id is none', async () => {
    const failed = await failedRow()
    expect((await chidao(['failed', 'retry', '--all'], env)).code).toBe(2)
    expect((await chidao(['failed', 'retry', ...because], env)).code).toBe(2)
    expect(await json(['failed', 'retry', failed, ...because])).toMatchObject({ retried: 1 })
    const none = '00000000-0000-4000-8000-000000000000'
    expect(await json(['failed', 'retry', none, ...because], 1)).toMatchObject({ retried: 0 })
    const { rows } = await sql(
      `select due_at <= clock_timestamp() as due from sync.intake where id = ?`,
      [failed],
    )
    expect(rows).toEqual([{ due: true }])
  })
}, 180_000)

describe('chidao recall', () => {
  const decided = [...because, '--authority', 'CV 12/VP-TH']

  it('recalls after a look, once, and takes it back', async () => {
    for (const [args, wrong] of [
      [[first, ...decided], /add --yes/],
      [[first, '--yes', ...because], /--authority/],
      [[first, '--yes', '--authority', 'CV 12', '--reason', ' '], /Say why/],
    ] as const) {
      const ran = await chidao(['recall', ...args], env)
      expect([ran.code, ran.out, ran.err]).toEqual([2, '', expect.stringMatching(wrong)])
    }
    expect((await chidao(['recall', '1/KHONG-CO', '--yes', ...decided], env)).code).toBe(1)
    const planned = await json(['recall', first, '--dry-run', ...decided])
    expect(planned).toMatchObject({ dryRun: true, undo: false, directives: [{ code: first }] })
    expect(await json(['recall', first, '--yes', ...decided])).toEqual({
      ...{ id: ids[first], code: first, recalled: true, changed: true },
      ...{ actor: 'trực ban', reason: 'đã hỏi Văn phòng', authority: 'CV 12/VP-TH' },
    })
    expect(await json(['recall', first, '--yes', ...decided])).toMatchObject({ changed: false })
    const [shown] = await json(['show', first])
    expect(shown).toMatchObject({ recallAuthority: 'CV 12/VP-TH' })
    expect(shown.recalledAt).not.toBeNull()
    expect(await json(['recall', first, '--undo', '--yes', ...decided])).toMatchObject({
      ...{ recalled: false, changed: true },
    })
    expect((await json(['show', first]))[0].recalledAt).toBeNull()
  })

  it('does not take back what a source recalled, nor confirm that something is withheld', async () => {
    await sql(`update sync.directive set recalled_at = now() where code = ?`, [first])
    const undone = await chidao(['recall', first, '--undo', '--yes', ...decided], env)
    expect([undone.code, undone.err]).toEqual([1, expect.stringContaining('by its source')])
    await t.app.store.withholding.withhold(ids[first]!, 'doubtful', t.app.clock.now())
    const hidden = await chidao(['recall', first, '--yes', ...decided], env)
    const absent = await chidao(['recall', '1/KHONG-CO', '--yes', ...decided], env)
    expect(hidden).toEqual(absent)
  })
}, 180_000)

it('every act leaves one entry of who and why, and the history verifies after all of them', async () => {
  const [failed, rejected] = [await failedRow(), await send('rejected')]
  const id = ids[first]!
  const now = t.app.clock.now()
  const decided = ['--authority', 'CV 12/VP-TH', '--as', 'trực ban']
  await sql(
    `insert into sync.resync (id, source, kind, window_from, window_until, thorough, state, actor, asked_at)
     values ('11111111-1111-4111-8111-111111111111', ?, 'repair', '2026-03-01', '2026-03-02', false, 'due', 'x', now())`,
    [source],
  )
  const resync = '11111111-1111-4111-8111-111111111111'
  const acts: readonly (readonly [event: string, args: readonly string[]])[] = [
    ['stagingRetried', ['failed', 'retry', failed, ...because]],
    ['stagingDiscarded', ['failed', 'discard', failed, '--yes', ...because]],
    [
      'replySettled',
      [
        ...['replies', 'settle', rejected, '--as', 'delivered', '--yes'],
        ...['--reason', 'đã hỏi Văn phòng', '--by', 'trực ban'],
      ],
    ],
    ['recalled', ['recall', first, '--yes', ...because, '--authority', 'CV 12/VP-TH']],
    ['recallUndone', ['recall', first, '--undo', '--yes', ...because, '--authority', 'CV 12']],
    ['released', ['withheld', 'release', id, '--yes', ...because]],
    ['fuseAnswered', ['fuses', 'answer', source, 'recall', '--with', 'keep', ...because]],
    ['sourcePaused', ['pause', source, '--until', '1h', ...because]],
    ['sourceResumed', ['resume', source, ...because]],
    ['resyncPaused', ['resync', 'pause', resync, ...because]],
    ['resyncResumed', ['resync', 'resume', resync, ...because]],
    ['resyncStopped', ['resync', 'stop', resync, ...because]],
    ['purged', ['purge', id, '--yes', ...decided]],
  ]
  await t.app.store.fuses.holds({ source, kind: 'recall', count: 500, outOf: 1000 }, now)
  for (const [event, args] of acts) {
    if (event === 'released') await t.app.store.withholding.withhold(id, 'vanished', now)
    const ran = await chidao([...args, '--json'], env)
    expect([event, ran.code === 0 || ran.code === 3, ran.err]).toEqual([event, true, ''])
    const { rows } = await sql(
      `select actor, coalesce(detail ->> 'reason', detail ->> 'authority') as why, at from sync.history where event = ?`,
      [event],
    )
    const why = event === 'purged' ? 'CV 12/VP-TH' : 'đã hỏi Văn phòng'
    expect([event, rows]).toEqual([event, [{ actor: 'trực ban', why, at: expect.any(Date) }]])
    await t.app.store.sealing.seal()
  }
  const audit = await json(['audit', 'verify'])
  expect(audit).toMatchObject({ findings: [], unsealed: 0 })
  expect(audit.entries).toBeGreaterThanOrEqual(acts.length)
}, 240_000)

describe('files', () => {
  /** A directive whose file its source does not give. */
  async function withoutFile(): Promise<string> {
    const { rows } = await sql(
      `update sync.directive_file f set state = 'waiting', stored_as = null, stored_at = null, size = null, sha256 = null, attempts = 1,
         failure = 'notAnnounced', due_at = now() + interval '1 day'
       from sync.directive d where d.id = f.directive_id and d.code = ? returning f.id, d.id as directive`,
      [first],
    )
    await sql(`update sync.directive set files_complete_at = null where id = ?`, [
      rows[0].directive,
    ])
    return rows[0].id
  }

  /** The source of the register in a file of settings, with a limit of so many bytes. */
  async function configured(maxFileBytes: number): Promise<Record<string, string>> {
    const config = join(data, 'chidao.yaml')
    const profile = profileAt(register.address)
    const limits = { ...profile.limits, maxFileBytes }
    await writeFile(config, JSON.stringify({ sources: [{ ...profile, limits }] }))
    return { ...env, CHIDAO_CONFIG: config }
  }

  const actsKept = async (event: string) =>
    (await sql(`select actor, detail from sync.history where event = ?`, [event])).rows

  it('lists what is missing, and waits no longer when a person gives it up', async () => {
    const id = await withoutFile()
    expect(await json(['files', 'list'], 3)).toMatchObject([
      { id, code: first, isFullText: true, unusable: null, failure: 'notAnnounced' },
    ])
    const told = await chidao(['files', 'give-up', id, ...because], env)
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('--yes')])
    const yes = ['files', 'give-up', id, '--tell', 'fail', '--yes', ...because]
    expect(await json(yes)).toMatchObject({ givenUp: true, told: 'fail' })
    expect(await actsKept('fileGivenUp')).toMatchObject([
      { actor: 'trực ban', detail: { file: id, said: 'fail' } },
    ])
    expect(await json(['files', 'list'])).toEqual([])
    const shown = await chidao(['show', first], env)
    expect(shown.out).toMatch(/Toàn văn {6}1\.pdf .*a person stopped waiting for it/)
    expect((await chidao(yes, env)).code).toBe(1)
    const [item] = (await json(['attention', 'list', '--kind', 'fileMissing'])).items
    expect(item).toBeUndefined()
  })

  it('tells why a directive lacks a file, and fetches again by the file or the directive', async () => {
    const id = await withoutFile()
    const [item] = (await json(['attention', 'list', '--kind', 'fileMissing'], 3)).items
    expect(item).toMatchObject({ id: ids[first], cause: 'notAnnounced', detail: { files: 1 } })
    expect(item.why).toMatch(/1 tệp chưa lấy được, trong đó có toàn văn \(notAnnounced: /)
    expect(item.settle).toContain(`chidao files retry ${ids[first]} --reason "…"`)
    const shown = await chidao(['show', first], env)
    expect(shown.out).toMatch(/đang lấy \/ being fetched: notAnnounced/)
    for (const name of [id, ids[first]!]) {
      await sql(`update sync.directive_file set due_at = now() + interval '1 day'`)
      expect(await json(['files', 'retry', name, ...because])).toMatchObject({ retried: 1 })
      const { rows } = await sql(
        `select due_at <= clock_timestamp() as due from sync.directive_file where id = ?`,
        [id],
      )
      expect(rows).toEqual([{ due: true }])
    }
    expect(await actsKept('filesRetried')).toHaveLength(2)
    expect((await chidao(['files', 'retry', ids['782/UBND-NNMT']!, ...because], env)).code).toBe(1)
  })

  it('names the limit of a file that is larger, and by how much', async () => {
    const id = await withoutFile()
    await sql(`update sync.directive_file set announced_size = 2083 where id = ?`, [id])
    const ran = await chidao(['files', 'list'], await configured(2048))
    expect([ran.code, ran.err]).toEqual([3, ''])
    expect(ran.out).toContain(
      `larger than limits.maxFileBytes (${source}), 2048 bytes, by 35 bytes`,
    )
  })

  it('hands in what the source does not give, marked so, and lists a text that misses its time until then', async () => {
    const id = await withoutFile()
    await sql(`update sync.directive set classify_by = ?, classified_at = ? where code = ?`, [
      ...[start.toISOString(), start.toISOString(), first],
    ])
    const listed = await json(['attention', 'list', '--kind', 'withoutText'], 3)
    expect(listed.items).toMatchObject([{ id: ids[first], cause: 'notAnnounced' }])
    expect(listed.items[0].settle).toContain('chidao files hand-in FILE PATH --reason "…" --yes')
    const path = join(data, 'toan-van.pdf')
    await writeFile(path, '%PDF-1.4 toàn văn')
    const settings = await configured(2048)
    const marked = join(data, 'Văn bản MẬT.pdf')
    await writeFile(marked, 'x')
    const refused = await chidao(['files', 'hand-in', id, marked, '--yes', ...because], settings)
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('not eligible')])
    const kept = await chidao(['files', 'hand-in', id, path, '--yes', ...because], settings)
    expect([kept.code, kept.err]).toEqual([0, ''])
    const shown = await chidao(['show', first], env)
    expect(shown.out).toContain('(quản trị viên nộp / handed in: trực ban)')
    expect(await json(['attention', 'list', '--kind', 'withoutText'])).toMatchObject({ items: [] })
  })

  it('lets what cannot be used leave the list, by who and why', async () => {
    await sql(
      `update sync.directive_file set state = 'unusable', stored_as = null, unusable = 'noContent' where directive_id = ?`,
      [ids[first]!],
    )
    const [item] = (await json(['attention', 'list', '--kind', 'fileUnusable'], 3)).items
    expect(item).toMatchObject({ kind: 'fileUnusable', cause: 'noContent' })
    expect(await json(['files', 'settle', ids[first]!, '--yes', ...because])).toMatchObject({
      known: true,
    })
    expect(await json(['files', 'list'])).toEqual([])
    const { rows } = await sql(`select actor from sync.history where event = 'unusableFilesKnown'`)
    expect(rows).toEqual([{ actor: 'trực ban' }])
  })
})
