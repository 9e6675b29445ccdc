/** A list of working days that replaces the one in force while everything runs. */
import { describe, expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { keepDeadlines, recomputeDeadlines } from '#src/flow/calendar-deadlines.ts'
import { openCalendar } from '#src/flow/calendar-in-force.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { listWith, read } from '#test/support/working-days.ts'

/** Issued on Monday 2 March and due on Wednesday, unless Wednesday is off: then on Thursday. */
const withoutWednesday = listWith({ off: ['2026-03-04'] })
const due = '2026-03-04'
const later = '2026-03-05'
const by = { actor: 'chánh văn phòng', reason: 'Thông báo 12', at: start }

async function staged(rows: Row[]) {
  const register = await openRegister(rows)
  const t = await testApp([profileAt(register.address)])
  await pullAll(t.app)
  return {
    ...t,
    rows,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

async function putInForce({ store }: App, list = withoutWednesday) {
  const { calendar, content } = read(list)
  const { version } = calendar
  expect(await store.calendars.import({ version, content, ...by })).toBe('loaded')
  return calendar
}

async function dates({ store }: App): Promise<Record<string, string>> {
  const { rows } = await store.db.raw(
    `select source_ref as ref, deadline_date as date from sync.directive order by source_ref::int`,
  )
  return Object.fromEntries(rows.map((one: { ref: string; date: string }) => [one.ref, one.date]))
}

async function moved({ store }: App) {
  const { rows } = await store.db.raw(
    `select d.source_ref as ref, h.actor, h.detail from sync.history h join sync.directive d on d.id = h.directive_id
     where h.event = 'deadlineMoved' order by d.source_ref::int`,
  )
  return rows
}

async function directive({ store }: App, ref: number): Promise<string> {
  const { rows } = await store.db.raw(`select id from sync.directive where source_ref = ?`, [
    String(ref),
  ])
  return rows[0].id
}

describe('a new list of working days', () => {
  it('decides the next deadline of a process that was running already', async () => {
    await using s = await staged([row(1)])
    const other = await s.another()
    const { version } = await putInForce(other)
    s.rows.push(row(2))
    await pullAll(s.app)
    expect((await dates(s.app))['2']).toBe(later)
    const { rows } = await s.app.store.db.raw(
      `select calendar_version as version from sync.directive where source_ref = '2'`,
    )
    expect(rows[0].version).toBe(version)
  })

  it('moves what still runs, and nothing that was settled or does not count', async () => {
    await using s = await staged([
      row(1),
      row(2),
      row(3),
      row(4),
      row(5, { publish_date: '2026-02-26T00:00:00+07:00' }),
      row(6, { urgent_id: 4, urgent_name: 'Hỏa tốc' }),
      row(7),
    ])
    const { app } = s
    const { db } = app.store
    const of = (ref: number) => directive(app, ref)
    await db.raw(`select sync.classify(?, '[]', 'chuyên viên', now())`, [await of(2)])
    await db.raw(`select sync.refuse(?, 'không thuộc thẩm quyền', 'chuyên viên', now())`, [
      await of(3),
    ])
    await db.raw(`update sync.directive set recalled_at = now() where source_ref = '4'`)
    await db.raw(`select sync.act_at_once(?, 'chuyên viên', now())`, [await of(7)])
    const before = await dates(app)
    const oldVersion = app.calendar.version
    const calendar = await putInForce(app)
    const recomputed = await recomputeDeadlines(app.store, calendar, by)
    expect(await dates(app)).toEqual({ ...before, 1: later })
    expect(before['1']).toBe(due)
    expect(recomputed.open).toBe(3)
    expect(recomputed.moves).toMatchObject([{ code: '781/UBND-NNMT', old: due, new: later }])
    expect(await moved(app)).toEqual([
      {
        ref: '1',
        actor: by.actor,
        detail: {
          old: due,
          new: later,
          version: calendar.version,
          oldVersion,
          reason: by.reason,
        },
      },
    ])
    const { rows } = await db.raw(
      `select source_ref as ref from sync.directive where calendar_version = ? order by 1`,
      [calendar.version],
    )
    expect(rows.map((one: { ref: string }) => one.ref)).toEqual(['1', '6', '7'])
  })

  it('says which of them became overdue by it, and which no longer are', async () => {
    await using s = await staged([row(1)])
    const longer = await putInForce(s.app)
    const afterBoth = new Date('2026-03-09T00:00:00Z')
    const between = new Date('2026-03-05T02:00:00Z')
    const at = async (instant: Date) =>
      (await s.app.store.deadlines.wouldMove(longer, instant)).moves.map((move) => move.overdue)
    expect([await at(start), await at(between), await at(afterBoth)]).toEqual([
      ['no'],
      ['ended'],
      ['was'],
    ])
    await recomputeDeadlines(s.app.store, longer, by)
    const shorter = read(listWith({ generated: '2026-12-02' })).calendar
    expect(
      (await s.app.store.deadlines.wouldMove(shorter, between)).moves.map((move) => move.overdue),
    ).toEqual(['became'])
  })

  it('catches what was being staged by the old one while it came', async () => {
    await using s = await staged([row(1)])
    const late = await s.another()
    const calendar = await putInForce(s.app)
    await recomputeDeadlines(s.app.store, calendar, by)
    expect(await dates(s.app)).toEqual({ 1: later })
    // As if it had looked at the list just before: what it has read by then is written afterwards.
    Object.assign(late.calendar, { follow: async () => false })
    s.rows.push(row(2))
    await pullAll(late)
    expect(await dates(s.app)).toEqual({ 1: later, 2: due })
    await keepDeadlines(s.app)
    expect(await dates(s.app)).toEqual({ 1: later, 2: later })
    expect(s.logged.filter((line) => line.includes('"deadlinesRecomputed"'))).toHaveLength(1)
    await keepDeadlines(s.app)
    expect(await moved(s.app)).toHaveLength(2)
  })

  it('is carried on with after whoever imported it died half-way', async () => {
    await using s = await staged([row(1), row(2), row(3)])
    const calendar = await putInForce(s.app)
    await s.app.store.deadlines.recompute(calendar, 2, by)
    expect(Object.values(await dates(s.app)).filter((date) => date === due)).toHaveLength(1)
    await keepDeadlines(await s.another())
    expect(await dates(s.app)).toEqual({ 1: later, 2: later, 3: later })
    expect(await moved(s.app)).toHaveLength(3)
  })

  it('is never undone by a process that still holds the old one', async () => {
    await using s = await staged([row(1)])
    const old = read(listWith({ generated: '2026-11-22' })).calendar
    expect(old.version).toBe(s.app.calendar.version)
    const calendar = await putInForce(s.app)
    await recomputeDeadlines(s.app.store, calendar, by)
    expect(await s.app.store.deadlines.recompute(old, 10, by)).toBeNull()
    expect(await dates(s.app)).toEqual({ 1: later })
  })

  it('moves what is withheld as well, and says nothing of it', async () => {
    await using s = await staged([row(1)])
    const { store } = s.app
    await store.withholding.withhold(await directive(s.app, 1), 'doubtful', start)
    const calendar = await putInForce(s.app)
    expect((await store.deadlines.wouldMove(calendar, start)).moves).toEqual([])
    expect((await recomputeDeadlines(store, calendar, by)).moves).toEqual([])
    expect(await dates(s.app)).toEqual({ 1: later })
  })
})

describe('the list of the configuration', () => {
  const started = async ({ store }: App, list: Parameters<typeof listWith>[0]) =>
    (await openCalendar(store, read(listWith(list)), start)).version

  it('is in force from a start on when it is newer, and not when it is older', async () => {
    await using t = await testApp([])
    const newer = { generated: '2026-12-05', off: ['2026-03-04'] }
    const version = await started(t.app, newer)
    expect(version).toContain('2026-12-05')
    expect(await started(t.app, { generated: '2026-12-04' })).toBe(version)
    expect(await started(t.app, { generated: '2026-11-22' })).toBe(version)
  })

  it('gives way to an imported one of its date or later', async () => {
    await using t = await testApp([])
    const { version } = await putInForce(t.app)
    expect(await started(t.app, { generated: '2026-12-01', off: ['2026-03-05'] })).toBe(version)
    expect(await started(t.app, { generated: '2026-11-30' })).toBe(version)
    expect(await started(t.app, { generated: '2026-12-02' })).toContain('2026-12-02')
  })

  it('that was edited without a new date is in force once: machines with different files take no turns', async () => {
    await using t = await testApp([])
    const edited = { generated: '2026-11-22', off: ['2026-03-04'] }
    const version = await started(t.app, edited)
    expect(version).not.toBe(t.app.calendar.version)
    expect(await started(t.app, { generated: '2026-11-22' })).toBe(version)
    expect(await started(t.app, edited)).toBe(version)
  })
})

describe('an import', () => {
  it.each([
    ['the list in force', { generated: '2026-12-01', off: ['2026-03-04'] }, 'inForce'],
    ['one that was in force before', { generated: '2026-11-22' }, 'known'],
    ['an older one', { generated: '2026-11-30', off: ['2026-03-05'] }, 'older'],
    ['another one of the same date', { generated: '2026-12-01', off: ['2026-03-05'] }, 'sameDate'],
  ] as const)('refuses %s', async (_what, list, refusal) => {
    await using t = await testApp([])
    const { version } = await putInForce(t.app)
    const { calendar, content } = read(listWith(list))
    const asked = { version: calendar.version, content, ...by }
    expect(await t.app.store.calendars.import(asked)).toBe(refusal)
    expect(await t.app.store.calendars.versionInForce()).toBe(version)
  })

  it('is one of two when two are made at once', async () => {
    await using t = await testApp([])
    const other = await t.another()
    const outcomes = await Promise.all(
      [t.app, other, t.app, other].map(({ store }, n) => {
        const { calendar, content } = read(listWith({ off: [`2026-03-0${n + 2}`] }))
        return store.calendars.import({ version: calendar.version, content, ...by })
      }),
    )
    expect(outcomes.toSorted()).toEqual(['loaded', 'sameDate', 'sameDate', 'sameDate'])
  })
})
