import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '#config/config.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { acceleratedClock, formatClock } from '../../domain/clock.ts'
import { addDays, localDateOf } from '../../domain/local-date.ts'
import { openLog } from '../../log.ts'
import { startService } from '../../service.ts'
import { type OpenApp, openApp, root } from '../../wiring.ts'
import { searchForLeaks } from './leak-search.ts'
import { TrackingSoftware } from './tracking-software.ts'

/** Simulated time runs an hour a second, from a Monday morning on. */
const origin = new Date('2026-09-07T06:30:00+07:00')
const speed = 3600
const historyDays = 120
const documentsPerWorkingDay = 6
const roundMs = 250

export interface DemoOptions {
  readonly once: boolean
  readonly seed: number
  /** Real seconds during which the source goes on issuing; two simulated days are 48. */
  readonly seconds: number
  readonly directory: string
  readonly say: (line: string) => void
  /** Resolves when the person watching has had enough. */
  readonly enough: Promise<void>
}

export interface DemoSummary {
  readonly seen: number
  readonly allowed: number
  readonly notEligible: number
  readonly undecided: number
  readonly staged: number
  readonly pending: number
  readonly failed: number
  readonly repliesDelivered: number
  readonly repliesRejected: number
  readonly repliesUnconfirmed: number
  readonly deadlinesMissed: number
  readonly leaks: number
  readonly seconds: number
}

/** The real service against a simulated source, on an embedded Postgres of its own. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | null> {
  const startedAt = performance.now()
  const { say, directory } = options
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
  })
  const token = randomBytes(16).toString('hex')
  await using simulator = await startSimulator({
    register,
    clock,
    token,
    faults: { seed: options.seed, rates: { serverError: 0.01, dropped: 0.01, answerLost: 0.05 } },
    refusals: { seed: options.seed, share: 0.05 },
  })
  say(`Nguồn mô phỏng / simulated source   ${simulator.url}`)

  const config = demoConfig(
    directory,
    simulatedRestProfile({ baseUrl: simulator.url, token, importFrom, liveFrom: today }),
  )
  const logFile = join(directory, 'service.log')
  const logStream = createWriteStream(logFile, { mode: 0o600 })
  await using opened = await openApp(config, {
    as: 'owner',
    clock,
    log: openLog({ level: 'info', stream: logStream }),
  })
  const { app, databases } = opened
  const service = await startService(app, {
    queue: opened.queue,
    databaseUrl: databases.storeUrl,
    pollMs: config.pollMs,
    sweepMs: config.sweepMs,
  })
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
  let enough = false
  void options.enough.then(() => {
    enough = true
  })
  for (let round = 0; !enough && (!options.once || performance.now() < stopAt); round++) {
    await tracking.work()
    if (round % 20 === 0) say(await progress(opened))
    await pause(roundMs)
  }
  if (!options.once) {
    await service.stop()
    return null
  }

  await untilQuiet(opened)
  await readEverything(opened, importFrom)
  const summary = await totals(opened)
  await service.stop()
  const staged = await app.store.db.raw(`select code from tracking.directives limit 5`)
  const { leaks, controlsFound } = await searchForLeaks({
    databases: [app.store.db],
    folders: [directory],
    canaries: simulator.canaries(),
    controls: staged.rows.map((row: { code: string }) => row.code),
  })
  if (controlsFound < staged.rows.length)
    throw new Error(
      'The leak search did not find what is stored for certain, so it proves nothing. Please report it.',
    )
  return { ...summary, leaks, seconds: Math.round((performance.now() - startedAt) / 100) / 10 }
}

function demoConfig(directory: string, profile: ReturnType<typeof simulatedRestProfile>): Config {
  const config = loadConfig({ env: { CHIDAO_DATA: directory }, root, sources: 'optional' })
  const lookUps = { ...profile.replies.lookUps, withinMinutes: 0.1 }
  return {
    ...config,
    pollMs: 500,
    sweepMs: 500,
    leaseMs: 10_000,
    sources: [{ ...profile, replies: { ...profile.replies, lookUps } }],
  }
}

async function progress({ app }: OpenApp): Promise<string> {
  const [totals, replies, deadlines] = await Promise.all([
    app.store.overview.totals(),
    app.store.overview.wayBack(),
    app.store.overview.deadlines(app.clock.now()),
  ])
  const at = new Date(app.clock.now().getTime() + 7 * 3_600_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')
  return `${at}  đã chuyển / staged ${totals.staged}, đang chờ / pending ${totals.pending}, trả lời / replies ${replies.delivered} đã gửi, ${replies.pending} chờ, quá hạn chuyển / staged late ${deadlines.stagedLate}`
}

/** Until nothing is on its way any more; what waits for a person does not count. */
async function untilQuiet({ app }: OpenApp): Promise<void> {
  for (
    const giveUpAt = performance.now() + 30_000;
    performance.now() < giveUpAt;
    await pause(roundMs)
  ) {
    const { rows } = await app.store.db.raw(
      `select (select count(*) from sync.outbox where state in ('pending', 'sending') or state = 'unconfirmed' and due_at < clock_timestamp() + interval '1 day')
         + (select count(*) from sync.intake where state in ('pending', 'failed')) + (select count(*) from sync.pass where kind = 'backfill' and state in ('due', 'running')) as open`,
    )
    if (rows[0].open === 0) return
  }
}

/** One last reading of the whole register: its totals are the distinct count of everything the source shows. */
async function readEverything({ app }: OpenApp, from: string): Promise<void> {
  const now = app.clock.now()
  for (const [source] of app.sources) {
    await app.store.db.raw(
      `update sync.pass set state = 'failed', failure = 'superseded' where source = ? and kind = 'deep' and state in ('due')`,
      [source],
    )
    const pass = await app.store.passes.open({
      source,
      kind: 'deep',
      from,
      until: addDays(localDateOf(now), 1),
      upperBound: now,
      cursorBefore: null,
    })
    if (pass) await app.later.ring('take-window', { pass, kind: 'deep' })
  }
  for (
    const giveUpAt = performance.now() + 30_000;
    performance.now() < giveUpAt;
    await pause(roundMs)
  ) {
    const { rows } = await app.store.db.raw(
      `select count(*) as open from sync.pass where kind = 'deep' and state in ('due', 'running')`,
    )
    if (rows[0].open === 0) return
  }
}

async function totals({ app }: OpenApp): Promise<Omit<DemoSummary, 'leaks' | 'seconds'>> {
  const { rows } = await app.store.db.raw(
    `select sum(seen)::int as seen, sum(allowed)::int as allowed, sum(not_eligible)::int as "notEligible", sum(undecided)::int as undecided
     from (select distinct on (source) * from sync.pass where kind = 'deep' and state in ('done', 'open') order by source, upper_bound desc) latest`,
  )
  const [intake, replies, deadlines] = await Promise.all([
    app.store.overview.totals(),
    app.store.overview.wayBack(),
    app.store.overview.deadlines(app.clock.now()),
  ])
  return {
    ...rows[0],
    staged: intake.staged,
    pending: intake.pending,
    failed: intake.failed,
    repliesDelivered: replies.delivered,
    repliesRejected: replies.rejected,
    repliesUnconfirmed: replies.unconfirmed,
    deadlinesMissed: deadlines.stagedLate,
  }
}

function hidePassword(url: string): string {
  const parsed = new URL(url)
  parsed.password = ''
  return parsed.toString()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
