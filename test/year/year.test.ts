/**
 * A source lives on for months: its documents are updated, recalled, replaced, become secret, vanish and are
 * declassified, numbers are dated back, its clock is wrong, it is silent for a week, and its lists have rows twice
 * and late. At the end the store equals what may be held of it, field by field and file by file.
 *
 * `npm run test:year` runs a whole year for five seeds; as a part of all tests it is a quarter of one seed.
 */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { senderOf } from '#connectors/simulator/axis/names.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { drawFrom } from '#connectors/simulator/draw.ts'
import {
  change,
  expectedEligible,
  makeRegister,
  type Register,
} from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'
import { manualClock } from '#src/domain/clock.ts'
import { addDays, startOfDay } from '#src/domain/local-date.ts'
import { smallFileBytes } from '#src/flow/files.ts'
import { purgeSecrets } from '#src/flow/purge.ts'
import { sendDue } from '#src/flow/send-due.ts'
import { settleDue } from '#src/flow/settle-due.ts'
import { pullAll, testApp } from '#test/support/app.ts'

const seeds = (process.env.YEAR_SEEDS ?? '1').split(',').map(Number)
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
    const { rows } = await year.app.store.db.raw(
      `select source || ' ' || source_ref as name, code, subject, issued_on as "issuedOn", recalled_at is not null as recalled from sync.directive d where staged_at is not null and withheld_at is null order by 1`,
    )
    expect(rows).toEqual(year.mayBeHeld())
    expect(await year.filesHeld()).toEqual(year.filesMeant())
    expect(await year.app.store.fuses.open()).toEqual([])
    const { rows: secret } = await year.app.store.db.raw(
      `select from sync.directive where withheld_because = 'secret'`,
    )
    expect(secret).toEqual([])
    const { rows: open } = await year.app.store.db.raw(
      `select state, failure, business, count(*) as n from sync.intake where state in ('failed', 'pending', 'deferred') group by 1, 2, 3`,
    )
    expect(open).toEqual([])
    const { rows: unbalanced } = await year.app.store.db.raw(
      `select kind, window_from from sync.pass_balance where state in ('done', 'open') and not balances`,
    )
    expect(unbalanced).toEqual([])
    expect(await year.lived()).toEqual(everything)
    expect(await year.leaks()).toEqual({ leaks: 0, controlsFound: 3 })
  },
  1_200_000,
)

const everything = [
  'purged',
  'recalled',
  'released',
  'replacement',
  'staged',
  'updated',
  'vanished',
  'withheld',
]

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
  const gone = scripted(register, draw)
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
  const t = await testApp(
    [
      { ...simulatedRestProfile({ baseUrl: simulator.url, token: 'x', ...live }), retries },
      {
        ...simulatedVxpProfile({ baseUrl: simulator.axis!.url, systemId, secret, ...live }),
        retries,
      },
    ],
    { clock },
  )
  const { app } = t
  const silent = draw.int(20, 40)

  async function work(): Promise<void> {
    await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
    await app.store.db.raw(`update sync.source set open_until = null`)
    await pullAll(app)
    await app.store.overview.retryFailed(null)
    await settleDue(app, { upTo: smallFileBytes })
    await settleDue(app, { largerThan: smallFileBytes })
    await purgeSecrets(app)
    await app.store.outbox.makeDue()
    await sendDue(app)
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
      clock.set(at(date, 17))
      await work()
    },
    async quiet(): Promise<void> {
      simulator.faults.set({})
      for (let day = 0; day < 3; day++) {
        clock.set(new Date(clock.now().getTime() + dayMs))
        for (let round = 0; round < 3; round++) await work()
      }
    },
    mayBeHeld() {
      const now = clock.now()
      const held = expectedEligible(register, now).filter(({ id }) => !gone.vanished.has(id))
      const overAxis = axisExpectedEligible(register, now).filter(
        ({ id }) =>
          !(gone.vanished.has(id) && isLinked(register, id)) && !gone.declassified.has(id),
      )
      return [
        ...overAxis.map(({ organId, documentId, ...one }) => ({
          name: `${axis} ${organId} ${documentId}`,
          ...shownOf(one),
        })),
        ...held.map(({ id, ...one }) => ({ name: `${rest} ${id}`, ...shownOf(one) })),
      ].sort(byName)
    },
    filesMeant() {
      const now = clock.now()
      return expectedEligible(register, now)
        .filter(({ id }) => !gone.vanished.has(id))
        .flatMap(({ id }) =>
          register.byId(id)!.files.map((file) => `${id} ${sha256(file.content())}`),
        )
        .sort()
    },
    async filesHeld(): Promise<string[]> {
      const { rows } = await app.store.db.raw(
        `select d.source_ref || ' ' || f.sha256 as file from sync.directive d join sync.directive_file f on f.directive_id = d.id and f.current
         where d.source = ? and d.withheld_at is null and f.stored_as is not null`,
        [rest],
      )
      return rows.map(({ file }: { file: string }) => file).sort()
    },
    /** What has happened to at least one of them; a period without any of it would prove nothing. */
    async lived(): Promise<string[]> {
      const { rows } = await app.store.db.raw(
        `select event, count(*) as n from sync.history where event = any (:everything) group by 1
         union select 'vanished', 1 from sync.directive where withheld_because = 'vanished'
         union select 'replacement', 1 from sync.replacement order by 1`,
        { everything },
      )
      return rows.map(({ event }: { event: string }) => event)
    },
    async leaks() {
      const { rows } = await app.store.db.raw(`select code from tracking.directives limit 3`)
      const { leaks, controlsFound } = await searchForLeaks({
        databases: [app.store.db],
        folders: [t.filesDirectory],
        canaries: [...simulator.canaries(), ...gone.subjects],
        controls: rows.map(({ code }: { code: string }) => code),
      })
      return { leaks, controlsFound }
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await simulator.stop()
    },
  }

  /** Half of it assigns nothing, so that it is over; the other half stays open. */
  async function classifyAll(): Promise<void> {
    const { rows } = await app.store.db.raw(
      `select id from tracking.directives where classified_at is null and refused_at is null and recalled_at is null and same_as is null and staged_at < ? order by code`,
      [new Date(clock.now().getTime() - dayMs)],
    )
    for (const { id } of rows)
      await app.store.db.raw(`select tracking.classify(?, '[]', 'chuyên viên')`, [id])
  }
}

