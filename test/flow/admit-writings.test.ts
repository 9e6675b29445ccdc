import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { openDatabase } from '#src/store/database.ts'
import type { Store } from '#src/store/store.ts'
import { disguised } from '#test/support/disguised.ts'
import { admitted, assigned, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting, notAdmittedIn } from '#test/support/writings.ts'

const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
const task = { description: 'Báo cáo kết quả', dueOn: '2026-09-20', lead }
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
const all = ['01', '02', '03', '04', '05', '06']

async function staged(store: Store, ref = 'a'): Promise<string> {
  const pass = await runningPass(store)
  const number = String(780 + ref.charCodeAt(0) - 97)
  const named = { number, code: `${number}/UBND-NNMT` }
  await store.intake.stage(pass, admitted(ref, named), now)
  await store.passes.end(
    pass,
    { seen: 1, allowed: 1, notEligible: 0, undecided: 0, unchanged: 0 },
    now,
  )
  const { rows } = await store.db.raw(`select id from sync.directive where source_ref = ?`, [ref])
  return rows[0].id
}

const classify = async (store: Store, id: string, tasks: unknown, actor = 'cv') =>
  (
    await store.db.raw(`select tracking.classify(?, ?, ?) as id`, [
      id,
      JSON.stringify(tasks),
      actor,
    ])
  ).rows.map((row: { id: string }) => row.id)

const write = (store: Store, assignment: string, content: unknown, id: string = randomUUID()) =>
  store.db.raw(`select tracking.reply(?, ?, 'đơn vị', ?)`, [
    assignment,
    JSON.stringify(content),
    id,
  ])

/** Everything that a view of the contract, the outbox or a page could show of it. */
async function shownIn(store: Store): Promise<string> {
  const { rows } = await store.db.raw(
    `select concat_ws(' ', (select json_agg(t) from tracking.tasks t), (select json_agg(u) from tracking.units u), (select json_agg(r) from tracking.replies r),
       (select json_agg(h) from tracking.history h), (select json_agg(d) from tracking.directives d), (select json_agg(o) from sync.outbox o),
       (select json_agg(o) from tracking.orders o), (select json_agg(w) from sync.writing w), (select json_agg(n) from sync.not_admitted n)) as all`,
  )
  return rows[0].all
}

it('shows and sends nothing of what waits, and all of it when it was admitted, at its own time', async () => {
  await using t = await testStore({ statuses: all })
  const { db } = t.store
  const id = await staged(t.store)
  const before = await t.store.now()
  const [assignment] = await classify(t.store, id, [task])
  await db.raw(`select tracking.begin_work(?, 'đơn vị')`, [assignment])
  await write(t.store, assignment, reply)
  const written = await t.store.now()
  const counts = async () =>
    (
      await db.raw(
        `select (select count(*) from tracking.tasks) as tasks, (select count(*) from tracking.units) as units, (select count(*) from tracking.replies) as replies,
           (select count(*) from sync.outbox where detail ->> 'code' <> '01' or kind = 'reply') as sends, (select count(*) from sync.writing) as waiting`,
      )
    ).rows[0]
  expect(await counts()).toEqual({ tasks: 0, units: 0, replies: 0, sends: 0, waiting: 3 })
  await admitWaiting(t.store)
  expect(await counts()).toEqual({ tasks: 1, units: 1, replies: 1, sends: 5, waiting: 0 })
  const { rows } = await db.raw(
    `select a.id, d.classified_at as at, a.last_outcome as outcome from tracking.assignments a join tracking.directives d on d.id = a.directive_id`,
  )
  expect(rows).toEqual([{ id: assignment, at: expect.any(Date), outcome: 'completed' }])
  expect(rows[0].at.getTime()).toBeGreaterThanOrEqual(before.getTime())
  expect(rows[0].at.getTime()).toBeLessThanOrEqual(written.getTime())
})

it('tells a writer at once what is wrong, also with what builds on what still waits', async () => {
  await using t = await testStore()
  const id = await staged(t.store)
  const [assignment] = await classify(t.store, id, [task])
  await expect(classify(t.store, id, [])).rejects.toMatchObject({ code: 'CD005' })
  await expect(
    t.store.db.raw(`select tracking.refuse(?, 'nhầm', 'cv')`, [id]),
  ).rejects.toMatchObject({ code: 'CD005' })
  await expect(write(t.store, assignment, { outcome: 'done' })).rejects.toMatchObject({
    code: 'CD004',
  })
  await expect(write(t.store, randomUUID(), reply)).rejects.toMatchObject({ code: 'CD002' })
  await expect(
    write(t.store, assignment, { ...reply, explanation: 'Xem văn bản (MẬT)' }),
  ).rejects.toMatchObject({ code: 'CD001' })
  await expect(
    write(t.store, assignment, { ...reply, completedOn: undefined }),
  ).rejects.toMatchObject({ code: 'CD004' })
  for (const completedOn of ['29/11/2026', '1/1/26', 'today', 20260907])
    await expect(write(t.store, assignment, { ...reply, completedOn })).rejects.toMatchObject({
      code: 'CD004',
    })
  expect(await shownIn(t.store)).not.toContain('Xem văn bản')
})

