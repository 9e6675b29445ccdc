import { readFileSync, rmSync } from 'node:fs'
import { type Place, writePrivately } from './place.ts'

/** `owner`: a service, whose server others may use. `guest`: a command that found none, and keeps one for itself. */
export type Role = 'owner' | 'guest'

/** What the process that holds the lock tells others. */
export interface Announcement {
  readonly pid: number
  readonly as: Role
  /** Null until its server takes connections. */
  readonly port: number | null
}

export function announce(place: Place, as: Role, port: number | null): void {
  const announcement: Announcement = { pid: process.pid, as, port }
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
