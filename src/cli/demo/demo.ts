import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '#config/config.ts'
import type { Profile } from '#connectors/index.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { expectedEligible, makeRegister, type Register } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { acceleratedClock, formatClock } from '../../domain/clock.ts'
import { addDays, localDateOf } from '../../domain/local-date.ts'
import { openLog } from '../../log.ts'
import type { OpsSettings } from '../../ops/settings.ts'
import { startService } from '../../service.ts'
import { openDatabase } from '../../store/database.ts'
import { isAheadOfItsReply } from '../../store/outbox.ts'
import { sealPassword } from '../../store/password.ts'
import { type OpenApp, openApp, root } from '../../wiring.ts'
import { searchForLeaks } from './leak-search.ts'
import { TrackingSoftware, units } from './tracking-software.ts'

/** Simulated time runs half an hour a second, from a Monday morning on. */
const origin = new Date('2026-09-07T06:30:00+07:00')
const speed = 1800
const historyDays = 90
const documentsPerWorkingDay = 6
const roundMs = 250

export interface DemoOptions {
  readonly once: boolean
  readonly seed: number
  /** Real seconds during which the source goes on issuing; a simulated day is 48. */
  readonly seconds: number
  readonly directory: string
  /** Where the ops server listens; its account gets a password of its own each time. */
  readonly ops: Omit<OpsSettings, 'role'>
  readonly say: (line: string) => void
  /** Aborted when the person watching has had enough; then there is no summary. */
  readonly stop: AbortSignal
}

export interface DemoSummary {
  readonly seen: number
  readonly allowed: number
  readonly notEligible: number
  readonly undecided: number
  readonly staged: number
  readonly updated: number
  readonly recalled: number
  /** Versions whose content was known: the source touched the row and nothing else. */
  readonly unchanged: number
  readonly deferred: number
  readonly filesWaiting: number
  readonly failed: number
  readonly repliesDelivered: number
  readonly repliesRejected: number
  readonly repliesUnconfirmed: number
  /** Staged after their legal deadline although the source showed them before it. */
  readonly deadlinesMissed: number
  /** Shown by the source only after their legal deadline. */
  readonly shownLate: number
  /** Readings whose totals do not balance. */
  readonly unbalanced: number
  /** What the simulator knows to be eligible and the store does not hold; and the other way round. */
  readonly missing: number
  readonly unexpected: number
  readonly leaks: number
  readonly seconds: number
}