it('takes a repeated reply once, while the first waits, after it, and under no other assignment', async () => {
  await using t = await testStore()
  const one = await staged(t.store, 'a')
  const two = await staged(t.store, 'b')
  const [first] = await classify(t.store, one, [task])
  const [other] = await classify(t.store, two, [task])
  const id = randomUUID()
  await Promise.all([1, 2, 3, 4].map(() => write(t.store, first, reply, id)))
  await expect(write(t.store, other, reply, id)).rejects.toMatchObject({ code: 'CD004' })
  await admitWaiting(t.store)
  await write(t.store, first, reply, id)
  await expect(write(t.store, other, reply, id)).rejects.toMatchObject({ code: 'CD004' })
  await admitWaiting(t.store)
  expect((await t.store.db.raw(`select id from tracking.replies`)).rows).toEqual([{ id }])
  expect(await notAdmittedIn(t.store)).toEqual([])
})

it('keeps nothing of a reply that only the gate knows, and leaves a person an item', async () => {
  await using t = await testStore({ statuses: all })
  const { assignment } = await assigned(t.store)
  let taken = 0
  for (const [n, text] of disguised.entries()) {
    const content =
      n % 2 === 0
        ? { ...reply, explanation: text }
        : { ...reply, document: { ...document, subject: text } }
    taken += await write(t.store, assignment, content).then(
      () => 1,
      () => 0,
    )
  }
  // Where the plain check begins to know one, nothing is lost.
  expect(taken).toBeGreaterThan(disguised.length / 2)
  await admitWaiting(t.store)
  const shown = await shownIn(t.store)
  for (const text of disguised) expect(shown).not.toContain(JSON.stringify(text).slice(1, -1))
  const items = await notAdmittedIn(t.store)
  expect(items).toEqual(
    Array.from({ length: taken }, () => ({ act: 'reply', cause: 'notEligible' })),
  )
  const { rows } = await t.store.db.raw(
    `select (select count(*) from tracking.replies) as replies, (select last_outcome from tracking.assignments) as outcome,
       (select count(*) from sync.outbox where detail ->> 'code' = '06') as told`,
  )
  expect(rows).toEqual([{ replies: 0, outcome: null, told: 0 }])
})

const marked = 'Kèm theo TÀI LIỆU MẬT'
it.each<[string, (store: Store) => Promise<unknown>]>([
  ['a description', async (s) => classify(s, await staged(s), [{ ...task, description: marked }])],
  ['an opinion', async (s) => classify(s, await staged(s), [{ ...task, opinion: marked }])],
  [
    'the name of a unit',
    async (s) => classify(s, await staged(s), [{ ...task, lead: { ...lead, name: marked } }]),
  ],
  [
    'the code of a unit in support',
    async (s) =>
      classify(s, await staged(s), [{ ...task, support: [{ code: 'MAT.', name: 'Sở' }] }]),
  ],
  [
    'a field that nothing reads',
    async (s) => classify(s, await staged(s), [{ ...task, x: marked }]),
  ],
  ['who classifies', async (s) => classify(s, await staged(s), [task], marked)],
  [
    'the reason of a refusal',
    async (s) => s.db.raw(`select tracking.refuse(?, ?, 'cv')`, [await staged(s), marked]),
  ],
  [
    'who refuses',
    async (s) => s.db.raw(`select tracking.refuse(?, 'nhầm', ?)`, [await staged(s), marked]),
  ],
  [
    'who marks it to be done at once',
    async (s) => s.db.raw(`select tracking.act_at_once(?, ?)`, [await staged(s), marked]),
  ],
  [
    'who begins',
    async (s) =>
      s.db.raw(`select tracking.begin_work(?, ?)`, [(await assigned(s)).assignment, marked]),
  ],
  [
    'the reason of a return',
    async (s) =>
      s.db.raw(`select tracking.return_to_office(?, ?, 'đơn vị')`, [
        (await assigned(s)).assignment,
        marked,
      ]),
  ],
])('keeps nothing of a mark in %s', async (_where, act) => {
  await using t = await testStore({ statuses: all })
  await act(t.store)
  await admitWaiting(t.store)
  expect(await shownIn(t.store)).not.toMatch(/TÀI LIỆU|MAT\./)
  const items = await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })
  expect(items).toMatchObject([{ cause: 'notEligible', code: '780/UBND-NNMT' }])
  expect(JSON.stringify(items)).not.toContain('TÀI LIỆU')
  const { rows } = await t.store.db.raw(
    `select kind from sync.outbox where detail ->> 'code' = '02'`,
  )
  expect(rows).toEqual([])
})

