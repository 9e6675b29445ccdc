/**
 * Where the service's time goes for each document: a CPU profile of taking a window, cut down to what matters
 * and kept as `hot-path.cpuprofile`, which Chromium's developer tools open.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { takeByChidao } from './contestants.ts'
import { startServer } from './databases.ts'
import { startSource } from './source/start.ts'
import { say, table } from './table.ts'

const kept = join(import.meta.dirname, 'hot-path.cpuprofile')
/** Of all samples: what has fewer is counted with its caller. */
const leastShare = 0.002

interface Frame {
  readonly functionName: string
  readonly url: string
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: Frame
  children?: number[]
}

interface Profile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
}

export async function profile({ short }: { short: boolean }): Promise<void> {
  const documents = short ? 500 : 5000
  const date = addDays(localDateOf(new Date()), -60)
  const directory = await mkdtemp(join(tmpdir(), 'chidao-bench-'))
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=1000']
  await using server = await startServer()
  await using source = await startSource([{ date, count: documents }], 16 * 1024)
  const ground = { server, source, date, documents }
  await takeByChidao(ground, { concurrency: 8, queueUrl: null, nodeOptions })
  const [file] = await readdir(directory)
  const taken = JSON.parse(await readFile(join(directory, file!), 'utf8')) as Profile
  await rm(directory, { recursive: true })
  say(`${documents} documents, 8 at once, queue in Postgres; milliseconds of each document\n`)
  say(table(['who', 'ms'], byOwner(taken, documents)))
  await writeFile(kept, JSON.stringify(cutDown(taken)))
}

/** Time awake, by the nearest of our files or packages that asked for it. */
function byOwner(profile: Profile, documents: number): string[][] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = parentsOf(profile)
  const owners = new Map<string, number>()
  profile.samples.forEach((id, at) => {
    let owner: string | null = null
    for (let node = nodes.get(id); node && owner === null; node = nodes.get(parents.get(node.id)!))
      owner = ownerOf(node.callFrame)
    const ms = (profile.timeDeltas[at] ?? 0) / 1000 / documents
    owners.set(owner ?? 'node', (owners.get(owner ?? 'node') ?? 0) + ms)
  })
  return [...owners]
    .filter(([owner, ms]) => owner !== '(idle)' && ms >= 0.01)
    .sort(([, a], [, b]) => b - a)
    .map(([owner, ms]) => [owner, ms.toFixed(2)])
}

const native: Readonly<Record<string, string>> = {
  '(idle)': '(idle)',
  '(garbage collector)': 'garbage collector',
  writev: 'writing to Postgres (system call)',
  writeLatin1String: 'writing to the source (system call)',
  writeUtf8String: 'writing to the source (system call)',
  openFileHandle: 'files (system calls)',
  writeBuffer: 'files (system calls)',
  fsync: 'files (system calls)',
  rename: 'files (system calls)',
  mkdir: 'files (system calls)',
  close: 'files (system calls)',
}

function ownerOf({ functionName, url }: Frame): string | null {
  if (url === '') return native[functionName] ?? null
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (dependency) return ['lodash', 'tarn'].includes(dependency) ? 'knex' : dependency
  if (url.startsWith('node:_http')) return 'node:http'
  return /\/((?:src|connectors|config|jobs)\/[^/]+)/.exec(url)?.[1] ?? null
}

function cutDown(profile: Profile): Profile {
  const parents = parentsOf(profile)
  const weights = new Map<number, number>()
  for (const sample of profile.samples)
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id))
      weights.set(id, (weights.get(id) ?? 0) + 1)
  const least = profile.samples.length * leastShare
  const stays = (id: number) => parents.get(id) === undefined || (weights.get(id) ?? 0) >= least
  const nearest = (id: number): number => (stays(id) ? id : nearest(parents.get(id)!))
  const nodes = profile.nodes
    .filter((node) => stays(node.id))
    .map((node) => ({ ...node, children: (node.children ?? []).filter(stays) }))
  // Of ten samples in a row one, with the time of all: tools draw the same picture.
  const every = 10
  const picked = profile.samples.filter((_, at) => at % every === 0)
  const deltas = picked.map((_, at) =>
    profile.timeDeltas.slice(at * every, (at + 1) * every).reduce((sum, delta) => sum + delta, 0),
  )
  return { ...profile, nodes, samples: picked.map(nearest), timeDeltas: deltas }
}

function parentsOf({ nodes }: Profile): Map<number, number> {
  return new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  )
}