/** The real service against a simulated DMS and a simulated axis over one register, on an embedded Postgres of its own. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | null> {
  const startedAt = performance.now()
  const { say, directory, stop } = options
  await rm(join(directory, 'files'), { recursive: true, force: true })
  await rm(join(directory, 'service.log'), { force: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })

  const today = localDateOf(origin)
  const importFrom = addDays(today, -historyDays)
  const until = addDays(today, options.once ? Math.ceil((options.seconds * speed) / 86_400) : 60)
  const clock = acceleratedClock({ origin, epochMs: Date.now(), speed })
  const register = makeRegister({
    seed: options.seed,
    from: importFrom,
    until,
    perWorkingDay: documentsPerWorkingDay,
    changes: true,
  })
  const token = randomBytes(16).toString('hex')
  const secret = randomBytes(16).toString('hex')
  const systemId = 'demo.chidao'
  await using simulator = await startSimulator({
    register,
    clock,
    token,
    faults: { seed: options.seed, rates: { serverError: 0.01, dropped: 0.01, answerLost: 0.05 } },
    refusals: { seed: options.seed, share: 0.05 },
    axis: {
      systemId,
      secret,
      organId: axisOffices.self.organId,
      agencies: units.map(({ code, name }) => ({ organId: code, name })),
    },
  })
  const axisUrl = simulator.axis!.url
  say(`Nguồn mô phỏng / simulated source   ${simulator.url}`)
  say(`Trục mô phỏng / simulated axis      ${axisUrl}`)

  const from = { importFrom, liveFrom: today }
  const config = demoConfig(directory, [
    simulatedRestProfile({ baseUrl: simulator.url, token, ...from }),
    simulatedVxpProfile({ baseUrl: axisUrl, systemId, secret, ...from }),
  ])
  const logFile = join(directory, 'service.log')
  const logStream = createWriteStream(logFile, { mode: 0o600 })
  await using opened = await openApp(config, {
    as: 'owner',
    stop,
    clock,
    log: openLog({ level: 'info', stream: logStream }),
  })
  const { app, databases } = opened
  const password = randomBytes(12).toString('base64url')
  await app.store.accounts.add(
    {
      name: 'chidao',
      shownName: 'Người xem thử',
      role: 'administrator',
      password: await sealPassword(password),
    },
    { actor: 'chidao demo', reason: null, at: clock.now() },
  )
  await using service = await startService(app, {
    queue: opened.queue,
    databaseUrl: databases.storeUrl,
    pollMs: config.pollMs,
    sweepMs: config.sweepMs,
    ops: { ...options.ops, directory: null, role: 'all' },
    stop,
  })
  say(`Trang theo dõi / dashboard          ${service.address}/`)
  say(`  người dùng / user   chidao`)
  say(`  mật khẩu / password ${password}`)
  say(`Kho / store                         ${hidePassword(databases.storeUrl)}`)
  say(`Nhật ký / log                       ${logFile}`)
  if (!options.once) {
    say('Xem thêm ở cửa sổ khác / look further from another terminal:')
    say(`  CHIDAO_DATA=${directory} CHIDAO_CLOCK='${formatClock(clock)}' bin/chidao status`)
    say(`  CHIDAO_DATA=${directory} bin/chidao runs`)
    say('Dừng bằng Ctrl-C. Stop with Ctrl-C.')
  }

  const tracking = new TrackingSoftware(app)
  const stopAt = performance.now() + options.seconds * 1000
  for (let round = 0; !stop.aborted && (!options.once || performance.now() < stopAt); round++) {
    await tracking.work()
    if (round % 20 === 0) say(await progress(opened))
    await pause(roundMs)
  }
  if (!options.once) return null
  stop.throwIfAborted()

  const mustBeThere = truthAt(register, clock.now(), 'must')
  await readEverything(opened, importFrom, stop)
  await untilQuiet(opened, stop)
  const summary = await totals(opened, importFrom)
  await service.stop()
  const mayBeThere = new Set(truthAt(register, clock.now(), 'may'))
  const held = await app.store.db.raw(
    `select source || ' ' || source_ref as name from sync.directive`,
  )
  const names = new Set<string>(held.rows.map((row: { name: string }) => row.name))
  const late = await lateOnes(opened)
  const shownInTime = late.filter(({ name, classifyBy }) =>
    truthAt(register, classifyBy, 'must').includes(name),
  )
  const missing = mustBeThere.filter((name) => !names.has(name)).length
  const unexpected = names.difference(mayBeThere).size
  const staged = await app.store.db.raw(`select code from tracking.directives limit 5`)
  // Everything is searched, also what the service itself may not read.
  const owner = openDatabase({ url: databases.storeUrl, poolSize: 1 })
  const { leaks, controlsFound } = await searchForLeaks({
    databases: [owner],
    folders: [directory],
    canaries: [...simulator.canaries(), password],
    controls: staged.rows.map((row: { code: string }) => row.code),
  })
  await owner.destroy()
  if (controlsFound < staged.rows.length)
    throw new Error(
      'The leak search did not find what is stored for certain, so it proves nothing. Please report it.',
    )
  return {
    ...summary,
    deadlinesMissed: shownInTime.length,
    shownLate: late.length - shownInTime.length,
    missing,
    unexpected,
    leaks,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  }
}

/** What a perfect bridge holds of both faces. A register that recalled a document first need not be believed to have had it. */
function truthAt(register: Register, at: Date, held: 'must' | 'may'): string[] {
  return [
    ...expectedEligible(register, at)
      .filter(({ recalled }) => held === 'may' || !recalled)
      .map(({ id }) => `qlvb-tinh ${id}`),
    ...axisExpectedEligible(register, at).map(
      ({ organId, documentId }) => `truc-vxp ${organId} ${documentId}`,
    ),
  ]
}

function demoConfig(directory: string, profiles: readonly Profile[]): Config {
  const config = loadConfig({ env: { CHIDAO_DATA: directory }, root, sources: 'optional' })
  return {
    ...config,
    pollMs: 500,
    sweepMs: 500,
    leaseMs: 10_000,
    sources: profiles.map((profile) => {
      const lookUps = { ...profile.replies.lookUps, withinMinutes: 0.1 }
      return { ...profile, replies: { ...profile.replies, lookUps } }
    }),
  }
}

