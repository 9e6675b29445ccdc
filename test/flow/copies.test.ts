/** One document through two sources: what one says of it holds for both, and only who said it takes it back. */
import { expect, it } from 'vitest'
import { manualClock } from '#src/domain/clock.ts'
import { purgeByHand, purgeSecrets } from '#src/flow/purge.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'

const unknown = { secret_id: 99, secret_name: '???' }
const secret = { secret_id: 2, secret_name: 'Mật' }
const byHand = { actor: 'quản trị', authority: 'CV 12/VP-TH' }
const hourMs = 3_600_000

/** The same directives at two sources, all staged. */
async function atTwoSources(count: number) {
  const a: Row[] = Array.from({ length: count }, (_, n) => row(n + 1))
  const b: Row[] = [...a]
  const [registerA, registerB] = [await openRegister(a), await openRegister(b)]
  const clock = manualClock(start)
  const profiles = [
    profileAt(registerA.address, { name: 'a' }),
    profileAt(registerB.address, { name: 'b' }),
  ]
  const t = await testApp(profiles, { clock })
  const { app } = t
  await pullAll(app)
  return {
    app,
    t,
    a,
    b,
    async shown(): Promise<string[]> {
      const { rows } = await app.store.db.raw(
        `select source || d.source_ref as name from sync.directive d where withheld_at is null order by 1`,
      )
      return rows.map((one: { name: string }) => one.name)
    },
    /** What is withheld, and why. */
    async withheld(): Promise<Record<string, string>> {
      const { rows } = await app.store.db.raw(
        `select source || source_ref as name, withheld_because as because from sync.directive where withheld_at is not null order by 1`,
      )
      return Object.fromEntries(rows.map((one: Record<string, string>) => [one.name, one.because]))
    },
    async id(source: string, sourceRef: string): Promise<string> {
      const { rows } = await app.store.db.raw(
        `select id from sync.directive where source = ? and source_ref = ?`,
        [source, sourceRef],
      )
      return rows[0].id
    },
    async events(source: string): Promise<string[]> {
      const { rows } = await app.store.db.raw(
        `select h.event from sync.history h join sync.directive d on d.id = h.directive_id where d.source = ? order by h.at, h.event`,
        [source],
      )
      return rows.map(({ event }: { event: string }) => event)
    },
    now: () => clock.now(),
    /** Another process, which has heard nothing yet. */
    restarted: () => t.another(),
    fail(name: 'a' | 'b', fault: 'unavailable' | null): void {
      const register = name === 'a' ? registerA : registerB
      register.state.fault = fault
    },
    async poll(hours = 0): Promise<void> {
      clock.set(new Date(clock.now().getTime() + hours * hourMs))
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await app.store.db.raw(`update sync.source set open_until = null`)
      await pullAll(app)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await registerA.close()
      await registerB.close()
    },
  }
}

it('stays withheld for what one source doubts, however plain it is at the other', async () => {
  await using s = await atTwoSources(1)
  s.b[0] = row(1, unknown)
  await s.poll()
  expect(await s.shown()).toEqual([])
  await s.poll(2)
  await s.poll(2)
  expect(await s.shown()).toEqual([])
  s.b[0] = row(1)
  await s.poll(2)
  expect(await s.shown()).toEqual(['a1', 'b1'])
})

it('stays withheld until the last source that doubts it is plain again', async () => {
  await using s = await atTwoSources(1)
  s.b[0] = row(1, unknown)
  await s.poll()
  s.a[0] = row(1, unknown)
  await s.poll(2)
  s.b[0] = row(1)
  await s.poll(2)
  expect(await s.shown()).toEqual([])
  s.a[0] = row(1)
  await s.poll(2)
  expect(await s.shown()).toEqual(['a1', 'b1'])
})

it("never shows again of the bridge's own accord what a person withheld to purge it", async () => {
  await using s = await atTwoSources(1)
  const { rows } = await s.app.store.db.raw(`select id from sync.directive where source = 'a'`)
  const { purging, withholding } = s.app.store
  const purge = () => Promise.reject(new Error('canceling statement due to lock timeout'))
  const store = { ...s.app.store, purging: { ...purging, purge } }
  // Withheld for less before.
  await withholding.withhold(rows[0].id, 'doubtful', s.app.clock.now())
  const by = { actor: 'văn thư', authority: 'CV 12' }
  await expect(purgeByHand({ ...s.app, store }, rows[0].id, by)).rejects.toThrow('lock timeout')
  await s.poll(2)
  await s.poll(25)
  expect(await s.shown()).toEqual([])
})