/** What happens to a fifth of them after their release; never so much at once that a fuse asks. */
function scripted(register: Register, draw: ReturnType<typeof drawFrom>) {
  const vanished = new Set<number>()
  const declassified = new Set<number>()
  const subjects: string[] = []
  const plain = register.documents.filter(
    ({ expected, fate }) => expected === 'eligible' && fate === 'ordinary',
  )
  for (const [n, document] of plain.entries()) {
    const luck = draw.int(1, 100)
    const when = daysAfter(document.releasedAt, draw.int(2, 12))
    const successor = plain[n + 5]
    if (luck <= 2) {
      change(document, { kind: 'vanish', at: when })
      vanished.add(document.id)
    } else if (luck <= 4) {
      change(document, { kind: 'vanish', at: when, until: daysAfter(when, 4) })
    } else if (luck <= 7) {
      change(document, { kind: 'markSecret', at: when, level: draw.pick([2, 3, 4] as const) })
      subjects.push(document.row.abstract)
    } else if (luck <= 9) {
      change(document, { kind: 'markSecret', at: when, level: 2 })
      change(document, { kind: 'declassify', at: daysAfter(when, 3) })
      declassified.add(document.id)
    } else if (luck <= 14) {
      const subject = `${document.row.abstract} (điều chỉnh lần ${draw.int(1, 3)})`
      change(document, { kind: 'update', at: when, subject })
    } else if (luck <= 17) change(document, { kind: 'recall', at: when })
    else if (luck <= 20 && successor)
      change(document, { kind: 'replace', at: successor.releasedAt, by: successor.id })
  }
  // What two documents say the same of is no proof.
  const told = register.documents.map(({ row }) => row.abstract)
  const once = subjects.filter((one) => told.filter((other) => other.includes(one)).length === 1)
  return { vanished, declassified, subjects: once }
}

/** Whether the axis names the issuer as the register does, so that both copies are known to be of one document. */
function isLinked(register: Register, id: number): boolean {
  const document = register.byId(id)!
  return nameOf(senderOf(document).name) === nameOf(document.row.issuer_name)
}

const nameOf = (name: string) => name.normalize('NFC').toLowerCase()
const daysAfter = (instant: Date, days: number) => new Date(instant.getTime() + days * dayMs)
const at = (date: string, hour: number) => new Date(startOfDay(date).getTime() + hour * 3_600_000)
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
const byName = (a: { name: string }, b: { name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

function shownOf(one: { code: string; subject: string; issuedOn: string; recalled: boolean }) {
  const { code, subject, issuedOn, recalled } = one
  return { code, subject, issuedOn, recalled }
}