async function progress({ app }: OpenApp): Promise<string> {
  const [totals, files, replies, deadlines] = await Promise.all([
    app.store.overview.totals(),
    app.store.overview.files(),
    app.store.overview.wayBack(),
    app.store.overview.deadlines(app.clock.now()),
  ])
  const at = new Date(app.clock.now().getTime() + 7 * 3_600_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')
  return `${at}  đã chuyển / staged ${totals.staged}, tệp đang chờ / files waiting ${files.waiting}, trả lời / replies ${replies.delivered} đã gửi, ${replies.pending} chờ, quá hạn chuyển / staged late ${deadlines.stagedLate}`
}

/** For the last reading, and then for the last replies: on a busy machine each takes minutes. */
const patienceMs = 240_000

/** Until nothing is on its way any more; what waits for a person does not count. */
async function untilQuiet({ app }: OpenApp, stop: AbortSignal): Promise<void> {
  for (
    const giveUpAt = performance.now() + patienceMs;
    performance.now() < giveUpAt;
    await pause(roundMs)
  ) {
    stop.throwIfAborted()
    const { rows } = await app.store.db.raw(
      `select (select count(*) from sync.outbox o where o.state in ('pending', 'sending', 'unconfirmed') and o.due_at < clock_timestamp() + interval '1 day'
           and not exists (select from sync.outbox person where person.directive_id = o.directive_id and person.place < o.place
             and person.state = 'unconfirmed' and person.due_at > clock_timestamp() + interval '1 day')
           and not ${isAheadOfItsReply('o')})
         + (select count(*) from sync.intake where state = 'failed') + (select count(*) from sync.directive_file where state = 'waiting') + (select count(*) from sync.pass where kind = 'backfill' and state in ('due', 'running')) as open`,
    )
    if (rows[0].open === 0) return
  }
}

/** One last reading of the whole register: its totals are the distinct count of everything the source shows. */
async function readEverything({ app }: OpenApp, from: string, stop: AbortSignal): Promise<void> {
  const now = app.clock.now()
  const giveUpAt = performance.now() + patienceMs
  for (const [source] of app.sources) {
    let pass: string | null = null
    // One that is under way ends first.
    while (pass === null && performance.now() < giveUpAt) {
      stop.throwIfAborted()
      await app.store.db.raw(
        `update sync.pass set state = 'failed', failure = 'superseded' where source = ? and kind = 'deep' and state in ('due')`,
        [source],
      )
      pass = await app.store.passes.open({
        source,
        kind: 'deep',
        from,
        until: addDays(localDateOf(now), 1),
        upperBound: now,
        cursorBefore: null,
      })
      if (pass === null) await pause(roundMs)
    }
    if (pass) app.later.ring('take-window')
  }
  for (; performance.now() < giveUpAt; await pause(roundMs)) {
    stop.throwIfAborted()
    const { rows } = await app.store.db.raw(
      `select count(*) as open from sync.pass where kind = 'deep' and state in ('due', 'running')`,
    )
    if (rows[0].open === 0) return
  }
}

async function totals(
  { app }: OpenApp,
  importFrom: string,
): Promise<
  Omit<
    DemoSummary,
    'deadlinesMissed' | 'shownLate' | 'missing' | 'unexpected' | 'leaks' | 'seconds'
  >
> {
  const { rows } = await app.store.db.raw(
    `select sum(not_eligible)::int as "notEligible", sum(undecided)::int as undecided
     from (select distinct on (source) * from sync.pass where kind = 'deep' and state in ('done', 'open') and window_from = :importFrom
           order by source, upper_bound desc) latest`,
    { importFrom },
  )
  const { rows: unbalanced } = await app.store.db.raw(
    `select count(*) as n from sync.pass_balance where state in ('done', 'open') and not balances`,
  )
  const [intake, files, replies] = await Promise.all([
    app.store.overview.totals(),
    app.store.overview.files(),
    app.store.overview.wayBack(),
  ])
  const { notEligible, undecided } = rows[0]
  // What an axis has been told to be taken it no longer lists: what was allowed is counted in the intake.
  const allowed = Object.values(intake).reduce((sum, count) => sum + count, 0)
  return {
    seen: allowed + notEligible + undecided,
    allowed,
    notEligible,
    undecided,
    staged: intake.staged,
    updated: intake.updated,
    recalled: intake.recalled,
    unchanged: intake.unchanged,
    deferred: intake.deferred,
    filesWaiting: files.waiting,
    failed: intake.failed,
    repliesDelivered: replies.delivered,
    repliesRejected: replies.rejected,
    repliesUnconfirmed: replies.unconfirmed,
    unbalanced: unbalanced[0].n,
  }
}

async function lateOnes({ app }: OpenApp): Promise<{ name: string; classifyBy: Date }[]> {
  const { rows } = await app.store.db.raw(
    `select source || ' ' || source_ref as name, classify_by as "classifyBy" from sync.directive where staged_at >= classify_by and not before_go_live`,
  )
  return rows
}

function hidePassword(url: string): string {
  const parsed = new URL(url)
  parsed.password = ''
  return parsed.toString()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
