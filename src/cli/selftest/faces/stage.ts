/** The real service with one source for each face, on a Postgres of its own. */
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '#config/config.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import type { Face } from '#connectors/simulator/faces/face.ts'
import { type Faces, firstToken, startFaces } from '#connectors/simulator/faces/server.ts'
import type { App } from '../../../app.ts'
import { type AcceleratedClock, acceleratedClock, formatClock } from '../../../domain/clock.ts'
import { addDays, type LocalDate, localDateOf } from '../../../domain/local-date.ts'
import { openLog } from '../../../log.ts'
import { openApp, root } from '../../../wiring.ts'
import { startPostgres } from '../postgres-server.ts'
import { createDatabase, type StageOptions } from '../stage.ts'
import { WorkerProcess } from '../worker-process.ts'

export interface FacesStage extends AsyncDisposable {
  readonly faces: readonly Face[]
  readonly servers: Faces
  readonly workers: readonly WorkerProcess[]
  readonly app: App
  readonly clock: AcceleratedClock
  readonly importFrom: LocalDate
  readonly near: Config['alerts']['nearHours']
  ask<Row>(sql: string, values?: Record<string, unknown>): Promise<Row[]>
  /** What an administrator does who was given another token. */
  writeToken(face: Face, token: string): Promise<void>
}

export interface FacesOptions {
  readonly directory: string
  readonly faces: readonly Face[]
  readonly seed: number
  readonly env: StageOptions['env']
}

/** A Monday morning. */
const origin = new Date('2026-09-07T06:30:00+07:00')
const historyDays = 28
const pollSeconds = 5
/** A day in two minutes. */
const speed = 720

export async function openFacesStage(options: FacesOptions): Promise<FacesStage> {
  const { directory, faces, seed, env } = options
  // The account of an embedded Postgres must get through.
  await chmod(directory, 0o711)
  for (const name of ['data', 'logs']) await mkdir(join(directory, name))
  await using opened = new AsyncDisposableStack()
  const postgres = opened.use(await startPostgres(join(directory, 'postgres')))
  const clock = acceleratedClock({ origin, epochMs: Date.now(), speed })
  const ago = () => {
    const today = localDateOf(clock.now())
    return (days: number) => addDays(today, -days)
  }
  const servers = opened.use(await startFaces(faces, { ago, seed }))

  const importFrom = addDays(localDateOf(origin), -historyDays)
  const tokenFileOf = ({ name }: Face) => join(directory, `token-${name}`)
  const writeToken = (face: Face, token: string) =>
    writeFile(tokenFileOf(face), `${token}\n`, { mode: 0o600 })
  for (const face of faces) await writeToken(face, firstToken)
  const file = join(directory, 'chidao.yaml')
  // JSON is YAML.
  const content = JSON.stringify({
    poll: { everySeconds: pollSeconds },
    sweep: { everySeconds: 0.5 },
    lease: { seconds: 3 },
    // Nothing new is issued here for days.
    alerts: { silentOfficeHours: 240 },
    sources: faces.map((face) =>
      profileOf(face, servers.urlOf(face), tokenFileOf(face), importFrom),
    ),
  })
  await writeFile(file, content, { mode: 0o600 })
  const settings = {
    PATH: env.PATH,
    HOME: env.HOME,
    CHIDAO_CONFIG: file,
    CHIDAO_DATA: join(directory, 'data'),
    CHIDAO_CLOCK: formatClock(clock),
    DATABASE_URL: await createDatabase(postgres, 'chidao'),
    KEYS_DATABASE_URL: await createDatabase(postgres, 'chidao_keys'),
  }
  const config = loadConfig({ env: settings, root, sources: 'required' })
  const stream = createWriteStream(join(directory, 'logs', 'looking.log'), { mode: 0o600 })
  const { app } = opened.use(
    await openApp(config, { as: 'guest', clock, log: openLog({ level: 'info', stream }) }),
  )
  const workers = [1, 2].map(
    (n) =>
      new WorkerProcess({
        name: `worker ${n}`,
        logFile: join(directory, 'logs', `worker ${n}.log`),
        env: settings,
      }),
  )
  opened.defer(async () => void (await Promise.all(workers.map((worker) => worker.close()))))
  for (const worker of workers) await worker.untilStarted()
  const everything = opened.move()
  return {
    ...{ faces, servers, workers, app, clock, importFrom, writeToken },
    near: config.alerts.nearHours,
    ask: async (sql, values = {}) =>
      (await app.store.db.raw(sql, values as Record<string, string>)).rows,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

function profileOf(face: Face, baseUrl: string, tokenFile: string, importFrom: LocalDate) {
  const usual = simulatedRestProfile({
    baseUrl,
    token: firstToken,
    importFrom,
    liveFrom: addDays(importFrom, historyDays - 7),
  })
  const profile = {
    ...usual,
    name: face.name,
    title: face.title,
    auth: { tokenFile },
    replies: { mode: 'none' },
    reply: undefined,
    retries: { times: 1, firstPauseMs: 100, maxPauseMs: 300 },
  }
  return { ...profile, ...face.profile?.(profile) }
}
