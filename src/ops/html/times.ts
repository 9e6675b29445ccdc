import type { Language } from '../words/both.ts'
import { general } from '../words/general.ts'
import { type Html, html } from './html.ts'

const vietnamMs = 7 * 3_600_000
const minuteMs = 60_000

/** `28/11/2026` */
export function dateText(date: string): string {
  const [year, month, day] = date.split('-')
  return `${day}/${month}/${year}`
}

/** `28/11/2026 14:05`, as a wall clock in Vietnam shows it. */
export function timeText(at: Date): string {
  const [date = '', time = ''] = wall(at).split('T')
  return `${dateText(date)} ${time}`
}

export function dateHtml(date: string | null): Html | string {
  return date === null ? '–' : html`<time datetime="${date}">${dateText(date)}</time>`
}

export function timeHtml(at: Date | null | undefined): Html | string {
  return at ? html`<time datetime="${wall(at)}:00+07:00">${timeText(at)}</time>` : '–'
}

/** `24:00 ngày 02/12/2026`: a deadline is the end of a day, which a clock would call the next one. */
export function deadlineHtml(date: string, language: Language): Html {
  return html`<time datetime="${date}">${general[language].midnight(dateText(date))}</time>`
}

/** The two largest parts of a span: `3 ngày 4 giờ`. */
export function spanText(ms: number, language: Language): string {
  const words = general[language]
  const minutes = Math.floor(Math.abs(ms) / minuteMs)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  if (days > 0) return hours > 0 ? `${words.days(days)} ${words.hours(hours)}` : words.days(days)
  if (hours > 0)
    return minutes % 60 > 0
      ? `${words.hours(hours)} ${words.minutes(minutes % 60)}`
      : words.hours(hours)
  return minutes > 0 ? words.minutes(minutes) : words.lessThanMinute
}

/** `còn 5 giờ 20 phút`, `quá hạn 2 ngày`. */
export function leftText(until: Date, now: Date, language: Language): string {
  const ms = until.getTime() - now.getTime()
  const span = spanText(ms, language)
  return ms > 0 ? general[language].left(span) : general[language].overdue(span)
}

export function agoText(at: Date, now: Date, language: Language): string {
  return general[language].ago(spanText(Math.max(0, now.getTime() - at.getTime()), language))
}

function wall(at: Date): string {
  return new Date(at.getTime() + vietnamMs).toISOString().slice(0, 16)
}
