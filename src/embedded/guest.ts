import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type Announcement, readAnnouncement } from './announcement.ts'
import { type Connection, connectionOf, connectTo, disconnect, keepAlive } from './connection.ts'
import { type KernelLock, tryLock } from './kernel-lock.ts'
import { adopt, type Owner } from './owner.ts'
import { type Place, readPassword } from './place.ts'

/** By this name the owner sees that somebody relies on the server, whose pool may be empty at the moment. */
export const presence = 'chidao guest'

/** A process that uses the server of another, until that one leaves it behind. */
export interface Guest {
  readonly connection: Connection
  /** The owner that this process has become meanwhile, or null. */
  owner(): Owner | null
  leave(): Promise<Owner | null>
}

const upkeepMs = 1_000
const farewellMs = 5_000

/** Null when no server answers; then its owner is starting or stopping it. */
export async function visit(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<Guest | null> {
  const announced = readAnnouncement(place)
  if (!announced) return null
  const first = await bePresent(place, announced)
  return first && stay(place, settings, announced, first)
}

interface Presence {
  readonly client: pg.Client
  lost: boolean
}

async function bePresent(place: Place, announced: Announcement): Promise<Presence | null> {
  const here: { lost: boolean } = { lost: false }
  let client: pg.Client
  try {
    client = await connectTo(
      connectionOf(announced.port, readPassword(place) ?? ''),
      presence,
      () => {
        here.lost = true
      },
    )
  } catch {
    return null
  }
  // an owner that leaves withdraws first and then looks: still announced means that it will see us
  if (readAnnouncement(place)?.pid === announced.pid && !here.lost) {
    keepAlive(client, false)
    return Object.assign(here, { client })
  }
  await disconnect(client)
  return null
}

function stay(
  place: Place,
  settings: Readonly<Record<string, string>>,
  announced: Announcement,
  first: Presence,
): Guest {
  let present: Presence | null = first
  let owner: Owner | null = null
  let upkeep: Promise<void> | null = null

  const look = async () => {
    owner = inherit(place, settings)
    if (owner || !present?.lost) return
    // the owner brings a killed server back on the same port
    const back = readAnnouncement(place)
    if (back?.port === announced.port) present = (await bePresent(place, back)) ?? present
  }
  const timer = setInterval(() => {
    if (owner || upkeep) return
    upkeep = look()
      .catch(() => {})
      .finally(() => {
        upkeep = null
      })
  }, upkeepMs)
  timer.unref()

  const stopUpkeep = async () => {
    clearInterval(timer)
    while (upkeep) await sleep(10)
  }
  return {
    connection: connectionOf(announced.port, readPassword(place) ?? ''),
    owner: () => owner,
    async leave() {
      await stopUpkeep()
      if (present) await disconnect(present.client)
      return owner ?? (await inheritOnLeaving(place, settings))
    },
  }
}

function inherit(place: Place, settings: Readonly<Record<string, string>>): Owner | null {
  if (!readAnnouncement(place)?.leftBehind) return null
  const lock = tryLock(place.lockFile, place.keeper)
  if (!lock) return null
  try {
    const owner = adopt(place, lock, settings)
    if (!owner) lock.release()
    return owner
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The last to leave sees to the server. While nothing is announced, its owner is just deciding. */
async function inheritOnLeaving(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<Owner | null> {
  const until = performance.now() + farewellMs
  while (performance.now() < until) {
    const owner = inherit(place, settings)
    if (owner) return owner
    const announced = readAnnouncement(place)
    if (announced && !announced.leftBehind) return null
    await sleep(20)
    if (!announced && isFree(place)) return null
  }
  return null
}

/** Nothing announced and nobody holding the lock: the server has been stopped. */
function isFree(place: Place): boolean {
  const lock: KernelLock | null = tryLock(place.lockFile, place.keeper)
  lock?.release()
  // an owner that let go in between has announced what it left
  return lock !== null && readAnnouncement(place) === null
}
