import { setTimeout as sleep } from 'node:timers/promises'
import { announce, type Role, withdraw } from './announcement.ts'
import { locateBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { type Connection, connectionOf } from './connection.ts'
import type { KernelLock } from './kernel-lock.ts'
import { type Place, readPassword } from './place.ts'
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
  shutDown(): Promise<void>
}

const restartDelaysMs = [0, 1_000, 5_000, 30_000]

/** Starts the server; gives the lock back when that fails. */
export async function own(
  place: Place,
  lock: KernelLock,
  as: Role,
  given: Pick<ServerOptions, 'settings' | 'stop'>,
): Promise<Owner> {
  try {
    // Whoever comes meanwhile learns for whom it waits.
    announce(place, as, null)
    await stopLeftover(place)
    const binaries = locateBinaries(place.account, place.directory)
    await ensureCluster(place, binaries, given.stop)
    const options = { place, binaries, ...given }
    const server = await startServer(options)
    try {
      return keep(options, lock, as, server)
    } catch (error) {
      await stopProcess(place, server.pid)
      await server.disarm()
      throw error
    }
  } catch (error) {
    withdraw(place)
    lock.release()
    throw error
  }
}

function keep(
  { stop: _over, ...options }: ServerOptions,
  lock: KernelLock,
  as: Role,
  first: Server,
): Owner {
  const { place } = options
  const { port } = first
  let server = first
  const departure = new AbortController()
  let restarting: Promise<void> = Promise.resolve()

  /** A postmaster that was killed comes back on the same port, so that every URL stays true. */
  const bringBack = async () => {
    for (let attempt = 0; !departure.signal.aborted; attempt++) {
      const delayMs = restartDelaysMs[Math.min(attempt, restartDelaysMs.length - 1)]
      await sleep(delayMs, undefined, { ref: false, signal: departure.signal }).catch(() => {})
      if (departure.signal.aborted) return
      try {
        server = await startServer({ ...options, port })
        if (departure.signal.aborted) return
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

  announce(place, as, port)
  watch()
  return {
    connection: connectionOf(port, readPassword(place) ?? ''),
    async shutDown() {
      departure.abort()
      await settled(restarting)
      withdraw(place)
      await stopProcess(place, server.pid)
      await server.disarm()
      lock.release()
    },
  }
}

/** Waits with a timer: the promise alone would not keep the process alive. */
async function settled(promise: Promise<void>): Promise<void> {
  let done = false
  void promise.finally(() => {
    done = true
  })
  while (!done) await sleep(10)
}
