/** Everything that a run needs, of its own and in one folder: servers, source, worker processes, and a view of the store. */
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '#config/config.ts'
import type { Profile } from '#connectors/index.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { Simulator } from '#connectors/simulator/control.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import type { App } from '../../app.ts'
import { type AcceleratedClock, acceleratedClock, formatClock } from '../../domain/clock.ts'
import { addDays, localDateOf } from '../../domain/local-date.ts'
import { openLog } from '../../log.ts'
import { openDatabase } from '../../store/database.ts'
import { openApp, root } from '../../wiring.ts'
import { units } from '../demo/tracking-software.ts'
import { type FakeTime, fakeTime, hasFakeTime } from './fake-time.ts'
import { type FaultyPostgres, startPostgres } from './postgres-server.ts'
import { type FaultyRedis, startRedis } from './redis-server.ts'
import { WorkerProcess } from './worker-process.ts'

export interface StageOptions {
  readonly directory: string
  readonly seed: number
  readonly minutes: number
  readonly queue: 'postgres' | 'redis' | 'none'
  /** Simulated seconds in a real one. */
  readonly speed: number
  readonly leaseMs: number
  readonly sweepMs: number
  /** Of the caller: how it finds programs, and nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** More for the workers, of whoever breaks them on purpose to see that the counters tell. */
  readonly workerEnv?: Readonly<Record<string, string>>
}

export interface Stage extends AsyncDisposable {
  readonly options: StageOptions
  readonly clock: AcceleratedClock
  readonly simulator: Simulator
  readonly postgres: FaultyPostgres
  /** Null: the keys lie beside the store, and go back with it. */
  readonly keysServer: FaultyPostgres | null
  readonly redis: FaultyRedis | null
  readonly workers: readonly WorkerProcess[]
  /** The clock of the last worker; null where this machine has no libfaketime. */
  readonly fakeTime: FakeTime | null
  /** What a worker is started with, as an operator would write it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the workers, which own their databases and nothing else. */
  readonly login: string
  /** The store as the tracking software uses it, and as a look from outside. */
  readonly app: App
  readonly importFrom: string
  readonly databases: { readonly store: string; readonly keys: string }
  /** Asks the store as its owner; what fails while Postgres is away is asked again. */
  ask<Row>(sql: string, values?: Record<string, unknown>): Promise<Row[]>
  /** Empties the queue, wherever it is. */
  emptyQueue(): Promise<void>
}

const login = 'chidao_worker'
/** A Monday morning. */
const origin = new Date('2026-09-07T06:30:00+07:00')
const historyDays = 28
const pollSeconds = 2
const howManyWorkers = 2

