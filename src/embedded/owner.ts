import { setTimeout as sleep } from 'node:timers/promises'
import { announce, readAnnouncement, withdraw } from './announcement.ts'
import { locateBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { type Connection, connectionOf, connectTo } from './connection.ts'
import { guard } from './guarded-child.ts'
import { presence } from './guest.ts'
import type { KernelLock } from './kernel-lock.ts'
import { type Place, readPassword } from './place.ts'
import { isPostmasterOf } from './postmaster.ts'
import {
  type Server,
  type ServerOptions,
  startServer,
  stopLeftover,
  stopProcess,
} from './server.ts'

/** The process that holds the lock: the server goes with it, and comes back by it. */
export interface Owner {
  readonly connection: Connection
  /** False for a server that its owner had left behind. */
  readonly started: boolean
  shutDown(): Promise<void>
  /** Shuts down unless somebody else is connected; then the server is left to whoever takes the lock next. */
  leave(): Promise<void>
}

const restartDelaysMs = [0, 1_000, 5_000, 30_000]
/** This process's own connections may need a moment to be gone from the server. */
const farewellMs = 1_000
const lookEveryMs = 1_000

/** Becomes the owner: of the server that was left behind, or of one that it starts. */
export async function own(
  place: Place,
  lock: KernelLock,
  settings: Readonly<Record<string, string>>,
): Promise<Owner> {
  const adopted = adopt(place, lock, settings)
  if (adopted) return adopted
  withdraw(place)
  await stopLeftover(place)
  const binaries = locateBinaries(place.account, place.directory)
  await ensureCluster(place, binaries)
  const options = { place, binaries, settings }
  const server = await startServer(options)
  try {
    return keep(options, lock, server, true)
  } catch (error) {
    await stopProcess(place, server.pid)
    await server.disarm()
    throw error
  }
}

/** Null when there is nothing to adopt. */
export function adopt(
  place: Place,
  lock: KernelLock,
  settings: Readonly<Record<string, string>>,
): Owner | null {
  const left = readAnnouncement(place)
  if (!left?.leftBehind || !isPostmasterOf(place, left.pid)) return null
  const { disarm } = guard(left.pid, place.account)
  const server = { pid: left.pid, port: left.port, ended: endOf(place, left.pid), disarm }
  return keep(
    { place, binaries: locateBinaries(place.account, place.directory), settings },
    lock,
    server,
    false,
  )
}

function keep(options: ServerOptions, lock: KernelLock, first: Server, started: boolean): Owner {
  const { place } = options
  const connection = connectionOf(first.port, readPassword(place) ?? '')
  let server = first
  const departure = new AbortController()
  let restarting: Promise<void> = Promise.resolve()

  const tellOthers = (leftBehind: boolean) =>
    announce(place, { pid: server.pid, port: server.port, leftBehind })
  /** A postmaster that was killed comes back on the same port, so that every URL stays true. */
  const bringBack = async () => {
    for (let attempt = 0; !departure.signal.aborted; attempt++) {
      const delayMs = restartDelaysMs[Math.min(attempt, restartDelaysMs.length - 1)]
      await sleep(delayMs, undefined, { ref: false, signal: departure.signal }).catch(() => {})
      if (departure.signal.aborted) return
      try {
        server = await startServer({ ...options, port: first.port })
        if (departure.signal.aborted) return
        tellOthers(false)
        return watch()
      } catch {
        // its log says why, and the next attempt may find the disk or the port free again
      }
    }
  }
  const watch = () => {
    const { ended, disarm } = server
    void ended.then(() => {
      void disarm()
      if (!departure.signal.aborted) restarting = bringBack()
    })
  }
  const shutDown = async () => {
    departure.abort()
    await settled(restarting)
    withdraw(place)
    await stopProcess(place, server.pid)
    await server.disarm()
    lock.release()
  }

  tellOthers(false)
  watch()
  return {
    connection,
    started,
    shutDown,
    async leave() {
      departure.abort()
      await settled(restarting)
      // first withdrawn, then looked: whoever comes meanwhile is seen here, or sees that nothing is announced
      withdraw(place)
      if (!(await isUsed(connection))) return shutDown()
      await server.disarm()
      tellOthers(true)
      lock.release()
    },
  }
}

async function isUsed(connection: Connection): Promise<boolean> {
  let client: Awaited<ReturnType<typeof connectTo>>
  try {
    client = await connectTo(connection, 'chidao farewell')
  } catch (error) {
    // a server that is there but too busy to answer is used
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED'
  }
  try {
    const until = performance.now() + farewellMs
    for (;;) {
      const others = await client.query<{ guest: boolean }>(
        `select application_name = $1 as guest from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
        [presence],
      )
      if (others.rows.length === 0) return false
      if (performance.now() > until || others.rows.some((other) => other.guest)) return true
      await sleep(50)
    }
  } catch {
    return true
  } finally {
    await client.end().catch(() => {})
  }
}

/** For a server that is no child of this process, so that nothing tells of its end. */
function endOf(place: Place, pid: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isPostmasterOf(place, pid)) return
      clearInterval(timer)
      resolve()
    }, lookEveryMs)
    timer.unref()
  })
}

/** Waits with a timer: the promise alone would not keep the process alive. */
async function settled(promise: Promise<void>): Promise<void> {
  let done = false
  void promise.finally(() => {
    done = true
  })
  while (!done) await sleep(10)
}
