/** A Postgres of the run's own that can be stopped at once, started again, filled up, turned back and moved. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { locateBinaries } from '../../embedded/binaries.ts'
import { ensureCluster, superuser } from '../../embedded/cluster.ts'
import { type Place, preparePlace, readPassword } from '../../embedded/place.ts'
import { startServer, stopProcess } from '../../embedded/server.ts'
import { openDatabase } from '../../store/database.ts'
import { copyTree, copyWhileAtWork } from './data-copies.ts'

export interface FaultyPostgres extends AsyncDisposable {
  urlOf(database: string): string
  /** As a power cut that spares the disk; resolves when it is gone. */
  stopAtOnce(): Promise<void>
  /** On the same port; resolves when it takes connections. */
  startAgain(): Promise<void>
  /** Ends every session but its own, and holds whatever connections there may be. */
  fillUp(forMs: number): Promise<void>
  /** What it holds now, as a standby has it that is cut off from here on. */
  keep(): Promise<Kept>
  /** Stops at once and goes on with what was kept, at the same address: all that was committed since is lost. */
  turnBack(kept: Kept): Promise<void>
  /** Stops cleanly and goes on with a copy of its data elsewhere, at the same address: nothing is lost. */
  failOver(): Promise<void>
}

export interface Kept {
  readonly data: string
}

const connections = 160

export async function startPostgres(directory: string): Promise<FaultyPostgres> {
  let place = preparePlace(directory)
  const binaries = locateBinaries(place.account, place.directory)
  await ensureCluster(place, binaries)
  const settings = { max_connections: String(connections) }
  let server = await startServer({ place, binaries, settings })
  const { port } = server
  const urlOf = (database: string) =>
    `postgres://${superuser}:${readPassword(place)}@127.0.0.1:${port}/${database}`
  await storeUncompressed(urlOf('template1'))
  const end = async (signal: 'SIGQUIT' | 'SIGINT') => {
    const { pid, ended } = server
    process.kill(pid, signal)
    // Its end alone would not keep this process alive.
    const waiting = setInterval(() => {}, 1000)
    await ended
    clearInterval(waiting)
  }
  const startOn = async (at: Place) => {
    place = at
    server = await startServer({ place, binaries, settings, port })
  }
  let copies = 0
  const elsewhere = () => join(place.directory, `data-${++copies}`)
  const goOnWith = async (data: string) => {
    const before = place.data
    await startOn({ ...place, data })
    await rm(before, { recursive: true, force: true })
  }
  return {
    urlOf,
    stopAtOnce: () => end('SIGQUIT'),
    startAgain: () => startOn(place),
    fillUp: (forMs) => fillUp(urlOf('postgres'), forMs),
    async keep() {
      const data = elsewhere()
      await copyWhileAtWork(urlOf('postgres'), place.data, data)
      return { data }
    },
    async turnBack({ data }) {
      await end('SIGQUIT')
      await goOnWith(data)
    },
    async failOver() {
      const data = elsewhere()
      await end('SIGINT')
      await copyTree(place.data, data)
      await goOnWith(data)
    },
    async [Symbol.asyncDispose]() {
      await stopProcess(place, server.pid)
      await server.disarm()
    },
  }
}

/** The databases to come keep every value as it is, so that a search of their files sees it. */
async function storeUncompressed(url: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 })
  await db.raw(`update pg_type set typstorage = 'e' where typstorage in ('x', 'm')`)
  await db.destroy()
}

async function fillUp(url: string, forMs: number): Promise<void> {
  const db = openDatabase({ url, poolSize: connections })
  const held: unknown[] = []
  const take = async () => {
    try {
      held.push(await db.client.acquireRawConnection())
      return true
    } catch {
      return false
    }
  }
  const takeAll = async () => {
    while ((await Promise.all(Array.from({ length: 10 }, take))).every(Boolean));
  }
  try {
    const over = performance.now() + forMs
    await takeAll()
    await endOthers(held)
    while (performance.now() < over) {
      await takeAll()
      await sleep(50)
    }
  } finally {
    await Promise.all(held.map((one) => db.client.destroyRawConnection(one).catch(() => {})))
    await db.destroy()
  }
}

interface RawConnection {
  readonly processID: number
  query(sql: string, values: unknown[]): Promise<unknown>
}

async function endOthers(held: readonly unknown[]): Promise<void> {
  const ours = held as RawConnection[]
  await ours[0]?.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> all ($1)`,
    [ours.map(({ processID }) => processID)],
  )
}
