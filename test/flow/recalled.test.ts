/** What its issuer takes back or contradicts, in whatever order it is told: handled once, or listed for a person. */
import { describe, expect, it } from 'vitest'
import { docIdOf, documentIdOf } from '#connectors/simulator/axis/names.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import { hash } from '#connectors/simulator/draw.ts'
import { change } from '#connectors/simulator/register.ts'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { attentionKinds } from '#src/store/attention-kinds.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { sendAll, simulatedAxis, untilComplete } from '#test/support/axis.ts'

const hourMs = 3_600_000

/** What waits for a person beside the legal deadlines, which pass while these days go by. */
async function waiting(app: App) {
  const kinds = attentionKinds.filter((kind) => kind !== 'overdue' && kind !== 'dueSoon')
  const rows = await app.store.attention.list({ at: app.clock.now(), kinds })
  return rows.map(({ kind, cause, code }) => ({ kind, cause, code }))
}

/** What the store has of one code, and how often its recall stands in the history. */
async function storedAs(app: App, code: string) {
  const { rows } = await app.store.db.raw(
    `select subject, revision, recalled_at is not null as recalled,
       (select count(*) from sync.history h where h.directive_id = d.id and event = 'recalled') as told,
       (select count(*) from tracking.orders o where o.directive_id = d.id) as orders
     from sync.directive d where code = ?`,
    [code],
  )
  return rows
}

async function clocksRunning(app: App): Promise<number> {
  return (await app.store.overview.deadlines(app.clock.now())).open
}

