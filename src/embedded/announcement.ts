import { readFileSync, rmSync } from 'node:fs'
import { type Place, writePrivately } from './place.ts'

/** What the owner of a running server tells other processes. Withdrawn while the owner decides whether to stop it. */
export interface Announcement {
  readonly pid: number
  readonly port: number
  /** Its owner left while others used it: it belongs to whoever takes the lock next, and no watcher watches it. */
  readonly leftBehind: boolean
}

export function announce(place: Place, announcement: Announcement): void {
  writePrivately(place, place.announcementFile, JSON.stringify(announcement))
}

export function withdraw(place: Place): void {
  rmSync(place.announcementFile, { force: true })
}

export function readAnnouncement(place: Place): Announcement | null {
  try {
    return JSON.parse(readFileSync(place.announcementFile, 'utf8')) as Announcement
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
