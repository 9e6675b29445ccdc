/** An id that its source gives to another document overwrites nothing, and a person is told. */
import { afterEach, expect, it } from 'vitest'
import type { ManualClock } from '#src/domain/clock.ts'
import { recordReply } from '#src/flow.ts'
import { type Row, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { sendDue } from '#test/support/claims.ts'
import { admitWaiting } from '#test/support/writings.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(...rows: Row[]): Promise<FarSide> {
  const f = await farSide(rows)
  open.push(f)
  await poll(f)
  return f
}

async function poll(f: FarSide, minutes = 1): Promise<void> {
  const clock = f.app.clock as ManualClock
  clock.set(new Date(clock.now().getTime() + minutes * 60_000))
  await dueNow(f.app)
  await pullAll(f.app)
}

const other = (number = 7777, day = '2026-03-04') =>
  row(1, {
    ...{ number, notation: `${number}/UBND-KT`, publish_date: `${day}T09:00:00+07:00` },
    abstract: `V/v quyết toán ngân sách năm ${number}`,
  })

async function stored({ app }: FarSide) {
  const { rows } = await app.store.db.raw(
    `select code, subject, source_ref = '1' as named, revision, classified_at is not null as classified from sync.directive where withheld_at is null order by seen_at, id`,
  )
  return rows as Record<string, unknown>[]
}
const told = async ({ app }: FarSide) =>
  (await app.store.attention.list({ at: app.clock.now(), kinds: ['nameGiven'] })).map(
    ({ code, detail }) => `${code} ${detail.name} ${detail.now}`,
  )
const classify = async ({ app }: FarSide) => {
  const task = [{ description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở' } }]
  const { rows } = await app.store.db.raw(
    `select tracking.classify((select id from tracking.directives), ?, 'chuyên viên') as id`,
    [JSON.stringify(task)],
  )
  await admitWaiting(app.store)
  return rows[0].id as string
}
const sizes = async ({ app }: FarSide) =>
  (
    await app.store.db.raw(
      `select (select count(*)::int from sync.directive) as directives, (select count(*)::int from sync.intake) as messages`,
    )
  ).rows[0]

it.each([
  ['before it is classified', false],
  ['after it was classified', true],
])('stages the other one beside the one that had the id, %s', async (_, isClassified) => {
  const f = await running(row(1))
  if (isClassified) await classify(f)
  const [before] = await stored(f)
  f.rows[0] = other()
  await poll(f)
  expect(await stored(f)).toEqual([
    { ...before, named: false },
    expect.objectContaining({ code: '7777/UBND-KT', named: true, revision: 1, classified: false }),
  ])
  expect(await told(f)).toEqual(['781/UBND-NNMT 1 7777/UBND-KT'])
  const size = await sizes(f)
  for (let n = 0; n < 6; n++) await poll(f, n * 300)
  expect(await sizes(f)).toEqual(size)
  expect(await stored(f)).toHaveLength(2)
  expect(await told(f)).toHaveLength(1)
  // The next version is a revision of the one that has the id now.
  f.rows[0] = { ...other(), signer: 'Người khác' }
  await poll(f)
  expect((await stored(f)).map(({ revision }) => revision)).toEqual([1, 2])

  const { id } = (
    await f.app.store.attention.list({ at: f.app.clock.now(), kinds: ['nameGiven'] })
  )[0]!
  const by = { actor: 'trực ban', reason: 'đã hỏi văn thư' }
  expect(await f.app.store.setAside.know(id, by, f.app.clock.now())).toBe(true)
  expect(await told(f)).toEqual([])
  expect(f.t.logged.filter((line) => /ourMistake/.test(line))).toEqual([])
})

it.each([
  [
    'its number and day',
    { number: 7777, notation: '7777/UBND-KT', publish_date: '2026-03-04T09:00:00+07:00' },
  ],
  ['its number and subject', { number: 7777, notation: '7777/UBND-KT', abstract: 'V/v khác' }],
  ['its day and subject', { publish_date: '2026-03-04T09:00:00+07:00', abstract: 'V/v khác' }],
])('takes a change of %s for a correction', async (_, change) => {
  const f = await running(row(1))
  f.rows[0] = row(1, change)
  await poll(f)
  expect(await stored(f)).toEqual([expect.objectContaining({ revision: 2, named: true })])
  expect(await told(f)).toEqual([])
})

it('gives the id back to the one that had it, however often they change places', async () => {
  const f = await running(row(1))
  for (let n = 0; n < 8; n++) {
    f.rows[0] = n % 2 === 0 ? other() : row(1)
    await poll(f)
    expect(await stored(f)).toHaveLength(2)
  }
  f.rows[0] = other(8888, '2026-03-03')
  await poll(f)
  expect(await stored(f)).toHaveLength(3)
})

it('sends nothing of the one that lost its id under that id', async () => {
  const f = await running(row(1))
  const assignment = await classify(f)
  f.rows[0] = other()
  await poll(f)
  const reply = {
    outcome: 'completed',
    completedOn: '2026-03-04',
    explanation: 'Đã xong',
    document: null,
  } as const
  await recordReply(f.app, assignment, reply, [], 'đơn vị')
  await sendDue(f.app)
  expect(f.register.state.replies).toEqual([])
  const items = await f.app.store.attention.list({
    ...{ at: f.app.clock.now(), kinds: ['sendRejected'] },
  })
  expect(items.map(({ code, detail }) => [code, detail.answer])).toEqual([
    ['781/UBND-NNMT', expect.stringMatching(/answer by other means/)],
  ])
})

it('withholds the one that has the id when that is called secret, and leaves the other', async () => {
  const f = await running(row(1))
  f.rows[0] = other()
  await poll(f)
  f.rows[0] = { ...other(), secret_id: 2 }
  await poll(f)
  expect((await stored(f)).map(({ code }) => code)).toEqual(['781/UBND-NNMT'])
})
