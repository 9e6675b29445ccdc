/** What a source and the Office are told of a directive whose files are still coming. */
import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import { migrate, migrationStatus, openDatabase } from '#src/store/database.ts'
import type { Store } from '#src/store/store.ts'
import { testDatabase } from '#test/support/database.ts'
import { admitted, kept, now, runningPass, testStore } from '#test/support/store.ts'

const text = { ref: 'f1', name: 'toan-van.pdf', mediaType: 'application/pdf', size: 10 }
const annex = { ...text, ref: 'f2', name: 'phu-luc.pdf' }
const by = { actor: 'quản trị', reason: 'nguồn không có tệp' }
const later = new Date(now.getTime() + 60_000)

async function staged(files: Admitted['files'], more: Partial<Admitted> = {}) {
  const t = await testStore({ statuses: ['01', '02', '03', '04'], acknowledges: true })
  const { store } = t
  const pass = await runningPass(store)
  const message = { ...admitted('a', { files }), ...more }
  const { files: claim } = await store.intake.stage(pass, message, now)
  const rows = async (sql: string) => (await store.db.raw(sql)).rows
  const [{ id }] = await rows(`select id from sync.directive`)
  return {
    ...{ t, store, pass, message, id: id as string, claim: claim!, rows },
    told: async () =>
      (
        await rows(
          `select coalesce(detail ->> 'code', detail ->> 'as') as said from sync.outbox order by place`,
        )
      ).map(({ said }: { said: string }) => said),
    come: (n: number) => store.fileClaims.store(claim!, kept(claim!.files[n]!), later),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

const classify = (store: Store, id: string, without = false) =>
  store.db.raw(`select tracking.classify(:id, '[]', 'cv', :without)`, { id, without })
const refusal = (work: Promise<unknown>) => work.then(() => null).catch(({ code }) => code)
/** As the service does with what waits for the gate. */
const admit = (store: Store) =>
  store.db.raw(`select sync.admit_writing(w.id) from sync.writing w order by w.seq`)

it('tells its arrival and takes it from the list only with the last file', async () => {
  await using s = await staged([text, annex])
  expect(await s.told()).toEqual([])
  await s.come(0)
  expect(await s.told()).toEqual([])
  await s.come(1)
  expect(await s.told()).toEqual(['01', 'done'])
})

it.each([
  ['classified', `select sync.classify(:id, '[]', 'cv', :at)`, '03'],
  ['refused', `select sync.refuse(:id, 'nhầm nơi', 'cv', :at)`, '02'],
])('tells its arrival before it tells that it was %s, and not again', async (_, act, code) => {
  await using s = await staged([text])
  await s.store.db.raw(act, { id: s.id, at: now })
  expect(await s.told()).toEqual(['01', code])
  await s.come(0)
  expect(await s.told()).toEqual(['01', code, 'done'])
})

it.each(['done', 'fail'] as const)(
  'tells %s of a message whose last file a person gives up, and once',
  async (said) => {
    await using s = await staged([text, annex])
    await s.come(0)
    const { id } = s.claim.files[1]!
    expect(await s.store.directiveFiles.giveUp(id, said, by, later)).toBe(true)
    expect(await s.told()).toEqual(['01', said])
    expect(await s.come(1)).toBe(false)
    expect(await s.told()).toEqual(['01', said])
    expect(
      await s.rows(
        `select detail ->> 'said' as said from sync.history where event = 'fileGivenUp'`,
      ),
    ).toEqual([{ said }])
  },
)

it('keeps what is to be told of a file that was given up, whatever comes later', async () => {
  await using s = await staged([text, annex])
  const { id } = s.claim.files[0]!
  expect(await s.store.directiveFiles.giveUp(id, 'fail', by, later)).toBe(true)
  expect(await s.told()).toEqual([])
  await s.come(1)
  expect(await s.told()).toEqual(['01', 'fail'])
})

it('tells its arrival before it answers an order', async () => {
  await using s = await staged([text])
  await s.store.db.raw(
    `update sync.source set answers = '{"recall": {"accepted": "15", "refused": "16"}}'`,
  )
  await s.store.db.raw(
    `insert into sync.business_order (directive_id, intake_id, kind, reason, ordered_at) select directive_id, id, 'recall', 'x', now() from sync.intake`,
  )
  await s.store.db.raw(
    `select sync.answer_order((select id from sync.business_order), true, 'đồng ý', 'cv', now())`,
  )
  expect(await s.told()).toEqual(['01', '15'])
})

it('looks for a file in the message that brought it last', async () => {
  const sha256 = 'a'.repeat(64)
  const place = (message: string) => ({ ...text, ref: `${message}.1.10.${sha256}`, sha256 })
  await using s = await staged([place('b'.repeat(64))], { revises: 'byMessage' })
  await s.store.db.raw(`update sync.directive_file set lease_until = null`)
  const files = [place('c'.repeat(64))]
  const again = { ...s.message, files, transportRef: 'm2', askedAt: new Date() }
  expect((await s.store.intake.stage(s.pass, again, now)).outcome).toBe('unchanged')
  expect(await s.store.fileClaims.claimDue(s.pass.lease.owner, 5, 'small')).toMatchObject([
    { transportRef: 'm2', files: [{ ref: files[0]!.ref }] },
  ])
})

it('leaves a message on the list while one of its files is waited for, also one that came again', async () => {
  await using s = await staged([text], { revises: 'byMessage' })
  const again = { ...s.message, transportRef: 'b', askedAt: new Date() }
  expect((await s.store.intake.stage(s.pass, again, now)).outcome).toBe('unchanged')
  expect(await s.told()).toEqual([])
  await s.come(0)
  expect(await s.told()).toEqual(['01', 'done', 'done'])
})

it('tells of a message whose files a revision supersedes', async () => {
  await using s = await staged([text])
  const revised = {
    ...{ ...s.message, version: 'v2', askedAt: new Date() },
    files: [{ ...annex, unusable: 'broken' as const }],
  }
  expect((await s.store.intake.stage(s.pass, revised, now)).outcome).toBe('updated')
  expect(await s.rows(`select ref, state from sync.directive_file order by revision`)).toEqual([
    { ref: 'f1', state: 'superseded' },
    { ref: 'f2', state: 'unusable' },
  ])
  expect(await s.told()).toEqual(['01', 'done', 'done'])
})

it('asks whoever classifies without the full text once, and keeps the answer', async () => {
  await using s = await staged([text, annex])
  await s.come(1)
  expect(await refusal(classify(s.store, s.id))).toBe('CD006')
  expect(await s.rows(`select from sync.writing`)).toEqual([])
  expect(await refusal(classify(s.store, s.id, true))).toBeNull()
  await admit(s.store)
  expect(
    await s.rows(
      `select detail -> 'withoutFullText' as "without" from sync.history where event = 'classified'`,
    ),
  ).toEqual([{ without: true }])
})

it.each([
  ['the full text is there and an annex is not', [text, annex], 0],
  ['another file is the document itself', [annex, { ...text, isFullText: true }], 1],
])('does not ask where %s', async (_, files, comes) => {
  await using s = await staged(files)
  await s.come(comes)
  expect(await refusal(classify(s.store, s.id))).toBeNull()
  await admit(s.store)
  expect(await s.rows(`select detail from sync.history where event = 'classified'`)).toMatchObject([
    { detail: { tasks: 0, as: s.id } },
  ])
})

it('does not ask where a copy has the full text', async () => {
  await using s = await staged([text])
  await s.store.sources.register('hai', { statuses: [], replies: 'none' }, 'f')
  const opened = await s.store.passes.open({
    ...{ source: 'hai', kind: 'head', from: '2026-09-01', until: '2026-09-07' },
    ...{ upperBound: now, cursorBefore: null },
  })
  const pass = (await s.store.passes.claim(s.pass.lease.owner, { id: opened! }))!
  const { files } = await s.store.intake.stage(
    pass,
    admitted('của nguồn hai', { files: [text] }),
    now,
  )
  expect(await refusal(classify(s.store, s.id))).toBe('CD006')
  await s.store.fileClaims.store(files!, kept(files!.files[0]!), now)
  expect(await refusal(classify(s.store, s.id))).toBeNull()
})

it('fetches first what a deadline runs for, and the history of the service last', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const days = { old: ['780', '2026-09-04', true], soon: ['781', '2026-09-03', false] } as const
  for (const [ref, [number, issuedOn, beforeGoLive]] of Object.entries(days)) {
    const message = admitted(ref, { number, issuedOn, code: `${number}/UBND`, files: [text] })
    const deadlineAt = beforeGoLive ? new Date('2026-01-01') : message.deadline.deadlineAt
    const deadline = { ...message.deadline, deadlineAt }
    await store.intake.stage(pass, { ...message, deadline, beforeGoLive }, now)
  }
  await store.db.raw(`update sync.directive_file set lease_until = null`)
  const claims = await store.fileClaims.claimDue(pass.lease.owner, 10, 'small')
  expect(claims.map(({ sourceRef }) => sourceRef)).toEqual(['soon', 'old'])
})

it('stages what waited for its files in a store of the former version', async () => {
  await using database = await testDatabase()
  const db = openDatabase({ url: database.url })
  const { pending } = await migrationStatus(db)
  for (const name of pending.filter((one) => one < '0035')) await db.migrate.up({ name })
  await db.raw(former)
  await migrate(db)
  const rows = async (sql: string) => (await db.raw(sql)).rows
  expect(
    await rows(
      `select d.source_ref as ref, d.files_complete_at is not null as complete, i.state, d.arrival_told as told from sync.directive d join sync.intake i on i.directive_id = d.id order by 1`,
    ),
  ).toEqual([
    { ref: 'chờ', complete: false, state: 'staged', told: false },
    { ref: 'đủ', complete: true, state: 'staged', told: true },
  ])
  expect(
    await rows(
      `select ref, state, is_full_text as text, intake_id is not null as known from sync.directive_file order by ref`,
    ),
  ).toEqual([
    { ref: 'f1', state: 'waiting', text: true, known: true },
    { ref: 'f2', state: 'stored', text: true, known: true },
  ])
  expect(await rows(`select balances from sync.file_balance`)).toEqual([
    { balances: true },
    { balances: true },
  ])
  await db.destroy()
})

/** One directive whose file has come, and one whose file has not. */
const former = `
insert into sync.source (name, replies, gate_fingerprint) values ('n', 'none', 'f');
insert into sync.calendar (version, content, loaded_at) values ('v', '{}', now());
insert into sync.pass (id, source, kind, window_from, window_until, upper_bound, state, opened_at)
  values ('00000000-0000-4000-8000-000000000001', 'n', 'head', '2026-09-01', '2026-09-07', now(), 'due', now());
insert into sync.directive (id, source, source_ref, number, symbol, code, code_normalised, same_document_key, issuer, issued_on, type_name, subject, urgency, receivers,
    deadline_date, classify_by, calendar_version, deadline_confirmed, before_go_live, revision, content_digest, read_at, seen_at, staged_at)
  select id::uuid, 'n', ref, '1', 'UBND', ref, ref, ref, 'UBND', '2026-09-04', 'Công văn', 'x', 'normal', '{}', '2026-09-08', now(), 'v', true, false, 1, 'd', now(), now(), staged_at
  from (values ('00000000-0000-4000-8000-00000000000a', 'đủ', now()), ('00000000-0000-4000-8000-00000000000b', 'chờ', null)) d (id, ref, staged_at);
insert into sync.directive_revision (directive_id, revision, at, fields) select id, 1, now(), '{}' from sync.directive;
insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, revision, state, classify_by, seen_at)
  select gen_random_uuid(), 'n', source_ref, source_ref, 'v1', '00000000-0000-4000-8000-000000000001', id, 1,
    case when staged_at is null then 'pending' else 'staged' end, now(), now() from sync.directive;
insert into sync.directive_file (directive_id, ref, position, name, announced_size, size, sha256, stored_as)
  values ('00000000-0000-4000-8000-00000000000a', 'f2', 0, 'b.pdf', 1, 1, '0', 's'), ('00000000-0000-4000-8000-00000000000b', 'f1', 0, 'a.pdf', 1, null, null, null);
`
