/** The shipped list of working days, with changes as a later announcement would bring them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCalendar } from '#src/domain/calendar.ts'
import { root } from '#src/wiring.ts'

interface List {
  generated: string
  years: Record<string, { off: { date: string; reason?: string }[]; confidence: string }>
}

export const shippedList = join(root, 'config/calendar/vietnam.json')

export function listWith({
  generated = '2026-12-01',
  off = [],
}: {
  generated?: string
  off?: readonly string[]
} = {}): List {
  const list: List = JSON.parse(readFileSync(shippedList, 'utf8'))
  for (const date of off)
    list.years[date.slice(0, 4)]!.off.push({ date, reason: 'nghỉ theo thông báo mới' })
  return { ...list, generated }
}

export function read(content: List) {
  return { calendar: readCalendar(content), content }
}
