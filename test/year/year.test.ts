/**
 * A source lives on for months: its documents are updated, recalled, replaced, become secret, vanish and are
 * declassified, numbers are dated back, its clock is wrong, it is silent for a week, and its lists have rows twice
 * and late. At the end the store equals what may be held of it, field by field and file by file.
 *
 * `npm run test:year` runs a whole year for five seeds; as a part of all tests it is a quarter of one seed.
 */
import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { documentIdOf, senderOf } from '#connectors/simulator/axis/names.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import { drawFrom } from '#connectors/simulator/draw.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'
import { manualClock } from '#src/domain/clock.ts'
import { addDays, localDateOf, startOfDay } from '#src/domain/local-date.ts'
import { purgeSecrets } from '#src/flow/purge.ts'
import { reconcile } from '#src/flow/reconcile.ts'
import { pullAll, testApp } from '#test/support/app.ts'
import { duePasses, pull, retryAll, runResyncs, sendDue, settleAll } from '#test/support/claims.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { everythingIn, lived } from './lived.ts'
import { type AskedAt, mustHaveBeenMet, wasShownAsIssued } from './readings.ts'
import { isLinked, writeScript } from './script.ts'
import { axisTruth, filesOf, restTruth, sha256, shownColumns, type Truth } from './truth.ts'

const seeds = (process.env.YEAR_SEEDS ?? '4').split(',').map(Number)
const days = Number(process.env.YEAR_DAYS ?? 90)
const from = '2026-01-05'
const dayMs = 86_400_000
const rest = 'qlvb-tinh'
const axis = 'truc-vxp'

it.each(seeds)(
  'ends with exactly what may be held, of register %i',
  async (seed) => {
    await using year = await begin(seed)
    for (let day = 0; day < days; day++) await year.live(day)
    await year.quiet()
    expect(year.lost()).toEqual([])
    expect(year.judged()).toBeGreaterThan(300)
    expect(await year.held()).toEqual(year.mayBeHeld())
    expect(await year.filesHeld()).toEqual(year.filesMeant())
    expect(await year.twice()).toEqual([])
    expect(await year.app.store.fuses.open()).toEqual([])
    const { rows: secret } = await year.app.store.db.raw(
      `select from sync.directive where withheld_because = 'secret'`,
    )
    expect(secret).toEqual([])
    const { rows: open } = await year.app.store.db.raw(
      `select state, failure, business, count(*) as n from sync.intake where state in ('failed', 'deferred') group by 1, 2, 3`,
    )
    expect(open).toEqual([])
    const { rows: unbalanced } = await year.app.store.db.raw(
      `select kind, window_from from sync.pass_balance where state in ('done', 'open') and not balances`,
    )
    expect(unbalanced).toEqual([])
    expect(await year.lived()).toEqual(expect.arrayContaining(everythingIn(days)))
    await year.app.store.sealing.seal()
    expect(await year.app.store.audits.verify()).toMatchObject({ findings: [], unsealed: 0 })
    expect(await year.completeTo()).toBe(year.yesterday())
    expect(await year.leaks()).toEqual({ leaks: 0, controlsFound: 3 })
    if (days >= 365)
      process.stdout.write(`${JSON.stringify({ seed, ...(await year.figures()) })}\n`)
  },
  3_600_000,
)