describe('on the axis', () => {
  /** A register whose two latest documents are still to come. */
  async function beforeTheLast() {
    const s = await simulatedAxis({ seed: 3, until: '2026-01-09', profile: { refused: 'leave' } })
    const [last, one] = s.register.documents
      .filter(({ expected, fate }) => expected === 'eligible' && fate === 'ordinary')
      .toSorted((a, b) => +b.releasedAt - +a.releasedAt) as [SimulatedDocument, SimulatedDocument]
    s.clock.set(new Date(one.releasedAt.getTime() - 2 * hourMs))
    return { s, app: s.t.app, one, last }
  }
  type Axis = Awaited<ReturnType<typeof beforeTheLast>>['s']

  /** At an instant for which the simulator sends status 13 an hour before the type 1, if the document is there by then. */
  function recallAskedBack(document: SimulatedDocument, from: Date): void {
    const at = new Date(from)
    while (hash(`${document.salt} recall ${at.toISOString()}`) % 2 !== 0) at.setTime(+at + 1)
    change(document, { kind: 'recall', at })
  }

  async function on(s: Axis, to: Date): Promise<void> {
    s.clock.set(to)
    await untilComplete(s.t)
  }

  it('lists a recall that comes before its document, and carries it out when that comes', async () => {
    const { s, app, one, last } = await beforeTheLast()
    await using _ = s
    for (const document of [one, last]) change(document, { kind: 'recall', at: s.clock.now() })
    await untilComplete(s.t)
    // Whoever decides is told which document it is about.
    const code = expect.stringMatching(/^\d+\/\S+$/)
    const listed = { kind: 'messageDeferred', cause: 'revoke', code }
    expect(await waiting(app)).toEqual([listed, listed])

    await on(s, new Date(one.releasedAt.getTime() + 1000))
    expect(await storedAs(app, one.row.notation)).toMatchObject([
      { recalled: true, told: 1, orders: 1 },
    ])
    // The other stays listed as long as its document does not come.
    const early = last.releasedAt > s.clock.now()
    expect(await waiting(app)).toEqual(early ? [listed] : [])
    await on(s, new Date(last.releasedAt.getTime() + 48 * hourMs))
    expect(await storedAs(app, last.row.notation)).toMatchObject([
      { recalled: true, told: 1, orders: 1 },
    ])
    expect(await waiting(app)).toEqual([])
    await sendAll(s.t)
    const { rows } = await app.store.db.raw(`select transport_ref as ref from sync.intake`)
    for (const { ref } of rows) expect(s.axis.acknowledged().get(ref)).toBe('done')
  }, 60_000)

  it('recalls once what is recalled by a status 13 and twice by a message of type 1', async () => {
    const { s, app, one } = await beforeTheLast()
    await using _ = s
    await on(s, new Date(one.releasedAt.getTime() + 1000))
    recallAskedBack(one, new Date(one.releasedAt.getTime() + 24 * hourMs))
    recallAskedBack(one, new Date(one.releasedAt.getTime() + 30 * hourMs))
    await on(s, new Date(one.releasedAt.getTime() + 32 * hourMs))
    expect(await storedAs(app, one.row.notation)).toMatchObject([
      { recalled: true, told: 1, orders: 1 },
    ])
    const { rows } = await app.store.db.raw(
      `select i.business, i.state, count(*) as n from sync.intake i join sync.directive d on d.id = i.directive_id
       where d.code = ? and i.business <> 'new' group by 1, 2 order by 1`,
      [one.row.notation],
    )
    expect(rows).toEqual([
      { business: 'revoke', state: 'recalled', n: 2 },
      { business: 'status', state: 'recalled', n: 2 },
    ])
    expect(await waiting(app)).toEqual([])
  }, 60_000)

  it('lists status 13 and type 1 about what was never staged, and lets a person settle them', async () => {
    const { s, app, one } = await beforeTheLast()
    await using _ = s
    // Somebody else took it off the axis before it was ever read here.
    recallAskedBack(one, new Date(one.releasedAt.getTime() + 2 * hourMs))
    const { connector } = [...app.sources.values()][0]!
    s.clock.set(new Date(one.releasedAt.getTime() + 1000))
    const ref = { transportRef: docIdOf(one), sourceRef: null }
    const gone = await connector.send({ kind: 'acknowledge', ref, as: 'done' })
    expect(gone.word).toBe('delivered')
    await on(s, new Date(one.releasedAt.getTime() + 3 * hourMs))
    expect(await storedAs(app, one.row.notation)).toEqual([])
    const causes = (await waiting(app)).map(({ kind, cause }) => `${kind} ${cause}`)
    expect(causes.sort()).toEqual(['messageDeferred revoke', 'messageDeferred status'])
    for (const { id } of await app.store.attention.list({
      at: app.clock.now(),
      kinds: ['messageDeferred'],
    })) {
      const by = { actor: 'trực ban', reason: 'không có văn bản này' }
      expect(await app.store.failures.discard(id, by, app.clock.now())).toBe(true)
    }
    expect(await waiting(app)).toEqual([])
    const { rows } = await app.store.db.raw(
      `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
    )
    expect(rows).toEqual([])
  }, 60_000)

  it('lets a person decide about another content under the same name, and keeps the first', async () => {
    const { s, app } = await beforeTheLast()
    await using _ = s
    await untilComplete(s.t)
    const { document, other } = contradicted(s)
    ;(s.register.documents as SimulatedDocument[]).push(other)
    const before = await storedAs(app, document.row.notation)
    expect(before).toMatchObject([{ revision: 1, recalled: false }])
    s.clock.set(new Date(other.releasedAt.getTime() + 1000))
    await pullAll(app)
    expect(await storedAs(app, document.row.notation)).toEqual(before)
    expect(await waiting(app)).toContainEqual({
      kind: 'conflict',
      cause: 'conflict',
      code: document.row.notation,
    })
    await sendAll(s.t)
    expect(s.axis.acknowledged().get(docIdOf(other))).toBeUndefined()
  }, 60_000)

  /** A staged document, and another message that bears its name and not its subject. */
  function contradicted(s: Axis): { document: SimulatedDocument; other: SimulatedDocument } {
    for (const document of s.register.documents) {
      if (document.expected !== 'eligible' || document.releasedAt > s.clock.now()) continue
      for (let n = 0; n < 20; n++) {
        const other: SimulatedDocument = {
          ...document,
          salt: `${document.salt} other ${n}`,
          releasedAt: new Date(s.clock.now().getTime() + hourMs),
          row: { ...document.row, abstract: 'Về việc khác hẳn' },
          changes: [],
        }
        if (documentIdOf(other) === documentIdOf(document)) return { document, other }
      }
    }
    throw new Error('no document has a name that its salt leaves alone')
  }
})

describe('of a register of rows', () => {
  const recalled = { approved: false }

  async function rowsOf(...rows: ReturnType<typeof row>[]) {
    const register = await openRegister(rows)
    const clock = manualClock(start)
    const t = await testApp([profileAt(register.address)], { clock })
    return {
      app: t.app,
      rows,
      async poll(hours = 0): Promise<void> {
        clock.set(new Date(clock.now().getTime() + hours * hourMs))
        await t.app.store.db.raw(
          `update sync.pass set due_at = clock_timestamp() where state = 'due'`,
        )
        await pullAll(t.app)
      },
      async [Symbol.asyncDispose]() {
        await t[Symbol.asyncDispose]()
        await register.close()
      },
    }
  }

  it('keeps nothing of a row that is recalled before it was ever staged, and stages it once that is taken back', async () => {
    await using s = await rowsOf(row(1, recalled), row(2))
    await s.poll()
    expect(await storedAs(s.app, '781/UBND-NNMT')).toEqual([])
    const { rows } = await s.app.store.db.raw(
      `select seen, allowed, not_eligible as "notEligible", undecided from sync.pass where kind = 'head'`,
    )
    expect(rows).toEqual([{ seen: 2, allowed: 1, notEligible: 1, undecided: 0 }])
    expect(await waiting(s.app)).toEqual([])
    s.rows[0] = row(1)
    await s.poll(1)
    expect(await storedAs(s.app, '781/UBND-NNMT')).toMatchObject([{ recalled: false, told: 0 }])
  })

  it('recalls once what its row says twice, in every reading and asking again', async () => {
    await using s = await rowsOf(row(1), row(2))
    await s.poll()
    s.rows[0] = row(1, recalled)
    await s.poll()
    s.rows[0] = row(1, { ...recalled, signer_position: 'Chủ tịch' })
    await s.poll()
    expect(await clocksRunning(s.app)).toBe(1)
    await s.poll(25)
    expect(await storedAs(s.app, '781/UBND-NNMT')).toMatchObject([{ recalled: true, told: 1 }])
    expect(await waiting(s.app)).toEqual([])
  })

  it('takes other content in the same row for its revision, for that is how such a source speaks', async () => {
    await using s = await rowsOf(row(1))
    await s.poll()
    s.rows[0] = row(1, { abstract: 'Về việc khác hẳn' })
    await s.poll()
    expect(await storedAs(s.app, '781/UBND-NNMT')).toMatchObject([
      { subject: 'Về việc khác hẳn', revision: 2, recalled: false },
    ])
    expect(await waiting(s.app)).toEqual([])
  })
})