it('leaves an item where something else happened meanwhile, and goes on with the other directives', async () => {
  await using t = await testStore()
  const refs = ['a', 'b', 'c', 'd']
  const ids: string[] = []
  for (const ref of refs) ids.push(await staged(t.store, ref))
  const [recalled, withheld, known, other] = ids as [string, string, string, string]
  for (const id of ids) await classify(t.store, id, [task])
  await t.store.recalls.recall(recalled, { actor: 'an', reason: 'x', authority: 'y' }, now)
  await t.store.withholding.withhold(withheld, 'doubtful', now)
  // Through the bridge, whose acts do not wait.
  await t.store.db.raw(`select sync.classify(?, '[]', 'cv', now())`, [known])
  await admitWaiting(t.store)
  const items = await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })
  expect(Object.fromEntries(items.map((item) => [item.directiveId, item.cause]))).toEqual({
    [recalled]: 'recalled',
    [known]: 'alreadyDone',
  })
  expect((await t.store.look([], [])).due.writings).toBe(0)
  const { rows } = await t.store.db.raw(`select directive_id as id from tracking.tasks`)
  expect(rows).toEqual([{ id: other }])
  // Of what is withheld nothing is told until it shows again.
  await t.store.withholding.release(withheld, now, { actor: 'an', reason: 'z' })
  const again = await t.store.attention.list({ at: now, directiveId: withheld })
  expect(again).toMatchObject([{ kind: 'notAdmitted', cause: 'notShown' }])
})

it('goes with what was refused before it: a reply on a classification that was not admitted', async () => {
  await using t = await testStore()
  const id = await staged(t.store)
  const [assignment] = await classify(t.store, id, [{ ...task, opinion: marked }])
  await write(t.store, assignment, reply)
  await admitWaiting(t.store)
  expect(await notAdmittedIn(t.store)).toEqual([
    { act: 'classify', cause: 'notEligible' },
    { act: 'reply', cause: 'notShown' },
  ])
  // And can be written anew.
  const [anew] = await classify(t.store, id, [task])
  await write(t.store, anew, reply)
  await admitWaiting(t.store)
  expect((await t.store.db.raw(`select id from tracking.replies`)).rows).toHaveLength(1)
})

it('keeps waiting after a mistake of ours, and lets a person end it', async () => {
  await using t = await testStore()
  const broken = await staged(t.store, 'a')
  const sound = await staged(t.store, 'b')
  await classify(t.store, broken, [task])
  await classify(t.store, broken, []).catch(() => {})
  await t.store.db.raw(
    `create function sync.fail() returns trigger language plpgsql as $$ begin raise exception 'a mistake'; end $$;
     create trigger fails before insert on sync.task for each row when (new.directive_id = '${broken}') execute function sync.fail()`,
  )
  await classify(t.store, sound, [task])
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })).toEqual([])
    await t.store.db.raw(`update sync.writing set due_at = clock_timestamp()`)
    await admitWaiting(t.store)
  }
  expect((await t.store.db.raw(`select directive_id as id from tracking.tasks`)).rows).toEqual([
    { id: sound },
  ])
  expect((await t.store.look([], [])).due.writings).toBe(0)
  const [item] = await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })
  expect(item).toMatchObject({ cause: 'ourMistake', directiveId: broken })
  expect(await t.store.signals.notAdmitted()).toEqual([{ source: 'nguon', count: 1 }])
  const by = { actor: 'an', reason: 'đã ghi lại' }
  expect(await t.store.writings.settle(item!.id, by, now)).toBe(true)
  expect(await t.store.writings.settle(item!.id, by, now)).toBe(false)
  expect(await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })).toEqual([])
})

it('waits for nobody who sits on a directive, and admits with the rights of the service', async () => {
  await using t = await testStore({ role: 'chidao_service' })
  const held = await staged(t.store, 'a')
  const free = await staged(t.store, 'b')
  const owner = openDatabase({ url: t.url, poolSize: 2 })
  try {
    const writing = { store: { ...t.store, db: owner } as Store }
    await classify(writing.store, held, [])
    await classify(writing.store, free, [])
    const sitting = await owner.transaction()
    await sitting.raw(`select from sync.directive where id = ? for update`, [held])
    await admitWaiting(t.store)
    const classified = async () =>
      (await owner.raw(`select id from tracking.directives where classified_at is not null`)).rows
    expect(await classified()).toEqual([{ id: free }])
    await sitting.rollback()
    await admitWaiting(t.store)
    expect(await classified()).toHaveLength(2)
  } finally {
    await owner.destroy()
  }
})

it('keeps nothing of a purged directive waiting, nor an item of it', async () => {
  await using t = await testStore()
  const id = await staged(t.store)
  await t.store.db.raw(`select tracking.refuse(?, ?, 'cv')`, [id, marked])
  await admitWaiting(t.store)
  const [assignment] = await classify(t.store, id, [task])
  await write(t.store, assignment, reply)
  await t.store.withholding.withhold(id, 'byHand', now)
  expect(await t.store.attention.list({ at: now, kinds: ['notAdmitted'] })).toEqual([])
  await t.store.purging.purge(id, { actor: 'an', authority: 'CV 12' }, now)
  const { rows } = await t.store.db.raw(
    `select (select count(*) from sync.writing) + (select count(*) from sync.not_admitted) as left`,
  )
  expect(rows).toEqual([{ left: 0 }])
})
