/** The quarterly figures against a quarter that is small enough to be counted by hand. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { quarterCalled } from '#src/domain/quarter.ts'
import type { Pass } from '#src/store/passes.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, runningPass, testStore } from '#test/support/store.ts'

const quarter = quarterCalled('2026-Q3')!
const on = (day: string, hour = '02') => new Date(`2026-${day}T${hour}:00:00Z`)
const by = { actor: 'a', reason: 'b', authority: 'c' }

/** Issued on a day, to be classified before the end of another. */
async function issue(store: Store, pass: Pass, n: number, day: string, due: string, more = {}) {
  const code = `${n}/UBND-TH`
  const issuedOn = `2026-${day}`
  const message = admitted(`r${n}`, { number: String(n), symbol: 'UBND-TH', code, issuedOn })
  const deadline = {
    ...message.deadline,
    deadlineDate: `2026-${due}`,
    deadlineAt: on(due, '17'),
  }
  await store.intake.stage(pass, { ...message, deadline, ...more }, on(day))
  return (await store.withholding.shown('nguon', null)).get(`r${n}`)!
}

/** `[unit, due date or null]` per task; the assignments, in their order. */
async function classify(store: Store, id: string, day: string, tasks: [string, string | null][]) {
  const described = tasks.map(([unit, due], index) => ({
    description: `việc ${index + 1}`,
    dueOn: due && `2026-${due}`,
    lead: { code: unit, name: `Sở ${unit}` },
    support: [{ code: 'C', name: 'Sở C' }],
  }))
  await store.db.raw(`select sync.classify(:id, :tasks, 'chuyên viên', :at)`, {
    id,
    tasks: JSON.stringify(described),
    at: on(day),
  })
  const { rows } = await store.db.raw(
    `select a.id from sync.task t join sync.assignment a on a.task_id = t.id and a.role = 'lead' where t.directive_id = ? order by t.position`,
    [id],
  )
  return rows.map((row: { id: string }) => row.id)
}

function complete(store: Store, line: string, completedOn: string, told: string) {
  const done = { outcome: 'completed', explanation: '', document: null } as const
  const reply = { ...done, completedOn: `2026-${completedOn}` }
  return store.replies.write(randomUUID(), line, reply, [], 'đơn vị', on(told))
}

async function aQuarter(store: Store) {
  const pass = await runningPass(store)
  const one = await issue(store, pass, 1, '07-01', '07-03')
  const [inTime] = await classify(store, one, '07-02', [['A', '07-20']])
  await complete(store, inTime, '07-20', '07-20')

  const two = await issue(store, pass, 2, '07-01', '07-03')
  const [late, toldLate] = await classify(store, two, '07-10', [
    ['A', '07-20'],
    ['B', '08-01'],
  ])
  await complete(store, late, '07-22', '07-22')
  await complete(store, toldLate, '07-30', '08-05')

  const three = await issue(store, pass, 3, '09-01', '09-04')
  const [, returned] = await classify(store, three, '09-02', [
    ['B', '09-25'],
    ['B', '09-24'],
    ['A', null],
  ])
  const why = { outcome: 'returned', completedOn: null, document: null } as const
  const back = { ...why, explanation: 'không thuộc chức năng' }
  await store.replies.write(randomUUID(), returned, back, [], 'đơn vị', on('09-20'))

  const flash = await issue(store, pass, 4, '09-10', '09-10')
  await classify(store, flash, '09-11', [])
  await issue(store, pass, 5, '09-24', '09-28')
  await issue(store, pass, 6, '08-03', '08-05')
  const refused = await issue(store, pass, 7, '08-03', '08-05')
  await store.db.raw(`select sync.refuse(:id, 'nhầm', 'lãnh đạo', :at)`, {
    id: refused,
    at: on('08-04'),
  })

  // Done and told in the quarter before; issued before this one, and told after its end.
  const before = await issue(store, pass, 8, '06-18', '06-20')
  const [old] = await classify(store, before, '06-19', [['A', '06-22']])
  await complete(store, old, '06-22', '06-22')
  const after = await issue(store, pass, 9, '06-22', '06-24')
  const [next] = await classify(store, after, '06-23', [['A', '09-30']])
  await complete(store, next, '09-25', '09-26')

  const recalled = await issue(store, pass, 10, '07-05', '07-07')
  await classify(store, recalled, '07-06', [['B', '07-10']])
  await store.recalls.recall(recalled, by, on('07-08'))
  await issue(store, pass, 11, '07-01', '07-03', { beforeGoLive: true })
  const undecided = await issue(store, pass, 12, '08-10', '08-12')
  await store.recalls.recall(undecided, by, on('08-11'))
  // What is withheld is in no figure.
  const hidden = await issue(store, pass, 13, '08-10', '08-12')
  await classify(store, hidden, '08-11', [['B', '08-20']])
  await store.withholding.withhold(hidden, 'doubtful', on('08-12'))
}

