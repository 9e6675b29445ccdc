/** The real service over the simulator for a while, with everything it may write kept apart for the search. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { stringify } from 'yaml'
import type { Profile } from '#connectors/index.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { Simulator } from '#connectors/simulator/control.ts'
import type { FaultKind } from '#connectors/simulator/faults.ts'
import { makeRegister, type Register } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { root } from '#src/wiring.ts'
import type { Patch } from '#test/support/leaking-build.ts'
import { contentOfProcess, type LoudPostgres, type LoudRedis } from './servers.ts'

const origin = new Date('2026-09-07T06:30:00+07:00')
/** An hour a second, so that drafts are released and documents change while the service looks on. */
const speed = 3600

export interface RunOptions {
  readonly directory: string
  readonly postgres: LoudPostgres
  /** Where the queue is; null: in Postgres. */
  readonly redis: LoudRedis | null
  readonly seed: string
  readonly leak?: readonly Patch[]
  readonly documentsPerDay?: number
}

export interface Run {
  readonly register: Register
  readonly sources: readonly Profile[]
  /** Of the paged source; the axis is the other. */
  readonly paged: RestProfile
  readonly storeUrl: string
  readonly folders: { data: string; temporary: string; working: string; home: string; logs: string }
  /** What the kernel and the servers told of it while it ran. */
  readonly whileRunning: readonly [where: string, content: string | Uint8Array][]
  /** What the ops server shows: metrics, health, and the pages of the queues. */
  readonly shown: readonly [where: string, content: string][]
  /** By source. */
  readonly staged: Readonly<Record<string, number>>
  readonly answered: number
  /** Kinds of broken answers that were asked for and never came. */
  readonly faultsThatNeverCame: readonly string[]
}

const importFrom = '2026-08-10'
const until = '2026-09-10'

