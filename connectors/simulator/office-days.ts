/** When an office issues documents: at its desks on working days, and in storms at any time before eight. */
import { readFileSync } from 'node:fs'
import { addDays, type LocalDate, startOfDay, weekdayOf } from '#src/domain/local-date.ts'
import type { Draw } from './draw.ts'

const minuteMs = 60_000
const publishedDays = new URL('../../config/calendar/vietnam.json', import.meta.url)

export interface OfficeDays {
  isWorkingDay(date: LocalDate): boolean
  nextWorkingDay(date: LocalDate): LocalDate
}

/** Years that are not published yet have their weekends only. */
export function officeDays(): OfficeDays {
  const { years } = JSON.parse(readFileSync(publishedDays, 'utf8')) as {
    years: Record<string, { off: { date: string }[]; workedInLieu: { date: string }[] }>
  }
  const off = new Set(Object.values(years).flatMap((year) => year.off.map(({ date }) => date)))
  const worked = new Set(
    Object.values(years).flatMap((year) => year.workedInLieu.map(({ date }) => date)),
  )
  const isWorkingDay = (date: LocalDate) =>
    worked.has(date) || (weekdayOf(date) % 6 !== 0 && !off.has(date))
  const nextWorkingDay = (date: LocalDate): LocalDate => {
    const next = addDays(date, 1)
    return isWorkingDay(next) ? next : nextWorkingDay(next)
  }
  return { isWorkingDay, nextWorkingDay }
}

/** Storms reach this coast from August to November. */
export function isStormSeason(date: LocalDate): boolean {
  const month = Number(date.slice(5, 7))
  return month >= 8 && month <= 11
}

/** 07:30 to 11:30 and 13:30 to 17:00. */
export function inOfficeHours(date: LocalDate, draw: Draw): Date {
  const minute = draw.int(0, 449)
  return at(date, minute < 240 ? 450 + minute : 570 + minute, draw)
}

/** After the office has closed and before 20:00. */
export function inTheEvening(date: LocalDate, draw: Draw): Date {
  return at(date, draw.int(17 * 60 + 30, 19 * 60 + 59), draw)
}

export function onADayOff(date: LocalDate, draw: Draw): Date {
  return at(date, draw.int(7 * 60 + 30, 19 * 60 + 59), draw)
}

function at(date: LocalDate, minute: number, draw: Draw): Date {
  return new Date(startOfDay(date).getTime() + minute * minuteMs + draw.int(0, 59) * 1000)
}