it('runs from the 26th of one quarter’s last month to the 25th of the next', () => {
  expect(quarter).toEqual({ name: '2026-Q3', from: '2026-06-26', until: '2026-09-25' })
  expect(quarterCalled('2026-Q1', 14)).toMatchObject({ from: '2025-12-15', until: '2026-03-14' })
  for (const wrong of ['2026-Q5', '2026-Q0', 'Q3', '2026Q3', ''])
    expect(quarterCalled(wrong)).toBeNull()
})

it('counts each line in one cell, and each directive under one clock', async () => {
  await using t = await testStore()
  await aQuarter(t.store)
  const { tasks, units, overdue, directives } = await t.store.reports.quarter(quarter, on('10-05'))
  expect(tasks).toEqual({
    ...{ total: 7, done: 3, doneInTime: 2, doneLate: 1 },
    ...{ notDone: 4, notDoneInTime: 2, notDoneOverdue: 1, notDoneOpenEnded: 1 },
    ...{ cancelled: 1, toldLate: 1, reached: 5, reachedDone: 3 },
  })
  expect(units).toEqual([
    {
      unit: 'Sở A',
      ...{ total: 4, done: 2, doneInTime: 1, doneLate: 1 },
      ...{ notDone: 2, notDoneInTime: 1, notDoneOverdue: 0, notDoneOpenEnded: 1 },
    },
    {
      unit: 'Sở B',
      ...{ total: 3, done: 1, doneInTime: 1, doneLate: 0 },
      ...{ notDone: 2, notDoneInTime: 1, notDoneOverdue: 1, notDoneOpenEnded: 0 },
    },
  ])
  expect(overdue).toEqual([
    {
      ...{ code: '3/UBND-TH', signer: 'Nguyễn Văn Thử', task: 'việc 2', unit: 'Sở B' },
      ...{ dueOn: '2026-09-24', daysOverdue: 1 },
      ...{ lastOutcome: 'returned', explanation: 'không thuộc chức năng' },
    },
  ])
  expect(directives).toEqual({
    ...{ received: 9, inTime: 4, late: 1, sameDayInTime: 0, sameDayLate: 1 },
    ...{
      openInTime: 1,
      openOverdue: 1,
      recalled: 1,
      withTasks: 4,
      stagedLate: 0,
      releasedLate: 0,
      foundLate: 0,
      returns: 1,
    },
    withoutText: 0,
  })
})

it('leaves to the next quarter what was told after the end, and to no quarter what was done', async () => {
  await using t = await testStore()
  await aQuarter(t.store)
  const { tasks } = await t.store.reports.quarter(quarterCalled('2026-Q4')!, on('12-30'))
  // The four that were open: one told on 26 September, two now overdue, one without a due date.
  expect(tasks).toMatchObject({ total: 4, done: 1, notDoneOverdue: 2, notDoneOpenEnded: 1 })
})

it('says how things stand while the quarter runs', async () => {
  await using t = await testStore()
  await aQuarter(t.store)
  const { tasks, directives } = await t.store.reports.quarter(quarter, on('07-21'))
  expect(tasks).toMatchObject({ total: 4, done: 1, notDoneInTime: 2, notDoneOverdue: 1 })
  expect(directives).toMatchObject({ received: 3, inTime: 2, late: 1 })
})

const text = { ref: 'text', name: 'van-ban.pdf', mediaType: null, size: 9 }
const annex = { ref: 'annex', name: 'phu-luc.pdf', mediaType: null, size: 9 }

