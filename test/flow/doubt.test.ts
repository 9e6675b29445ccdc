/** What a source's later words do to what is stored: withheld, asked again, released; and never emptied. */
import { describe, expect, it } from 'vitest'
import { manualClock } from '#src/domain/clock.ts'
import { watchStore } from '#src/flow/went-back.ts'
import type { PassKind } from '#src/store/passes.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const unknown = { secret_id: 99, secret_name: '???' }
const hourMs = 3_600_000

/** A source of so many directives, all of them staged. */
async function staged(count: number) {
  const rows: Row[] = Array.from({ length: count }, (_, n) => row(n + 1))
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const t = await testApp([profileAt(register.address)], { clock })
  const { app } = t
  await pullAll(app)
  return {
    app,
    rows,
    register,
    logged: t.logged,
    async shown(): Promise<number> {
      const { rows: found } = await app.store.db.raw(
        `select count(*) as n from tracking.directives`,
      )
      return found[0].n
    },
    async because(): Promise<string[]> {
      const { rows: found } = await app.store.db.raw(
        `select withheld_because as because from sync.directive where withheld_at is not null order by source_ref`,
      )
      return found.map((one: { because: string }) => one.because)
    },
    /** The next daily reading, and the next asking again of each that is open. */
    async nextDay(): Promise<void> {
      clock.set(new Date(clock.now().getTime() + 25 * hourMs))
      await this.soon()
    },
    async soon(): Promise<void> {
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await app.store.db.raw(`update sync.source set open_until = null`)
      for (let poll = 0; poll < 5; poll++) await pullAll(app)
    },
    async kinds(): Promise<PassKind[]> {
      const { rows: found } = await app.store.db.raw(
        `select distinct kind from sync.pass where state in ('done', 'open') order by 1`,
      )
      return found.map((one: { kind: PassKind }) => one.kind)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

describe('what becomes doubtful', () => {
  it('is withheld, and shows again when it is plainly eligible again', async () => {
    await using s = await staged(3)
    s.rows[0] = row(1, unknown)
    await pullAll(s.app)
    expect(await s.shown()).toBe(2)
    expect(await s.because()).toEqual(['doubtful'])
    s.rows[0] = row(1)
    await s.nextDay()
    expect(await s.shown()).toBe(3)
  })

  it('stays withheld for a person when its source says nothing new', async () => {
    await using s = await staged(3)
    s.rows[0] = row(1, unknown)
    await s.nextDay()
    await s.nextDay()
    expect(await s.because()).toEqual(['doubtful'])
  })

  it('counts as secret as soon as its source says so for certain', async () => {
    await using s = await staged(2)
    s.rows[0] = row(1, unknown)
    await pullAll(s.app)
    s.rows[0] = row(1, secret)
    await s.nextDay()
    expect(await s.because()).toEqual(['secret'])
  })

  it('is not believed of unusually many, until a person answers', async () => {
    await using s = await staged(12)
    for (const [n, { id }] of s.rows.entries()) s.rows[n] = row(id, unknown)
    await s.nextDay()
    expect(await s.shown()).toBe(12)
    expect(s.logged.join()).toContain('fuseTripped')
    const [fuse, ...others] = await s.app.store.fuses.open()
    expect(others).toEqual([])
    expect(fuse).toMatchObject({ kind: 'withhold', counted: 12, outOf: 12 })
    const by = {
      answer: 'proceed',
      seen: fuse!.counted,
      actor: 'người trực',
      reason: 'nguồn đổi mã',
    } as const
    await s.app.store.fuses.answer(fuse!.source, 'withhold', by, s.app.clock.now())
    await pullAll(s.app)
    expect(await s.shown()).toBe(0)
  })

  it('is asked about once, and not again on the day of the answer to keep it', async () => {
    await using s = await staged(12)
    for (const [n, { id }] of s.rows.entries()) s.rows[n] = row(id, unknown)
    await s.nextDay()
    const [fuse] = await s.app.store.fuses.open()
    const by = {
      answer: 'keep',
      seen: fuse!.counted,
      actor: 'người trực',
      reason: 'nguồn lỗi',
    } as const
    await s.app.store.fuses.answer(fuse!.source, 'withhold', by, s.app.clock.now())
    await pullAll(s.app)
    expect(await s.app.store.fuses.open()).toEqual([])
    expect(await s.shown()).toBe(12)
  })
})

describe('what becomes secret', () => {
  it('is withheld before any question, however many there are', async () => {
    await using s = await staged(12)
    for (const [n, { id }] of s.rows.entries()) s.rows[n] = row(id, secret)
    await pullAll(s.app)
    expect(await s.shown()).toBe(0)
    expect(new Set(await s.because())).toEqual(new Set(['secret']))
  })

  it('is found by asking again where its row never changed', async () => {
    await using s = await staged(2)
    // Issued before every window that is still read.
    await s.app.store.db.raw(`update sync.directive set issued_on = '2026-01-05'`)
    s.rows[0] = row(1, { ...secret, publish_date: '2026-01-05T00:00:00+07:00' })
    s.rows[1] = row(2, { publish_date: '2026-01-05T00:00:00+07:00' })
    await s.nextDay()
    expect(await s.because()).toEqual(['secret'])
    expect(await s.kinds()).toContain('recheck')
  })
})

describe('what its source no longer has', () => {
  it('is withheld as vanished, after the source itself has said so', async () => {
    await using s = await staged(3)
    s.rows.splice(1, 1)
    await s.nextDay()
    expect(await s.because()).toEqual(['vanished'])
    expect(await s.shown()).toBe(2)
  })

  it('shows again when it is there again', async () => {
    await using s = await staged(3)
    const [gone] = s.rows.splice(1, 1)
    await s.nextDay()
    s.rows.splice(1, 0, gone!)
    await s.nextDay()
    expect(await s.shown()).toBe(3)
  })

  it('is not taken for gone when the whole list is empty', async () => {
    await using s = await staged(12)
    s.rows.splice(0)
    await s.nextDay()
    expect(await s.shown()).toBe(12)
    expect(await s.app.store.fuses.open()).toHaveLength(1)
  })

  it('is not taken for gone when half the list is missing', async () => {
    await using s = await staged(20)
    s.rows.splice(10)
    await s.nextDay()
    expect(await s.shown()).toBe(20)
    expect(await s.app.store.fuses.open()).toHaveLength(1)
  })
})

describe('what its source recalls', () => {
  const recalled = { approved: false }
  const count = async ({ app }: Awaited<ReturnType<typeof staged>>) =>
    (await app.store.db.raw(`select from tracking.directives where recalled_at is not null`)).rows
      .length

  it('is recalled, and no longer when its source takes that back', async () => {
    await using s = await staged(8)
    s.rows[0] = row(1, recalled)
    await pullAll(s.app)
    expect(await count(s)).toBe(1)
    s.rows[0] = row(1, { abstract: 'Về việc triển khai nhiệm vụ số 1' })
    await s.nextDay()
    expect(await count(s)).toBe(0)
  })

  it('is not believed of unusually many, and loses none of them', async () => {
    await using s = await staged(40)
    for (const [n, { id }] of s.rows.entries()) s.rows[n] = row(id, recalled)
    await pullAll(s.app)
    expect(await count(s)).toBeLessThanOrEqual(5)
    const [fuse] = await s.app.store.fuses.open()
    expect(fuse).toMatchObject({ kind: 'recall', counted: 40, outOf: 40 })
    const { rows } = await s.app.store.db.raw(`select from sync.pass where state = 'open'`)
    expect(rows.length).toBeGreaterThan(0)
    const by = {
      answer: 'proceed',
      seen: fuse!.counted,
      actor: 'người trực',
      reason: 'đúng là thu hồi',
    } as const
    await s.app.store.fuses.answer(fuse!.source, 'recall', by, s.app.clock.now())
    await s.soon()
    expect(await count(s)).toBe(40)
  })
})

it('asks for everything that is open again, once a day', async () => {
  await using s = await staged(3)
  const before = s.register.state.asked.length
  await s.nextDay()
  const asked = s.register.state.asked.slice(before).map(({ url }) => url.split('?')[0])
  for (const { id } of s.rows)
    expect(asked.filter((url) => url!.endsWith(`/${id}`))).toHaveLength(1)
  const balances = await s.app.store.db.raw(
    `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
  )
  expect(balances.rows).toEqual([])
  const later = s.register.state.asked.length
  await pullAll(s.app)
  expect(s.register.state.asked.slice(later).filter(({ url }) => /\/\d+$/.test(url))).toEqual([])
})

it('shows nothing of a store that came out of a backup until its source has been asked', async () => {
  await using s = await staged(3)
  await watchStore(s.app, s.app.clock.now(), true)
  expect(await s.shown()).toBe(0)
  s.rows[0] = row(1, secret)
  await s.nextDay()
  expect(await s.shown()).toBe(2)
  expect(await s.because()).toEqual(['secret'])
})
