/** What only a field of its form keeps out is counted by that field, and people are told when it rises from none to many. */
import { afterEach, describe, expect, it } from 'vitest'
import { alertSettings, alertsSection } from '#config/alerts.ts'
import { conditionsOf } from '#src/alerts/conditions.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(rows: Row[]) {
  const register = await openRegister(rows)
  const clock = manualClock(new Date('2026-03-04T02:00:00Z'))
  const profile = { ...profileAt(register.address), importFrom: '2026-02-25' }
  const t = await testApp([profile], { clock })
  const { app } = t
  const s = {
    app,
    rows,
    async poll(days = 0) {
      clock.set(new Date(clock.now().getTime() + days * 86_400_000 + 60_000))
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await pullAll(app)
    },
    counted: async () =>
      (
        await app.store.db.raw(
          `select day::text as day, field, count from sync.form_refusal order by 1, 2`,
        )
      ).rows,
    waiting: async () =>
      (await app.store.attention.list({ at: clock.now() }))
        .filter(({ kind }) => kind === 'formRefused')
        .map(({ id, detail }) => `${id} ${detail.count}`),
    async alerts() {
      const settings = alertSettings(alertsSection.parse({}), () => null, [], 60_000)
      const told = await conditionsOf(app, settings, clock.now())
      return told.filter(({ kind }) => kind === 'formRefused').map(({ figures }) => figures.count)
    },
    [Symbol.asyncDispose]: async () => {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
  open.push(s)
  return s
}

const some = (n: number, more: Record<string, unknown>, from = 1) =>
  Array.from({ length: n }, (_, at) => row(from + at, more))

describe('refused for form', () => {
  it.each([
    ['number', { number: null, notation: '' }],
    ['issuedOn', { publish_date: '2026-03-02', sign_date: null }],
    ['subject', { abstract: ' – ' }],
    ['issuer', { issuer_name: '' }],
    ['typeName', { doc_type_name: null }],
  ])('is counted by its field: %s', async (field, more) => {
    const s = await running(some(6, more))
    if (field === 'issuedOn')
      for (const one of s.rows) Object.assign(one, { publish_date: '2026-03-02 ?' })
    await s.poll()
    expect(await s.counted()).toEqual([{ day: '2026-03-04', field, count: 6 }])
    expect(await s.waiting()).toEqual([`${field} 6`])
    expect(await s.alerts()).toEqual([6])
    // The same ones met again are not more.
    await s.poll()
    expect(await s.counted()).toEqual([{ day: '2026-03-04', field, count: 6 }])
  })

  it.each([
    ['a draft', { notation: '', number: null, is_released: false, approved: false }],
    ['what is secret', { notation: '', number: null, secret_id: 2, secret_name: 'Mật' }],
    ['what is in doubt', { notation: '', number: null, secret_id: 77 }],
    ['what bears a mark', { notation: '', number: null, abstract: 'Văn bản MẬT về việc khác' }],
    ['what concerns nobody here', { notation: '', number: null, issuer_name: 'UBND tỉnh khác' }],
    [
      'what is of no type that is transferred',
      { notation: '', number: null, doc_type_name: 'Giấy mời' },
    ],
  ])('is nothing of %s', async (_what, more) => {
    const s = await running(some(6, more))
    await s.poll()
    expect(await s.counted()).toEqual([])
    expect(await s.waiting()).toEqual([])
  })

  it('is told when it rises from none to many, and not of a few, nor of what was always so', async () => {
    const s = await running([row(1), ...some(2, { abstract: '' }, 20)])
    await s.poll()
    expect([await s.waiting(), await s.alerts()]).toEqual([[], []])
    for (let day = 0; day < 9; day++) await s.poll(1)
    s.rows.push(...some(5, { abstract: '' }, 30))
    await s.poll(1)
    // Of these there always were some.
    expect(await s.waiting()).toEqual([])
    s.rows.push(...some(5, { notation: '', number: null }, 40))
    await s.poll(1)
    expect(await s.waiting()).toEqual(['number 5'])
  })

  it('is over when the source mends it', async () => {
    const s = await running(some(6, { abstract: '' }))
    await s.poll()
    for (const [at, one] of s.rows.entries()) Object.assign(one, { abstract: `Về việc ${at}` })
    await s.poll(2)
    expect([await s.waiting(), await s.alerts()]).toEqual([[], []])
    expect((await s.app.store.overview.totals()).staged).toBe(6)
  })
})