/** The latest file of this name at its source is there from this instant on. */
async function came(store: Store, directive: string, ref: string, at: Date): Promise<void> {
  const { rows } = await store.db.raw(
    `select id from sync.directive_file where directive_id = :directive and ref = :ref order by revision desc limit 1`,
    { directive, ref },
  )
  const file = { storedAs: randomUUID(), size: 9, sha256: '0'.repeat(64) }
  expect(await store.directiveFiles.handIn(rows[0].id, file, by, at)).toBe(true)
}

it('counts what had no full text when its time was over, whether it came later or not', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const files = [text, annex]
  const issued = (n: number, due = '07-03', more = {}) =>
    issue(store, pass, n, '07-01', due, { files, ...more })
  const without = async (asOf = on('10-05')) =>
    (await store.reports.quarter(quarter, asOf)).directives.withoutText

  await came(store, await issued(1), 'text', on('07-02'))
  await issued(2, '10-06')
  await issued(3, '07-03', { files: [] })
  await issued(4, '07-03', { beforeGoLive: true })
  await store.recalls.recall(await issued(5), by, on('07-02'))
  await store.db.raw(`select sync.refuse(:id, 'nhầm', 'lãnh đạo', :at)`, {
    id: await issued(6),
    at: on('07-02'),
  })
  expect(await without(), 'in time, not over yet, not needed').toBe(0)

  const late = await issued(7)
  const never = await issued(8)
  await issued(9)
  await came(store, late, 'annex', on('07-02'))
  await came(store, late, 'text', on('07-06'))
  const { rows } = await store.db.raw(
    `select id from sync.directive_file where directive_id = ? and ref = 'text'`,
    [never],
  )
  await store.directiveFiles.giveUp(rows[0].id, 'fail', by, on('07-02'))
  expect(await without(), 'late, given up, never').toBe(3)
  expect(await without(on('07-03', '16')), 'its time is not over').toBe(0)
  // Recalled or refused after its time was over, its text was missing all the same.
  await store.recalls.recall(never, by, on('07-08'))
  expect(await without()).toBe(3)
})

it('asks of the text that was announced when the time was over', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const without = async () =>
    (await store.reports.quarter(quarter, on('10-05'))).directives.withoutText
  const updated = async (n: number, day: string) => {
    const code = `${n}/UBND-TH`
    const message = admitted(`r${n}`, { number: String(n), symbol: 'UBND-TH', code, version: 'v2' })
    const files = [{ ...text, ref: 'text-2', name: 'dinh-chinh.pdf' }]
    const deadline = { ...message.deadline, deadlineAt: on('07-03', '17') }
    const directive = { ...message.directive, issuedOn: '2026-07-01', subject: 'Đính chính' }
    await store.intake.stage(pass, { ...message, directive, files, deadline }, on(day))
  }
  const afterwards = await issue(store, pass, 1, '07-01', '07-03', { files: [text] })
  await came(store, afterwards, 'text', on('07-02'))
  await updated(1, '07-06')
  expect(await without(), 'another text, announced later').toBe(0)
  const before = await issue(store, pass, 2, '07-01', '07-03', { files: [text] })
  await came(store, before, 'text', on('07-01'))
  await updated(2, '07-02')
  expect(await without(), 'another text, announced in time').toBe(1)
  await came(store, before, 'text-2', on('07-03', '16'))
  expect(await without()).toBe(0)
})

it('counts a text that one of the copies had in time, for all of them', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sources.register('truc', { statuses: [], replies: 'message' }, 'f')
  const pass = await runningPass(store)
  await issue(store, pass, 1, '07-01', '07-03', { files: [text] })
  const id = await store.passes.open({
    ...{ source: 'truc', kind: 'head', from: '2026-07-01', until: '2026-07-07' },
    ...{ upperBound: on('07-02'), cursorBefore: null },
  })
  const other = (await store.passes.claim(randomUUID(), { id: id! }))!
  await issue(store, other, 1, '07-01', '07-03', { files: [text] })
  const copy = (await store.withholding.shown('truc', null)).get('r1')!
  const counted = async () => {
    const { directives } = await store.reports.quarter(quarter, on('10-05'))
    return [directives.received, directives.withoutText]
  }
  expect(await counted()).toEqual([1, 1])
  await came(store, copy, 'text', on('07-02'))
  expect(await counted()).toEqual([1, 0])
})