it('does not come back through another source once it is purged', async () => {
  await using s = await atTwoSources(1)
  s.a[0] = row(1, secret)
  await s.poll()
  expect(await s.shown()).toEqual([])
  await purgeSecrets(s.app)
  expect(await s.withheld()).toEqual({ b1: 'takenAlong' })
  expect(await purgeByHand(s.app, await s.id('b', '1'), byHand)).not.toBeNull()
  await s.poll()
  await s.poll()
  const { rows } = await s.app.store.db.raw(`select source from sync.directive`)
  expect(rows).toEqual([])
  // Nothing of it is anywhere but in memory.
  const { rows: intake } = await s.app.store.db.raw(
    `select distinct state, source_ref as ref from sync.intake`,
  )
  expect(intake).toEqual([{ state: 'purged', ref: '' }])
})

it('stays withheld and listed when what took it along is purged, whatever its own source goes on saying', async () => {
  await using s = await atTwoSources(1)
  s.a[0] = row(1, secret)
  await s.poll()
  await purgeSecrets(s.app)
  await s.poll(2)
  s.b[0] = row(1, { abstract: 'Về việc đã sửa đổi' })
  for (const hours of [2, 2, 25]) {
    await s.poll(hours)
    await purgeSecrets(s.app)
    expect(await s.withheld()).toEqual({ b1: 'takenAlong' })
  }
  const waiting = await s.app.store.attention.list({ at: s.now(), kinds: ['withheld'] })
  expect(waiting).toMatchObject([{ source: 'b', cause: 'takenAlong', code: null }])
  expect(await s.events('b')).toEqual(['staged', 'withheld'])
  // Nor does another process, which has heard nothing, take it for shown.
  const begunSince = await s.restarted()
  await begunSince.store.db.raw(
    `update sync.pass set due_at = clock_timestamp() where state = 'due'`,
  )
  await pullAll(begunSince)
  expect(await s.shown()).toEqual([])
})

it('is shown again by a person for as long as no source is read that calls it secret', async () => {
  await using s = await atTwoSources(1)
  s.a[0] = row(1, secret)
  await s.poll()
  await purgeSecrets(s.app)
  const by = { actor: 'trực ban', reason: 'đã hỏi Văn phòng' }
  expect(await s.app.store.withholding.release(await s.id('b', '1'), s.now(), by)).toBe(true)
  expect(await s.shown()).toEqual(['b1'])
  const begunSince = await s.restarted()
  await begunSince.store.db.raw(
    `update sync.pass set due_at = clock_timestamp() where state = 'due'`,
  )
  await pullAll(begunSince)
  expect(await s.withheld()).toEqual({ b1: 'takenAlong' })
  // Its source took back what it had said.
  s.a.pop()
  expect(await s.app.store.withholding.release(await s.id('b', '1'), s.now(), by)).toBe(true)
  const last = await s.restarted()
  await last.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
  await pullAll(last)
  expect(await s.shown()).toEqual(['b1'])
})