async function begin(seed: number) {
  const draw = drawFrom(`year ${seed}`)
  const clock = manualClock(at(from, 7))
  const register = makeRegister({
    seed,
    from,
    until: addDays(from, days - 20),
    perWorkingDay: 3,
    secretShare: 0.15,
  })
  const script = writeScript(register, draw)
  const systemId = 'sys.nam'
  const secret = 'bi-mat-cua-nam'
  const simulator = await startSimulator({
    register,
    clock,
    token: 'x',
    axis: { systemId, secret, organId: axisOffices.self.organId, agencies: [] },
    axisLargeShare: 0,
  })
  const retries = { times: 1, firstPauseMs: 1, maxPauseMs: 5 }
  const live = { importFrom: from, liveFrom: from }
  const restProfile = simulatedRestProfile({ baseUrl: simulator.url, token: 'x', ...live })
  const t = await testApp(
    [
      { ...restProfile, retries },
      {
        ...simulatedVxpProfile({ baseUrl: simulator.axis!.url, systemId, secret, ...live }),
        retries,
      },
    ],
    { clock },
  )
  const { app } = t
  const silent = draw.int(20, 40)
  const asked: AskedAt[] = []
  const skewed = new Set<string>()
  const calledSecret = new Set<string>()
  const lost: string[] = []
  let judged = 0

  async function work(): Promise<void> {
    await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
    await app.store.db.raw(`update sync.source set open_until = null, sends_open_until = null`)
    await reconcile(app, rest)
    await pullAll(app)
    await carryOutResyncs()
    await retryAll(app.store)
    await settleAll(app)
    await noteSecrets()
    await purgeSecrets(app)
    await app.store.outbox.makeDue()
    await sendDue(app)
    await noteAsked()
  }

  /** Before it is purged, and nobody could say any more that the store had it; the axis says so under a marked subject, and it stays. */
  async function noteSecrets(): Promise<void> {
    const { rows } = await app.store.db.raw(
      `select source || ' ' || source_ref as name from sync.directive where withheld_itself in ('secret', 'otherSecret')`,
    )
    for (const { name } of rows) calledSecret.add(name)
  }

  async function noteAsked(): Promise<void> {
    const { rates } = simulator.faults.plan
    if (rates.dropped === 1) return
    const today = localDateOf(clock.now())
    const daily = { from: addDays(today, -restProfile.poll.deepOverlapDays), until: today }
    const { rows: further } = await app.store.db.raw(
      `select window_from as "from", window_until as "until" from sync.pass where source = ? and kind = 'resync' and state = 'done' and ended_at = ?`,
      [rest, clock.now()],
    )
    asked.push({ at: clock.now(), sourceTime: simulator.now(), windows: [daily, ...further] })
  }

  async function carryOutResyncs(): Promise<void> {
    for (;;) {
      await runResyncs(app)
      const due = await duePasses(app.store, 100)
      if (due.length === 0) return
      for (const { id } of due) await pull(app, id)
    }
  }

  /** As the administrator does each quarter. Of what the daily readings reach it must find and mend nothing. */
  async function askForEverything(): Promise<void> {
    await noteLost()
    const scope = { source: rest, from, until: addDays(from, days), refs: null, thorough: false }
    const by = { actor: 'quản trị', reason: 'kiểm tra cuối quý' }
    await app.store.resyncs.request(scope, by, clock.now())
  }

  async function noteLost(): Promise<void> {
    const now = clock.now()
    const { rows } = await app.store.db.raw(
      `select source || ' ' || source_ref as name from sync.directive where withheld_at is null`,
    )
    const held = new Set<string>(rows.map(({ name }: { name: string }) => name))
    const meant = new Set(truths().map(({ shown }) => shown.name))
    for (const document of register.documents.filter((one) => mustHaveBeenMet(one, now)))
      for (const name of namesOf(document)) {
        if (meant.has(name)) judged++
        if (meant.has(name) && !held.has(name)) lost.push(`${localDateOf(now)} lost: ${name}`)
        // What is meant at the end leaves out what is still to go.
        const isOver = document.changes.every((change) => change.at <= now)
        if (isOver && !meant.has(name) && held.has(name))
          lost.push(`${localDateOf(now)} still shown: ${name}`)
      }
  }

  /** Notes which faces were asked while their clock was wrong. */
  async function workSkewed(way: 'ahead' | 'behind'): Promise<void> {
    const before = listsAsked()
    await work()
    for (const [face, n] of listsAsked())
      if (n > (before.get(face) ?? 0)) skewed.add(`${face}: clock ${way}`)
  }

  function listsAsked(): Map<string, number> {
    return new Map([
      [rest, simulator.requests().list],
      [axis, simulator.axis!.requests().getReceivedEdocList],
    ])
  }

  return {
    app,
    /** Two readings of one day, between whatever the source does wrong on it; the Office works at noon. */
    async live(day: number): Promise<void> {
      const date = addDays(from, day)
      const isSilent = day >= silent && day < silent + 7
      if (isSilent) simulator.faults.set({ rates: { dropped: 1 }, atMost: 1_000_000 })
      else
        simulator.faults.set({
          seed: `${seed} ${day}`,
          rates: { serverError: 0.03, cutJson: 0.03, duplicateRows: 0.2, shiftedPages: 0.2 },
          skewMs: day % 10 === 3 ? 45 * 60_000 : day % 10 === 7 ? -45 * 60_000 : 0,
        })
      clock.set(at(date, 11))
      await work()
      await classifyAll()
      if (day % 91 === 90) await askForEverything()
      clock.set(at(date, 17))
      const { skewMs } = simulator.faults.plan
      if (skewMs === 0) await work()
      else await workSkewed(skewMs > 0 ? 'ahead' : 'behind')
    },
    async quiet(): Promise<void> {
      simulator.faults.set({})
      for (let day = 0; day < 3; day++) {
        clock.set(new Date(clock.now().getTime() + dayMs))
        // After all that is compared has appeared: a number dated back by months is met by nothing else.
        await askForEverything()
        for (let round = 0; round < 3; round++) await work()
      }
    },
    /** What the readings of every day had not brought in, or out, before a resync could; and of how many. */
    lost: () => lost,
    judged: () => judged,
    async held() {
      const { rows } = await app.store.db.raw(
        `select ${shownColumns} from sync.directive d where withheld_at is null`,
      )
      return rows.sort(byName)
    },
    mayBeHeld: () =>
      truths()
        .map(({ shown }) => shown)
        .sort(byName),
    /** Deciphered, as whoever opens one reads it. */
    async filesHeld(): Promise<string[]> {
      const { rows } = await app.store.db.raw(
        `select d.id, d.source || ' ' || d.source_ref || ': ' || f.name as file, f.stored_as as "storedAs" from sync.directive d join sync.directive_file f on f.directive_id = d.id and f.superseded_by is null
         where d.withheld_at is null`,
      )
      const files = []
      for (const { id, file, storedAs } of rows) {
        const key = await app.store.keys.of(id)
        files.push(`${file} ${sha256(await buffer(app.files.open(storedAs, key!)))}`)
      }
      return files.sort()
    },
    filesMeant: () => truths().flatMap(filesOf).sort(),
    /** One document that is shown twice, by one source, or by two that are known to speak of the same. */
    async twice() {
      const { rows } = await app.store.db.raw(
        `select code, issuer, issued_on, count(*) as n from tracking.directives where same_as is null group by 1, 2, 3 having count(*) > 1`,
      )
      return rows
    },
    async completeTo() {
      const { completeTo } = await app.store.completeness.of(rest, from, localDateOf(clock.now()))
      return completeTo
    },
    yesterday: () => addDays(localDateOf(clock.now()), -1),
    lived: () =>
      lived({
        ...{ app, script, asked, skewed, calledSecret },
        truths: truths(),
        faults: simulator.faults,
      }),
    async figures() {
      const { rows } = await app.store.db.raw(
        `select (select count(*) from sync.directive where withheld_at is null) as shown,
           (select count(*) from sync.pass) as readings, (select sum(seen) from sync.pass) as seen,
           (select jsonb_object_agg(event, n order by event) from (select event, count(*) as n from sync.history group by 1) e) as history`,
      )
      const { documents } = register
      return {
        documents: documents.length,
        eligible: documents.filter(({ expected }) => expected === 'eligible').length,
        backdated: script.backdated.size,
        declassified: script.declassified.size,
        vanished: script.vanished.size,
        ...rows[0],
        rest: simulator.requests(),
        axis: simulator.axis!.requests(),
      }
    },
    async leaks() {
      const { rows } = await app.store.db.raw(`select code from tracking.directives limit 3`)
      const { leaks, controlsFound } = await searchForLeaks({
        databases: [app.store.db],
        folders: [t.filesDirectory],
        canaries: [...simulator.canaries(), ...script.subjects],
        controls: rows.map(({ code }: { code: string }) => code),
      })
      const logged = t.logged.join('\n')
      const told = [...simulator.canaries(), ...script.subjects].filter((one) =>
        logged.includes(one),
      )
      return { leaks: leaks + told.length, controlsFound }
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await simulator.stop()
    },
  }

  function truths(): Truth[] {
    const now = clock.now()
    // What the register loses goes with its copies, if the bridge can have known that the register had it.
    const overAxis = axisTruth(axis, register, now).filter(
      ({ document }) =>
        !(
          script.vanished.has(document.id) &&
          isLinked(document) &&
          wasShownAsIssued(document, asked)
        ) && !script.declassified.has(document.id),
    )
    // What the axis goes on calling secret is a contradiction, which nobody but its issuer can settle.
    const overRest = restTruth(rest, register, now).filter(
      ({ document, shown: { recalled } }) =>
        !(script.declassified.has(document.id) && isLinked(document)) &&
        (!recalled || wasShownAsIssued(document, asked)),
    )
    return [...overAxis, ...overRest]
  }

  /** Half of it assigns nothing, so that it is over; the other half stays open. */
  async function classifyAll(): Promise<void> {
    const { rows } = await app.store.db.raw(
      `select id from tracking.directives where classified_at is null and refused_at is null and recalled_at is null and same_as is null and staged_at < ? and files_complete order by code`,
      [new Date(clock.now().getTime() - dayMs)],
    )
    for (const { id } of rows)
      await app.store.db.raw(`select tracking.classify(?, '[]', 'chuyên viên')`, [id])
    await admitWaiting(app.store)
  }
}

function namesOf(document: SimulatedDocument): string[] {
  return [
    `${rest} ${document.id}`,
    `${axis} ${senderOf(document).organId} ${documentIdOf(document)}`,
  ]
}

const at = (date: string, hour: number) => new Date(startOfDay(date).getTime() + hour * 3_600_000)
const byName = (a: { name: string }, b: { name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0
