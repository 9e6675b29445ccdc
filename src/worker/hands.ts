import { jobs } from '#jobs/index.ts'
import type { Job, Lane, Piece } from '#jobs/job.ts'
import type { App, JobName } from '../app.ts'
import { handsPerLane, lanes, mostHands } from '../queue.ts'
import type { Due } from '../store/due.ts'

/** A piece of work that was done, for whoever shows it. */
export interface Done {
  readonly job: JobName
  readonly ended: string
  readonly ms: number
}

export interface Hands {
  /** So many hands of these lanes as are free, and as there is due work for, take it up. Null: nobody knows what is due. */
  takeUp(due: Due | null, lanes: Iterable<Lane>): void
  /** One free hand of this lane claims one piece and carries it out; null where none is free, or nothing due. */
  takeOne(lane: Lane, due: Due | null): Promise<Done | null>
  /** Claims nothing more. */
  rest(): void
  /** Resolves when what runs has ended. */
  empty(): Promise<void>
}

interface Hand {
  readonly since: number
  job: JobName | null
}

const longWorkMs = 1000

/** The hands of this process, lane by lane, whoever sets them to work. `onFree`: there may be more for a hand that is free. */
export function openHands(
  app: App,
  onFree: (lane: Lane) => void,
  { longMs = longWorkMs }: { longMs?: number } = {},
): Hands {
  /** Lanes in which more was due than there were hands for. */
  const unserved = new Set<Lane>()
  const busy = new Map(lanes.map((lane) => [lane, new Map<Hand, Promise<Done | null>>()]))
  const looking = new Map<Lane, NodeJS.Timeout>()
  let resting = false

  /** Whoever is at work by then gives its place to others. */
  function lookAgainSoon(lane: Lane): void {
    if (resting || mostHands[lane] === handsPerLane[lane] || looking.has(lane)) return
    const later = setTimeout(() => {
      looking.delete(lane)
      if (!resting) onFree(lane)
    }, longMs)
    looking.set(lane, later.unref())
  }

  /** In a lane that may have more hands, what goes on for long does not count. */
  function countedIn(lane: Lane): Hand[] {
    const all = [...busy.get(lane)!.keys()]
    const long = performance.now() - longMs
    return mostHands[lane] > handsPerLane[lane] ? all.filter(({ since }) => since > long) : all
  }

  const isFree = (lane: Lane) =>
    !resting &&
    busy.get(lane)!.size < mostHands[lane] &&
    countedIn(lane).length < handsPerLane[lane]

  function start(lane: Lane, wanted: readonly Job[]): Promise<Done | null> {
    const hand: Hand = { since: performance.now(), job: null }
    const working = work(hand, wanted).finally(() => busy.get(lane)!.delete(hand))
    busy.get(lane)!.set(hand, working)
    void working.then((done) => {
      if (done && (unserved.has(lane) || !rungOn.has(done.job))) onFree(lane)
    })
    return working
  }

  /** The first of these of which there is a piece. */
  async function work(hand: Hand, wanted: readonly Job[]): Promise<Done | null> {
    for (const job of wanted) {
      const { name, lane, most = Number.POSITIVE_INFINITY } = job
      if (countedIn(lane).filter((one) => one.job === name).length >= most) {
        unserved.add(lane)
        continue
      }
      hand.job = name
      const piece = await claimed(job)
      if (piece) return await carriedOut(name, piece)
      hand.job = null
    }
    return null
  }

  /** What cannot be claimed holds up nothing else of its lane. */
  async function claimed(job: Job): Promise<Piece | null> {
    try {
      return await job.claim(app)
    } catch (error) {
      // Of a store that is away every job says the same.
      app.log.sweepFailed({ error })
      return null
    }
  }

  async function carriedOut(job: JobName, piece: Piece): Promise<Done> {
    const began = performance.now()
    let ended: string
    try {
      const word = await piece()
      ended = typeof word === 'string' ? word : 'done'
    } catch (error) {
      app.log.jobFailed({ job, error })
      ended = ourMistake
    }
    return { job, ended, ms: Math.round(performance.now() - began) }
  }

  return {
    takeUp(due, ofLanes) {
      for (const lane of ofLanes) {
        const wanted = wantedOf(lane, due)
        let pieces = piecesOf(wanted, due)
        for (let n = 0; pieces > 0 && isFree(lane); n++, pieces--)
          // Where nobody knows, what is always due must not be all that is ever found.
          void start(lane, due === null ? [...wanted.slice(n), ...wanted.slice(0, n)] : wanted)
        if (pieces > 0) {
          unserved.add(lane)
          lookAgainSoon(lane)
        } else unserved.delete(lane)
      }
    },
    async takeOne(lane, due) {
      if (!isFree(lane)) return null
      const wanted = wantedOf(lane, due)
      const hand = start(lane, wanted)
      if (piecesOf(wanted, due) > 1) onFree(lane)
      return hand
    },
    rest() {
      resting = true
    },
    async empty() {
      await Promise.allSettled([...busy.values()].flatMap((hands) => [...hands.values()]))
    },
  }
}

export const ourMistake = 'ourMistake'

function wantedOf(lane: Lane, due: Due | null): readonly Job[] {
  return jobs.filter((job) => job.lane === lane && (due === null || job.pieces(due) > 0))
}

function piecesOf(wanted: readonly Job[], due: Due | null): number {
  return due === null ? wanted.length : wanted.reduce((sum, job) => sum + job.pieces(due), 0)
}

const rungOn: ReadonlySet<JobName> = new Set(
  jobs.filter(({ ringsOn }) => ringsOn).map(({ name }) => name),
)