const otherwise = { number: 4471, notation: '4471/UBND-QZKHE', abstract: 'Về việc qzsuoi' }
it.each([
  ['another document has its id', { ...otherwise, publish_date: '2026-03-01T00:00:00+07:00' }],
  ['it bears another number', { number: 4471, notation: '4471/UBND-QZKHE' }],
  ['it is dated a day later', { publish_date: '2026-03-03T00:00:00+07:00' }],
  ['its subject is another one', { abstract: 'Về việc qzsuoi' }],
  ['its subject is empty', { abstract: '' }],
  ['its subject is left out', { abstract: undefined }],
  ['its number is left out', { number: null, notation: null }],
])(
  'is withheld with its copies and not purged when what says secret is not plainly it: %s',
  async (_, more) => {
    await using s = await atTwoSources(2)
    s.a[0] = row(1, { ...more, ...secret }) as Row
    await s.poll()
    expect(await s.shown()).toEqual(['a2', 'b2'])
    for (const hours of [0, 2, 25]) {
      await s.poll(hours)
      await purgeSecrets(s.app)
    }
    expect(await s.withheld()).toEqual({ a1: 'otherSecret', b1: 'takenAlong' })
    const { rows } = await s.app.store.db.raw(
      `select d::text || coalesce(h.detail::text, '') as said from sync.directive d left join sync.history h on h.directive_id = d.id`,
    )
    expect(JSON.stringify([rows, s.t.logged]).toLowerCase()).not.toMatch(/4471\/|qz/)
    // Its source says so of what is stored, by now.
    s.a[0] = row(1, secret)
    await s.poll(2)
    await purgeSecrets(s.app)
    expect(await s.withheld()).toEqual({ b1: 'takenAlong' })
  },
)

it.each([
  ['is secret from the start', {}],
  ['bears the same subject', { abstract: 'Về việc triển khai nhiệm vụ số 1' }],
  ['is dated far behind it', { publish_date: '2026-03-05T00:00:00+07:00' }],
])('leaves in view what a document replaces that %s', async (_, more) => {
  await using s = await atTwoSources(2)
  const replacing = { previous_outgoing_doc_id: 1, ...more }
  s.a[2] = row(3, { ...replacing, ...secret })
  for (const hours of [0, 2, 25]) await s.poll(hours)
  expect(await s.shown()).toEqual(['a1', 'a2', 'b1', 'b2'])
  expect(await s.withheld()).toEqual({})
})