export async function runService(options: RunOptions): Promise<Run> {
  const { postgres, redis, seed, leak, documentsPerDay = 8 } = options
  const home = join(options.directory, seed)
  const folders = {
    data: join(home, 'data'),
    temporary: join(home, 'temporary'),
    working: join(home, 'working'),
    home: join(home, 'home'),
    logs: join(home, 'logs'),
  }
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true })
  const clock = acceleratedClock({ origin, epochMs: Date.now(), speed })
  const register = makeRegister({
    seed,
    from: importFrom,
    until,
    perWorkingDay: documentsPerDay,
    secretShare: 0.5,
    changes: true,
  })
  await using simulator = await startSimulator({
    register,
    clock,
    token: 'token-of-the-source',
    faults: { seed, rates: brokenAnswers, atMost: 1, latencyMs: [5, 20] },
    axis: { ...axisAccount, organId: axisOffices.self.organId },
    axisLargeShare: 0.02,
  })
  const paged = pagedSource(simulator)
  const sources = [paged, axisSource(simulator)]
  const storeUrl = await newDatabases(postgres, seed)
  const configFile = join(folders.data, 'chidao.yaml')
  await writeFile(configFile, configuration(sources))
  const child = start(folders, {
    CHIDAO_CONFIG: configFile,
    CHIDAO_DATA: folders.data,
    CHIDAO_CLOCK: formatClock(clock),
    CHIDAO_LOG_LEVEL: 'debug',
    OPS_PORT: '0',
    DATABASE_URL: storeUrl,
    KEYS_DATABASE_URL: `${storeUrl}_keys`,
    ...(redis && { QUEUE_URL: redis.url }),
    ...(leak && {
      CHIDAO_TEST_LEAK: JSON.stringify(leak),
      NODE_OPTIONS: `--import ${join(root, 'test/support/leaking-build.ts')}`,
    }),
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const client = new pg.Client({ connectionString: storeUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    const faultsThatNeverCame = () =>
      Object.keys(brokenAnswers).filter(
        (kind) => simulator.faults.counts()[kind as FaultKind] === 0,
      )
    const isDone = async () => {
      if (leak && child.exitCode !== null) return true
      const staged = await stagedBySource(client)
      const least = leak ? 3 : enoughStaged
      const enough = sources.every(({ name }) => (staged[name] ?? 0) > least)
      return enough && (leak !== undefined || faultsThatNeverCame().length === 0)
    }
    if (!(await wait(isDone, leak ? 15_000 : 90_000)) && !leak)
      throw new Error(`The service did not get through:\n${await tail(folders.logs)}`)
    const said = await tail(folders.logs)
    // A patch that fits nowhere would make a build that does nothing, and so leaks nothing.
    if (said.includes('has not exactly one line')) throw new Error(said)
    if (child.exitCode === null && !(await answerSome(client)) && !leak)
      throw new Error(`What was answered was not admitted:\n${await tail(folders.logs)}`)
    await wait(
      async () => {
        const { rows } = await client.query(
          `select count(*)::int as open from sync.outbox where state <> 'delivered'`,
        )
        return rows[0].open === 0
      },
      leak ? 0 : 10_000,
    )
    const { rows: activity } = await client.query('select * from pg_stat_activity')
    const whileRunning: [string, string | Uint8Array][] = [
      ...(await contentOfProcess(child.pid!)),
      ['pg_stat_activity', JSON.stringify(activity)],
    ]
    const shown = await shownByOps(folders.logs, client)
    const staged = await stagedBySource(client)
    if (child.exitCode === null) child.kill('SIGTERM')
    await Promise.race([ended, new Promise((late) => setTimeout(late, 15_000))])
    return {
      register,
      sources,
      paged,
      storeUrl,
      folders,
      whileRunning,
      shown,
      staged,
      answered: simulator.requests().reply + (simulator.axis?.sent().length ?? 0),
      faultsThatNeverCame: faultsThatNeverCame(),
    }
  } finally {
    child.kill('SIGKILL')
    await client.end()
  }
}

/** Every way in which an answer that carries a secret document can break in the hands of the service. */
const brokenAnswers: Partial<Record<FaultKind, number>> = {
  detailError: 0.1,
  htmlPage: 0.04,
  cutJson: 0.04,
  cutBody: 0.04,
  dropped: 0.04,
  serverError: 0.04,
  latency: 0.1,
  duplicateRows: 0.1,
  reorderedPages: 0.1,
  shiftedPages: 0.1,
  failAnswer: 0.04,
}

/** Of each source; about as many are refused. */
const enoughStaged = 30

const axisAccount = { systemId: 'sys.leaks.01', secret: 'secret-of-the-axis' }
const since = { importFrom, liveFrom: '2026-09-01' }
const quick = { times: 2, firstPauseMs: 10, maxPauseMs: 20 }

/** Its list alone decides nothing, so that every secret document is read whole, with its summary and file names. */
function pagedSource({ url }: Simulator): RestProfile {
  const example = simulatedRestProfile({ baseUrl: url, token: 'token-of-the-source', ...since })
  return { ...example, list: { ...example.list, rowsDecide: false }, retries: quick }
}

function axisSource({ axis }: Simulator): Profile {
  return {
    ...simulatedVxpProfile({ baseUrl: axis!.url, ...axisAccount, ...since }),
    retries: quick,
  }
}

function configuration(sources: readonly Profile[]): string {
  return stringify({
    poll: { everySeconds: 0.5 },
    sweep: { everySeconds: 0.3 },
    lease: { seconds: 5 },
    sources,
  })
}

async function newDatabases(postgres: LoudPostgres, seed: string): Promise<string> {
  const name = `leaks_${seed.replace(/\W/g, '_')}`
  const admin = new pg.Client({ connectionString: postgres.urlOf('postgres') })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.query(`create database ${name}_keys`)
  await admin.end()
  return postgres.urlOf(name)
}

function start(folders: Run['folders'], settings: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(join(root, 'bin/chidao'), ['start'], {
    cwd: folders.working,
    env: {
      PATH: process.env.PATH,
      HOME: folders.home,
      TMPDIR: folders.temporary,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout!.pipe(createWriteStream(join(folders.logs, 'stdout')))
  child.stderr!.pipe(createWriteStream(join(folders.logs, 'stderr')))
  return child
}

async function stagedBySource(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client
    .query(`select source, count(*)::int as n from sync.directive group by 1`)
    // Before the first migration there is no table.
    .catch(() => ({ rows: [] }))
  return Object.fromEntries(rows.map(({ source, n }) => [source, n]))
}

/** The way back: some directives are classified and answered, so that replies travel too. False: a broken build admits nothing. */
async function answerSome(client: pg.Client): Promise<boolean> {
  const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
  const task = JSON.stringify([{ description: 'Báo cáo', dueOn: null, lead }])
  for (let answers = 0; answers < 6; answers++) {
    // Asked anew each time: classifying one copy of a document classifies the other.
    await client.query(
      `select tracking.reply(assignment, '{"outcome":"completed","completedOn":"2026-09-08","explanation":"Đã hoàn thành","document":null}', 'đơn vị')
       from (select id from tracking.directives where classified_at is null and recalled_at is null and files_complete order by id limit 1) d,
         lateral tracking.classify(d.id, $1, 'chuyên viên') assignment`,
      [task],
    )
    // What waits for the gate is not classified yet.
    const admitted = async () => {
      const { rows } = await client.query(`select count(*)::int as n from sync.writing`)
      return rows[0].n === 0
    }
    if (!(await wait(admitted, 60_000))) return false
  }
  return true
}

const opsPaths = ['/metrics', '/readyz', '/healthz', '/queues', '/queues/api/queues?page=1']

async function shownByOps(logs: string, client: pg.Client): Promise<[string, string][]> {
  const log = await readFile(join(logs, 'stderr'), 'utf8')
  const [, address] = /"event":"opsListening".*?"address":"([^"]+)"/.exec(log) ?? []
  if (!address) return []
  const cookie = `chidao=${await sessionOfAnAccount(client)}`
  return Promise.all(
    opsPaths.map(async (path): Promise<[string, string]> => {
      const answer = await askUntilOpen(address + path, cookie).catch(() => null)
      return [path, answer ? `${answer.status} ${await answer.text()}` : '']
    }),
  )
}

/** As a login would leave it; how one logs in is another test's business. */
async function sessionOfAnAccount(client: pg.Client): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await client.query(
    `insert into sync.account (name, shown_name, role, created_at) values ('an', 'An', 'administrator', now())`,
  )
  await client.query(`insert into sync.session (token_hash, account) values ($1, 'an')`, [
    createHash('sha256').update(token).digest(),
  ])
  return token
}

/** It notices its first account within half a second. */
async function askUntilOpen(address: string, cookie: string): Promise<Response> {
  let answer = await fetch(address, { headers: { cookie } })
  for (let again = 0; again < 20 && answer.status === 404; again++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    answer = await fetch(address, { headers: { cookie } })
  }
  return answer
}

async function tail(logs: string): Promise<string> {
  const files = await readdir(logs)
  const texts = await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')))
  return texts.join('\n').slice(-3000)
}

/** False where it was not over in time. */
export async function wait(over: () => Promise<boolean>, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; ) {
    if (await over()) return true
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return false
}
