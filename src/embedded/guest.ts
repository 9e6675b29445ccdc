import { Explained } from '../domain/errors.ts'
import { type Announcement, readAnnouncement } from './announcement.ts'
import { type Connection, connectionOf, connectTo, disconnect } from './connection.ts'
import { tryLock } from './kernel-lock.ts'
import { type Place, readPassword } from './place.ts'

/** A process that uses the server of a service. */
export interface Guest {
  readonly connection: Connection
  leave(): Promise<void>
}

const lookEveryMs = 1_000

/** Null when the server does not answer; then its owner is about to stop it, or to bring it back. */
export async function visit(
  place: Place,
  { pid }: Announcement,
  port: number,
): Promise<Guest | null> {
  const connection = connectionOf(port, readPassword(place) ?? '')
  let hasLeft = false
  const look = () => {
    if (hasLeft || isOwnedBy(place, pid)) return
    hasLeft = true
    // Thrown at nobody: whatever this process was about, it cannot go on without the server, and ends with this sentence.
    throw new Explained(
      `Dịch vụ giữ Postgres kèm theo đã dừng. The service (process ${pid}) to which the embedded Postgres of ${place.directory} belongs is gone, and its server with it. Run this again: it uses the next service, or a server of its own.`,
    )
  }
  const client = await connectTo(connection, 'chidao guest', look).catch(() => null)
  if (!client) return null
  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  return {
    connection,
    async leave() {
      hasLeft = true
      clearInterval(timer)
      await disconnect(client)
    },
  }
}

/** A server that was killed comes back, as long as its owner lives. */
function isOwnedBy(place: Place, pid: number): boolean {
  if (readAnnouncement(place)?.pid !== pid) return false
  const lock = tryLock(place.lockFile, place.keeper)
  lock?.release()
  return lock === null
}