it('withholds a replacement that becomes secret, with its copy, and not what it replaced', async () => {
  await using s = await atTwoSources(2)
  s.a[2] = s.b[2] = row(3, { previous_outgoing_doc_id: 1 })
  await s.poll()
  expect(await s.shown()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
  s.a[2] = row(3, { previous_outgoing_doc_id: 1, ...secret })
  for (const hours of [0, 2, 25]) await s.poll(hours)
  expect(await s.shown()).toEqual(['a1', 'a2', 'b1', 'b2'])
  expect(await s.withheld()).toEqual({ a3: 'secret', b3: 'takenAlong' })
})

it('leaves in view the replacement of what becomes secret', async () => {
  await using s = await atTwoSources(2)
  s.a[2] = s.b[2] = row(3, { previous_outgoing_doc_id: 1 })
  await s.poll()
  s.a[0] = row(1, secret)
  await s.poll()
  expect(await s.shown()).toEqual(['a2', 'a3', 'b2', 'b3'])
})

it.each([
  [
    'a space more, and letters written apart',
    { abstract: '  Về việc  triển khai nhiệm vụ số 1'.normalize('NFD') },
  ],
  ['a suffix behind its symbol', { notation: '781/UBND-NNMT(M)' }],
  ['a zero before its number', { number: '0781' }],
])('is purged for what is the same but for %s', async (_, more) => {
  await using s = await atTwoSources(1)
  s.a[0] = row(1, { ...more, ...secret })
  await s.poll()
  await purgeSecrets(s.app)
  expect(await s.withheld()).toEqual({ b1: 'takenAlong' })
})

it('shows neither that nor a copy again when its source shows it as ordinary', async () => {
  await using s = await atTwoSources(1)
  s.a[0] = row(1, { ...secret, abstract: '' })
  await s.poll()
  s.a[0] = row(1)
  for (const hours of [2, 2, 25]) await s.poll(hours)
  expect(await s.withheld()).toEqual({ a1: 'otherSecret', b1: 'takenAlong' })
})

it('does not come back through a resync of another source, though nobody remembers it any more', async () => {
  await using s = await atTwoSources(2)
  s.a[0] = row(1, secret)
  await s.poll()
  await purgeSecrets(s.app)
  await purgeByHand(s.app, await s.id('b', '1'), byHand)
  const begunSince = await s.restarted()
  const resync = async () => {
    const scope = {
      source: 'b',
      from: '2026-02-01',
      until: '2026-03-31',
      refs: null,
      thorough: false,
    }
    await begunSince.store.resyncs.request(scope, { actor: 'an', reason: 'x' }, s.now())
    await runResyncs(begunSince)
    for (const { id } of await duePasses(begunSince.store, 20)) await pull(begunSince, id)
    return (await begunSince.store.passes.recent(20)).filter((run) => run.kind === 'resync')
  }
  s.fail('a', 'unavailable')
  expect((await resync()).map((run) => run.state)).not.toContain('done')
  expect(await s.shown()).toEqual(['a2', 'b2'])
  s.fail('a', null)
  await begunSince.store.db.raw(
    `update sync.pass set due_at = clock_timestamp() where state = 'due'`,
  )
  expect((await resync()).map((run) => run.state)).toContain('done')
  expect(await s.shown()).toEqual(['a2', 'b2'])
})

it('is withheld when a source that never gave it says that it is secret', async () => {
  await using s = await atTwoSources(1)
  s.b.push(row(2))
  await s.poll()
  expect(await s.shown()).toEqual(['a1', 'b1', 'b2'])
  s.a.push(row(2, secret))
  await s.poll()
  expect(await s.shown()).toEqual(['a1', 'b1'])
})

it('comes in when the source that called it secret does so no more', async () => {
  await using s = await atTwoSources(1)
  s.a.push(row(2, secret))
  await s.poll()
  s.b.push(row(2))
  await s.poll()
  expect(await s.shown()).toEqual(['a1', 'b1'])
  s.a[1] = row(2, { abstract: 'Về việc triển khai nhiệm vụ' })
  await s.poll()
  await s.poll()
  expect(await s.shown()).toContain('a2')
})

/** Secret documents are numbered apart (NĐ 30/2020 Đ15.2): in one year both series give out the same code. */
const dated = (day: string) => ({ publish_date: `${day}T00:00:00+07:00` })
const bears781 = { number: 781, notation: '781/UBND-NNMT' }

it('is not taken for a secret document that bears its code on another date', async () => {
  await using s = await atTwoSources(1)
  s.a.push(row(100, { ...bears781, ...dated('2026-03-04'), ...secret }))
  await s.poll()
  await purgeSecrets(s.app)
  await s.poll(25)
  expect(await s.shown()).toEqual(['a1', 'b1'])
})

it('comes in though a secret document of another date bears its code', async () => {
  await using s = await atTwoSources(0)
  s.a.push(row(100, { ...bears781, ...dated('2026-03-04'), ...secret }))
  await s.poll()
  s.a.push(row(1))
  s.b.push(row(1))
  await s.poll()
  expect(await s.shown()).toEqual(['a1', 'b1'])
})

it('is taken for the secret document of a source that dates by instants and is a day off', async () => {
  await using s = await atTwoSources(1)
  s.a.push(row(100, { ...bears781, ...dated('2026-03-03'), ...secret }))
  await s.poll()
  expect(await s.shown()).toEqual([])
})

it.each([
  ['one source', 'a'],
  ['two', 'b'],
] as const)(
  'leaves alone in %s what bears the code of a secret one of another date, stored both',
  async (_, of) => {
    await using s = await atTwoSources(0)
    const series = row(100, { ...bears781, ...dated('2026-03-04') })
    s.a.push(series)
    s[of].push(row(1))
    await s.poll()
    expect(await s.shown()).toEqual(['a100', `${of}1`].sort())
    s.a[0] = { ...series, ...secret }
    await s.poll()
    expect(await s.shown()).toEqual([`${of}1`])
    await purgeSecrets(s.app)
    await s.poll(25)
    expect(await s.shown()).toEqual([`${of}1`])
    expect(await s.withheld()).toEqual({})
  },
)

it('is taken along in one source by a secret one that was never stored', async () => {
  await using s = await atTwoSources(0)
  s.a.push(row(1), row(2, { ...bears781, ...dated('2026-03-04') }))
  await s.poll()
  s.a.push(row(100, { ...bears781, ...dated('2026-03-01'), ...secret }))
  await s.poll()
  await purgeSecrets(s.app)
  expect([await s.withheld(), await s.shown()]).toEqual([{ a1: 'takenAlong' }, ['a2']])
})
