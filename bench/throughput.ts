/**
 * Documents per second through the whole pipeline, beside a bare loop that asks and writes the same. All take
 * turns within a round, so that what else the machine does falls on each of them; ratios are of medians.
 */
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { type Ground, type Run, takeByBareLoop, takeByChidao } from './contestants.ts'
import { startServer } from './databases.ts'
import { installNodeRed, takeByNodeRed } from './node-red.ts'
import { startRedis } from './redis.ts'
import { startSource } from './source/start.ts'
import { load, median, say, spread, table } from './table.ts'

const fileBytes = 16 * 1024
/** Beyond the 45 days that the head and the deep reading cover, so that one backfill window holds them all. */
const daysAgo = 60

interface Contestant {
  readonly name: string
  readonly concurrency: number
  run(ground: Ground): Promise<Run>
}

interface Asked {
  readonly short: boolean
  readonly documents?: number | undefined
  readonly rounds?: number | undefined
  readonly atOnce?: number | undefined
}

type Redis = { url: string; empty(): Promise<void> } | null

export async function throughput({
  short,
  documents = short ? 500 : 2000,
  rounds = short ? 1 : 5,
  atOnce,
}: Asked): Promise<void> {
  const sizes = atOnce ? [atOnce] : short ? [8] : [1, 8, 32]
  await race({ documents, rounds }, (redis) => sizes.flatMap((size) => contestants(size, redis)))
}

/** What is looked at after every change: two commits beside two commits, at 8 and at 32 at once; within ten minutes. */
export async function staging({
  short,
  documents = short ? 500 : 2000,
  rounds = short ? 1 : 4,
  atOnce,
}: Asked): Promise<void> {
  const sizes = atOnce ? [atOnce] : [8, 32]
  await race({ documents, rounds }, (redis) =>
    sizes.flatMap((size) =>
      contestants(size, redis).filter(({ name }) => !name.includes('one commit')),
    ),
  )
}

async function race(
  { documents, rounds }: { documents: number; rounds: number },
  choose: (redis: Redis) => readonly Contestant[],
): Promise<void> {
  const date = addDays(localDateOf(new Date()), -daysAgo)
  await using server = await startServer()
  await using redis = await startRedis()
  await using source = await startSource([{ date, count: documents }], fileBytes)
  const ground = { server, source, date, documents }

  const runs = new Map<Contestant, Run[]>(choose(redis).map((one) => [one, []]))
  const nodeRed = await installNodeRed()
  if (nodeRed.installed) runs.set(nodeRedContestant(nodeRed.directory), [])
  for (let round = 1; round <= rounds; round++)
    for (const [one, its] of runs) {
      its.push(await one.run(ground))
      process.stderr.write(
        `${round}/${rounds} ${one.name} c=${one.concurrency}: ${its.at(-1)!.perSecond.toFixed(0)}/s, load ${load()}\n`,
      )
    }
  say(
    `${documents} documents with one file of ${fileBytes / 1024} KiB each, ${rounds} rounds in turn; load at the end ${load()}\n`,
  )
  say(resultsOf(runs))
  if (!redis) say('\nredis-server is not installed: not measured.')
  if (!nodeRed.installed) say(`\nNode-RED could not be installed: ${nodeRed.why}`)
}

function contestants(concurrency: number, redis: Redis): Contestant[] {
  const postgres: Contestant = {
    name: 'chidao, queue in Postgres',
    concurrency,
    run: (ground) => takeByChidao(ground, { concurrency, queueUrl: null }),
  }
  const bare = (commits: 'once' | 'twice'): Contestant => ({
    name: `bare loop, ${commits === 'once' ? 'one commit' : 'two commits'}`,
    concurrency,
    run: (ground) => takeByBareLoop(ground, { concurrency, commits }),
  })
  const inRedis = redis && {
    name: 'chidao, queue in Redis',
    concurrency,
    run: async (ground: Ground) => {
      await redis.empty()
      return takeByChidao(ground, { concurrency, queueUrl: redis.url })
    },
  }
  return [postgres, bare('twice'), ...(inRedis ? [inRedis] : []), bare('once')]
}

function nodeRedContestant(directory: string): Contestant {
  return {
    name: 'Node-RED (a page of 50 at once)',
    concurrency: 50,
    run: (ground) => takeByNodeRed(ground, directory),
  }
}

function resultsOf(runs: ReadonlyMap<Contestant, readonly Run[]>): string {
  const speed = (one: readonly Run[]) => median(one.map((run) => run.perSecond))
  const bareOf = (concurrency: number, commits: string) =>
    [...runs].find(([one]) => one.concurrency === concurrency && one.name.includes(commits))?.[1]
  const ratio = (its: readonly Run[], bare: readonly Run[] | undefined) =>
    bare ? (speed(its) / speed(bare)).toFixed(2) : '–'
  const rows = [...runs].map(([one, its]) => [
    one.name,
    `${one.concurrency}`,
    speed(its).toFixed(0),
    spread(its.map((run) => run.perSecond)),
    ratio(its, bareOf(one.concurrency, 'two commits')),
    ratio(its, bareOf(one.concurrency, 'one commit')),
    ...(['own', 'postgres', 'source'] as const).map((part) =>
      median(its.map((run) => run.cpu[part])).toFixed(2),
    ),
    (median(its.map((run) => run.peakBytes)) / 1e6).toFixed(0),
  ])
  const head = [
    'who',
    'at once',
    'documents/s',
    'spread',
    'of bare, two commits',
    'of bare, one commit',
    'CPU ms/document',
    'Postgres ms',
    'source ms',
    'peak MB',
  ]
  return table(head, rows)
}
