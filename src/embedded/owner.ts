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
import { type Server, type ServerOptions, startServer, stopProcess } from './server.ts'

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

/** Becomes the owner: of the server that was left behind, or of one that it starts. */
export async function own(
  place: Place,
  lock: KernelLock,
  settings: Readonly<Record<string, string>>,
): Promise<Owner> {
  const adopted = adopt(place, lock, settings)
  if (adopted) return adopted
  withdraw(place)
  const binaries = locateBinaries(place.account, place.directory)
  await ensureCluster(place, binaries)
  const options = { place, binaries, settings }
  return keep(options, lock, await startServer(options), true)
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
  const server = { pid: left.pid, port: left.port, ended: new Promise<never>(() => {}), disarm }
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
  let leaving = false
  let restarting: Promise<void> = Promise.resolve()

  const tellOthers = (leftBehind: boolean) =>
    announce(place, { pid: server.pid, port: server.port, leftBehind })
  /** A postmaster that was killed comes back on the same port, so that every URL stays true. */
  const bringBack = async () => {
    for (let attempt = 0; !leaving; attempt++) {
      await sleep(restartDelaysMs[Math.min(attempt, restartDelaysMs.length - 1)], undefined, {
        ref: false,
      })
      if (leaving) return
      try {
        server = await startServer({ ...options, port: first.port })
        tellOthers(false)
        return watch()
      } catch {
        // its log says why, and the next attempt may find the disk or the port free again
      }
    }
  }
  const watch = () => {
    void server.ended.then(() => {
      if (!leaving) restarting = bringBack()
    })
  }
  const shutDown = async () => {
    leaving = true
    withdraw(place)
    await settled(restarting)
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
      // first withdrawn, then looked: whoever comes meanwhile is seen here, or sees that nothing is announced
      withdraw(place)
      if (!(await isUsed(connection))) return shutDown()
      leaving = true
      await settled(restarting)
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
  } catch {
    return false
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
    return false
  } finally {
    await client.end().catch(() => {})
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
