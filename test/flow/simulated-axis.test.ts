/** The whole reading of the national axis, against a simulator that knows which of its messages may be held. */
import { expect, it } from 'vitest'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import type { FaultPlan } from '#connectors/simulator/faults.ts'
import { change } from '#connectors/simulator/register.ts'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'
import { sendAll, simulatedAxis, untilComplete } from '#test/support/axis.ts'

const everyFault: FaultPlan = {
  seed: 11,
  rates: {
    serverError: 0.1,
    detailError: 0.1,
    htmlPage: 0.1,
    cutJson: 0.1,
    cutBody: 0.1,
    dropped: 0.1,
    duplicateRows: 0.3,
    failAnswer: 0.1,
  },
}

it.each([
  ['an axis that behaves', 1, {}],
  ['the same axis with every fault of reading', 1, everyFault],
  ['another register with every fault', 2, everyFault],
] as const)(
  'holds exactly what a perfect bridge would, from %s',
  async (_what, seed, faults) => {
    await using s = await simulatedAxis({ seed, faults })
    await untilComplete(s.t)
    const expected = axisExpectedEligible(s.register, s.clock.now())
    expect(expected.length).toBeGreaterThan(30)
    const { rows } = await s.t.app.store.db.raw(
      `select source_ref as ref, code, subject, issued_on as "issuedOn" from sync.directive`,
    )
    const byRef = (a: { ref: string }, b: { ref: string }) => a.ref.localeCompare(b.ref)
    expect(rows.sort(byRef)).toEqual(
      expected
        .map(({ organId, documentId, code, subject, issuedOn }) => ({
          ref: `${organId} ${documentId}`,
          code,
          subject,
          issuedOn,
        }))
        .sort(byRef),
    )
    const files = await s.t.app.store.db.raw(
      `select d.source_ref as ref, f.name, f.sha256, f.size from sync.directive d join sync.directive_file f on f.directive_id = d.id`,
    )
    for (const { organId, documentId, id } of expected) {
      const stored = files.rows.filter(
        ({ ref }: { ref: string }) => ref === `${organId} ${documentId}`,
      )
      const { files: simulatedFiles } = s.register.byId(id)!
      expect(stored.map(({ name }: { name: string }) => name).sort()).toEqual(
        expect.arrayContaining(simulatedFiles.map(({ name }) => name).sort()),
      )
      expect(stored.every(({ sha256 }: { sha256: string | null }) => sha256 !== null)).toBe(true)
    }
    const unbalanced = await s.t.app.store.db.raw(
      `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
    )
    expect(unbalanced.rows).toEqual([])

    await sendAll(s.t)
    const done = [...s.axis.acknowledged()].filter(([, as]) => as === 'done')
    expect(done.map(([docId]) => docId).sort()).toEqual(expected.map(({ docId }) => docId).sort())
  },
  180_000,
)

it('follows what its issuers order: recalls, updates and replacements, each acknowledged', async () => {
  await using s = await simulatedAxis({ seed: 3, changes: true })
  const [plain] = axisExpectedEligible(s.register, s.clock.now()).filter(
    ({ id }) => s.register.byId(id)!.changes.length === 0,
  )
  const document = s.register.byId(plain!.id)!
  const at = new Date('2026-02-15T03:00:00Z')
  change(document, { kind: 'update', at, subject: `${document.row.abstract} (điều chỉnh)` })
  s.clock.set(new Date('2026-02-20T10:00:00Z'))
  await untilComplete(s.t)
  await sendAll(s.t)
  const { rows } = await s.t.app.store.db.raw(
    `select d.source_ref as ref, d.subject, d.recalled_at is not null as recalled, d.revision,
       (select by.source_ref from sync.replacement r join sync.directive by on by.id = r.directive_id where r.source = d.source and r.source_ref = d.source_ref) as "replacedBy"
     from sync.directive d`,
  )
  const held = axisExpectedEligible(s.register, s.clock.now()).map((one) => ({
    ref: `${one.organId} ${one.documentId}`,
    subject: one.subject,
    recalled: one.recalled,
    replacedBy: one.replacedBy === null ? null : `${one.organId} ${one.documentId}`,
  }))
  const named = (one: { ref: string; subject: string; recalled: boolean }) =>
    `${one.ref} ${one.recalled} ${one.subject}`
  expect(rows.map(named).sort()).toEqual(held.map(named).sort())
  const replaced = (all: { ref: string; replacedBy: string | null }[]) =>
    all.flatMap(({ ref, replacedBy }) => (replacedBy === null ? [] : [ref])).sort()
  expect(replaced(rows)).toEqual(replaced(held))
  expect(rows.some(({ revision }: { revision: number }) => revision > 1)).toBe(true)
  expect(rows.some(({ recalled }: { recalled: boolean }) => recalled)).toBe(true)
  expect(replaced(rows).length).toBeGreaterThan(0)

  const open = await s.t.app.store.db.raw(
    `select i.transport_ref as ref from sync.intake i where i.state in ('deferred', 'failed')`,
  )
  expect(open.rows).toEqual([])
  const settled = await s.t.app.store.db.raw(`select transport_ref as ref from sync.intake`)
  for (const { ref } of settled.rows) expect(s.axis.acknowledged().get(ref)).toBe('done')
  const unbalanced = await s.t.app.store.db.raw(
    `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
  )
  expect(unbalanced.rows).toEqual([])
}, 120_000)

