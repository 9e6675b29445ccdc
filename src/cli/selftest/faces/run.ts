/**
 * The real service against every face at once. First nothing else goes wrong, so that it can be said after how many polls
 * each trouble is told; then processes are killed and requests fail; at the end everything rests, and the store is held
 * against the faces.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Face } from '#connectors/simulator/faces/face.ts'
import type { Say } from '../striking.ts'
import { type FacesOptions, type FacesStage, openFacesStage } from './stage.ts'
import { type Telling, untilTold } from './telling.ts'
import { type Verdict, verdictOn } from './verdict.ts'

export interface FaceTrial extends Verdict {
  readonly face: string
  readonly title: string
  /** Polls until the operator was told: of what was so from the beginning, and of what happened later. Left out: it mends itself. */
  readonly told?: Telling
  readonly toldOfAct?: Telling
}

export const mostPolls = 2
const disturbedMs = 20_000
const disturbedPercent = 20
const patienceMs = 180_000
/** Of the clock that runs fast. */
const waivedMs = 30 * 86_400_000

export async function runFaces(
  options: Omit<FacesOptions, 'directory'> & { say: Say },
): Promise<FaceTrial[]> {
  // The account of an embedded Postgres gets to /var/tmp on every machine, and root's own /tmp may be closed to it.
  const home = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const directory = await mkdtemp(join(home, `chidao-selftest-${process.pid}-`))
  try {
    await using stage = await openFacesStage({ ...options, directory })
    return await trialOf(stage, options.say)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

export function isRight(trial: FaceTrial): boolean {
  const { lost, doubled, wrongFiles, falselyComplete, untrue, told, toldOfAct } = trial
  const inTime = (telling: Telling | undefined) =>
    telling === undefined || (telling !== null && telling <= mostPolls)
  const wrong = lost + doubled + wrongFiles + falselyComplete + untrue.length
  return wrong === 0 && inTime(told) && inTime(toldOfAct)
}

async function trialOf(stage: FacesStage, say: Say): Promise<FaceTrial[]> {
  const { faces, servers } = stage
  say('đọc lần đầu / first readings')
  const told = await untilTold(
    stage,
    toldBy(faces, ({ told: wanted }) => wanted),
  )
  await letNobodyWait(stage)
  await untilAllRead(stage)
  say('sự việc ở nguồn / what happens at the sources')
  for (const face of faces.filter(({ act }) => act)) servers.act(face)
  for (const face of faces) await stage.writeToken(face, servers.stateOf(face).token)
  const toldOfAct = await untilTold(
    stage,
    toldBy(faces, ({ toldOfAct: wanted }) => wanted),
  )
  say('sự cố / faults')
  await disturb(stage)
  say('để yên / at rest')
  await untilAllRead(stage)
  const trials: FaceTrial[] = []
  for (const face of faces)
    trials.push({
      ...{ face: face.name, title: face.title, ...(await verdictOn(stage, face)) },
      ...(told.has(face) && { told: told.get(face)! }),
      ...(toldOfAct.has(face) && { toldOfAct: toldOfAct.get(face)! }),
    })
  return trials
}

function toldBy(faces: readonly Face[], of: (face: Face) => Face['told']) {
  return new Map(
    faces.flatMap((face) => {
      const wanted = of(face)
      return wanted ? [[face, wanted] as const] : []
    }),
  )
}

/** As an administrator does for sources that are known to be ill: whoever reads old days would ask them first. */
async function letNobodyWait({ app, clock, faces }: FacesStage): Promise<void> {
  const at = clock.now()
  const until = new Date(at.getTime() + waivedMs)
  const said = { until, actor: 'selftest', reason: 'nguồn thử sai / a source that is wrong' }
  for (const ill of faces.filter(({ told, toldOfAct }) => told ?? toldOfAct))
    for (const other of faces)
      if (other !== ill) await app.store.waivers.give(ill.name, { readingOf: other.name }, said, at)
}

/** Requests fail by seed, and in turn each process is killed. */
async function disturb({ servers, workers }: FacesStage): Promise<void> {
  servers.disturb(disturbedPercent)
  for (const worker of workers) {
    await sleep(disturbedMs / (2 * workers.length))
    await worker.end('SIGKILL')
    await sleep(disturbedMs / (2 * workers.length))
  }
  servers.disturb(0)
}

/** From now: of each source its newest days, those of the daily reading and its history were read, or were tried. */
async function untilAllRead(stage: FacesStage): Promise<void> {
  const since = stage.clock.now()
  const from = performance.now()
  for (; performance.now() - from < patienceMs; await sleep(500)) {
    const [row] = await stage.ask<{ read: number; open: number }>(
      `select (select count(distinct source || kind)::int from sync.pass where kind in ('head', 'deep') and ended_at is not null and opened_at > :since) as read,
         (select count(*)::int from sync.pass p join sync.source s on s.name = p.source where p.kind in ('backfill', 'resync') and p.attempts = 0 and s.failures = 0) as open`,
      { since },
    )
    const failing = await stage.ask(`select from sync.source where failures > 0`)
    if (row!.read >= 2 * (stage.faces.length - failing.length) && row!.open === 0) return
  }
}