export async function openStage(options: StageOptions): Promise<Stage> {
  const { directory, seed, minutes, speed } = options
  // The account of an embedded Postgres must get through.
  await chmod(directory, 0o711)
  for (const name of ['data', 'logs']) await mkdir(join(directory, name))
  await using opened = new AsyncDisposableStack()
  const postgres = opened.use(await startPostgres(join(directory, 'postgres')))
  const keysServer = keysAreApart(seed) ? await startPostgres(join(directory, 'keys')) : null
  opened.use(keysServer)
  const redis = options.queue === 'redis' ? await startRedis(join(directory, 'redis')) : null
  opened.use(redis)

  const importFrom = addDays(localDateOf(origin), -historyDays)
  const simulatedDays = (minutes * 60 * speed) / 86_400
  const clock = acceleratedClock({ origin, epochMs: Date.now(), speed })
  const account = { systemId: 'selftest.chidao', secret: 'secret-of-the-selftest' }
  const token = 'token-of-the-selftest'
  const simulator = opened.use(
    await startSimulator({
      register: makeRegister({
        seed,
        from: importFrom,
        until: addDays(localDateOf(origin), Math.floor(simulatedDays)),
        perWorkingDay: minutes < 4 ? 10 : 20,
        secretShare: 0.25,
        changes: true,
      }),
      clock,
      token,
      refusals: { seed, share: 0.05 },
      axis: {
        ...account,
        organId: axisOffices.self.organId,
        agencies: units.map(({ code, name }) => ({ organId: code, name })),
      },
    }),
  )
  const since = { importFrom, liveFrom: localDateOf(origin) }
  const profiles = [
    simulatedRestProfile({ baseUrl: simulator.url, token, ...since }),
    simulatedVxpProfile({ baseUrl: simulator.axis!.url, ...account, ...since }),
  ].map(quickToLookUp)

  const databases = {
    store: await createDatabase(postgres, 'chidao'),
    keys: await createDatabase(keysServer ?? postgres, 'chidao_keys'),
  }
  const env = await settings({ ...options, profiles, clock, databases, redis })
  const { app } = opened.use(await trackingSide(env, directory, clock))
  const owner = openDatabase({ url: postgres.urlOf('chidao'), poolSize: 3 })
  opened.defer(() => owner.destroy())
  const clockOfLast = hasFakeTime ? await fakeTime(join(directory, 'fake-time')) : null
  const workers = Array.from({ length: howManyWorkers }, (_, n) => {
    const name = `worker ${n + 1}`
    const logFile = join(directory, 'logs', `${name}.log`)
    const isLast = n === howManyWorkers - 1
    return new WorkerProcess({
      name,
      logFile,
      env: isLast ? { ...env, ...clockOfLast?.env } : env,
    })
  })
  opened.defer(async () => void (await Promise.all(workers.map((worker) => worker.close()))))
  const everything = opened.move()
  const stage: Stage = {
    options,
    clock,
    simulator,
    postgres,
    keysServer,
    redis,
    workers,
    fakeTime: clockOfLast,
    env,
    login,
    app,
    importFrom,
    databases,
    ask: (sql, values = {}) =>
      untilAnswered(async () => (await owner.raw(sql, values as Record<string, string>)).rows),
    async emptyQueue() {
      if (redis) return redis.empty()
      await untilAnswered(() =>
        owner.raw(`truncate ${queueTables.join(', ')} cascade`).catch(emptyAnyway),
      )
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
  return stage
}

/** All of BullMQ's that hold anything of a queue. */
const queueTables = ['job', 'scheduler', 'dedup', 'dedup_next', 'event', 'job_dependency'].map(
  (name) => `queue.${name}`,
)

/** Dropped a moment ago, and not made again yet. */
function emptyAnyway(error: { code?: string }): void {
  if (error.code !== '42P01' && error.code !== '3F000') throw error
}

/** Either way of keeping them meets either queue within four seeds in a row. */
export function keysAreApart(seed: number): boolean {
  return Math.floor(seed / 2) % 2 === 1
}

/** Half an hour is for a source; a run has minutes. */
function quickToLookUp<P extends Profile>(profile: P): P {
  const lookUps = { ...profile.replies.lookUps, withinMinutes: 0.25 }
  return { ...profile, replies: { ...profile.replies, lookUps } }
}

/** The address for a login that is no superuser, so that its rights can be taken away. */
export async function createDatabase(server: FaultyPostgres, name: string): Promise<string> {
  const password = 'password-of-the-selftest'
  const admin = openDatabase({ url: server.urlOf('postgres'), poolSize: 1 })
  const { rows } = await admin.raw(`select from pg_roles where rolname = '${login}'`)
  if (rows.length === 0)
    await admin.raw(
      `create role chidao_service nologin; create role chidao_tracking nologin;
       create role ${login} login password '${password}' in role chidao_service, chidao_tracking`,
    )
  await admin.raw(`create database ${name} owner ${login}`)
  await admin.destroy()
  return Object.assign(new URL(server.urlOf(name)), { username: login, password }).toString()
}

/** What a worker is started with, as an operator would write it. */
async function settings(
  of: StageOptions & {
    profiles: readonly Profile[]
    clock: AcceleratedClock
    databases: Stage['databases']
    redis: FaultyRedis | null
  },
): Promise<Record<string, string | undefined>> {
  const { directory, profiles, clock, databases, redis, queue, env } = of
  const file = join(directory, 'chidao.yaml')
  // JSON is YAML.
  const content = JSON.stringify({
    poll: { everySeconds: pollSeconds },
    sweep: { everySeconds: of.sweepMs / 1000 },
    lease: { seconds: of.leaseMs / 1000 },
    sources: profiles,
  })
  await writeFile(file, content, { mode: 0o600 })
  return {
    PATH: env.PATH,
    HOME: env.HOME,
    ...of.workerEnv,
    CHIDAO_CONFIG: file,
    CHIDAO_DATA: join(directory, 'data'),
    CHIDAO_CLOCK: formatClock(clock),
    DATABASE_URL: databases.store,
    KEYS_DATABASE_URL: databases.keys,
    ...(redis ? { QUEUE_URL: redis.url } : queue === 'none' ? { QUEUE_URL: 'none' } : {}),
  }
}

/** What the tracking software has of the bridge: its store and its files, and no queue. */
async function trackingSide(
  env: Record<string, string | undefined>,
  directory: string,
  clock: AcceleratedClock,
) {
  const config: Config = loadConfig({ env, root, sources: 'required' })
  const stream = createWriteStream(join(directory, 'logs', 'tracking.log'), { mode: 0o600 })
  return openApp(config, { as: 'guest', clock, log: openLog({ level: 'info', stream }) })
}

const patienceMs = 60_000
const againMs = 100

async function untilAnswered<T>(work: () => PromiseLike<T>): Promise<T> {
  for (const giveUpAt = performance.now() + patienceMs; ; ) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > giveUpAt || isOurMistake(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }
}

/** A statement that no server would take. */
function isOurMistake(error: unknown): boolean {
  return /^(0A|22|42)/.test((error as { code?: string }).code ?? '')
}