it('tells the issuer whether the Office gives back what was recalled, and lets the clock run on if not', async () => {
  await using s = await simulatedAxis({ seed: 3, changes: true })
  s.clock.set(new Date('2026-02-20T10:00:00Z'))
  await untilComplete(s.t)
  const orders = await s.t.app.store.db.raw(
    `select o.id, o.directive_id as directive, d.code from tracking.orders o join tracking.directives d on d.id = o.directive_id where o.kind = 'recall' order by o.id limit 2`,
  )
  const [given, kept] = orders.rows
  const answer = (id: string, accept: boolean, reason: string | null) =>
    s.t.app.store.db.raw(`select tracking.answer_order(?, ?, ?, 'chuyên viên')`, [
      id,
      accept,
      reason,
    ])
  await answer(given.id, true, null)
  await expect(answer(kept.id, false, ' ')).rejects.toMatchObject({ code: 'CD004' })
  await answer(kept.id, false, 'đã triển khai xong')
  await expect(answer(kept.id, true, null)).rejects.toMatchObject({ code: 'CD005' })
  await sendAll(s.t)
  const told = s.axis.sent().map(({ message }) => message)
  const codes = (code: string) =>
    told
      .filter((message) => message.kind === 'status' && message.responseFor[0]?.code === code)
      .map((message) => message.kind === 'status' && [message.code, message.description])
  expect(codes(given.code)).toContainEqual(['15', 'Đồng ý'])
  expect(codes(kept.code)).toContainEqual(['16', 'đã triển khai xong'])
  const { rows } = await s.t.app.store.db.raw(
    `select recalled_at is not null as recalled from tracking.directives where id = any (?) order by array_position(?::uuid[], id)`,
    [
      [given.directive, kept.directive],
      [given.directive, kept.directive],
    ],
  )
  expect(rows).toEqual([{ recalled: true }, { recalled: false }])
}, 120_000)

it('keeps nothing of what must not pass, in any table, file or log line', async () => {
  await using s = await simulatedAxis({ seed: 4, faults: everyFault, changes: true })
  await untilComplete(s.t)
  await sendAll(s.t)
  const [known] = axisExpectedEligible(s.register, s.clock.now())
  const { leaks, controlsFound } = await searchForLeaks({
    databases: [s.t.app.store.db],
    folders: [s.t.filesDirectory],
    canaries: s.simulator.canaries(),
    controls: [known!.code],
  })
  expect({ leaks, controlsFound }).toEqual({ leaks: 0, controlsFound: 1 })
  const logged = s.t.logged.join('\n')
  expect(s.simulator.canaries().filter((canary) => logged.includes(canary))).toEqual([])
}, 180_000)

it.each([
  ['leaves what must not pass where it is', 'leave', []],
  [
    'says of what must not pass that it was not taken, where somebody allowed that',
    { acknowledgeFail: { authority: 'QĐ thử' } },
    ['fail'],
  ],
] as const)('%s', async (_what, refused, expected) => {
  await using s = await simulatedAxis({ seed: 5, profile: { refused } })
  await untilComplete(s.t)
  await sendAll(s.t)
  const taken = new Set(
    axisExpectedEligible(s.register, s.clock.now()).map(({ docId }) => docId as string),
  )
  const others = [...s.axis.acknowledged()].filter(([docId]) => !taken.has(docId))
  expect([...new Set(others.map(([, as]) => as))]).toEqual(expected)
  if (expected.length > 0) expect(others.length).toBeGreaterThan(10)
  // It went out of memory: no row says that anything was refused, nor what.
  const { rows } = await s.t.app.store.db.raw(
    `select from sync.outbox o left join sync.intake i on i.id = o.intake_id where o.kind = 'acknowledge' and (o.detail ->> 'as' is distinct from 'done' or i.id is null)`,
  )
  expect(rows).toEqual([])
})
