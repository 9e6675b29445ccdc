import { isConfirmed, isWorkingDay, type WorkingCalendar } from '../../domain/calendar.ts'
import { addDays, type LocalDate, localDateOf, weekdayOf } from '../../domain/local-date.ts'
import type { DayCount } from '../../store/pages/waiting.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { deadlineWords } from '../words/deadlines.ts'

export interface Month {
  /** `2026-12` */
  readonly name: string
  readonly first: LocalDate
  readonly last: LocalDate
  readonly previous: string
  readonly next: string
}

export function monthOf(asked: string | undefined, today: LocalDate): Month {
  const name = /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(asked ?? '') ? asked! : today.slice(0, 7)
  const [year = 0, month = 1] = name.split('-').map(Number)
  const day = (months: number, date: number) =>
    new Date(Date.UTC(year, month - 1 + months, date)).toISOString().slice(0, 10)
  return {
    name,
    first: day(0, 1),
    last: day(1, 0),
    previous: day(-1, 1).slice(0, 7),
    next: day(1, 1).slice(0, 7),
  }
}

/** The month with its working days, days off and worked Saturdays, and what is due on each. */
export function calendarMonth(
  month: Month,
  counts: readonly DayCount[],
  calendar: WorkingCalendar,
  { language, now, address }: Frame,
): Html {
  const words = deadlineWords[language]
  const title = words.month(`${month.name.slice(5)}/${month.name.slice(0, 4)}`)
  const of = new Map(counts.map((count) => [count.day, count]))
  const today = localDateOf(now)
  const monday = addDays(month.first, -((weekdayOf(month.first) + 6) % 7))
  const weeks: LocalDate[][] = []
  for (let day = monday; day <= month.last; day = addDays(day, 7))
    weeks.push(Array.from({ length: 7 }, (_, n) => addDays(day, n)))
  const cell = (day: LocalDate) =>
    day < month.first || day > month.last
      ? html`<td></td>`
      : dayCell(day, of.get(day), calendar, today, language)
  const to = (name: string) =>
    `${withQuery(address, { month: name, after: null, before: null })}#calendar`
  return html`<section class="calendar" id="calendar" aria-labelledby="calendar-title"><h2 id="calendar-title">${title}</h2>
<nav class="tabs" aria-label="${title}"><a href="${to(month.previous)}">← ${words.monthPrevious}</a><a href="${to(month.next)}">${words.monthNext} →</a></nav>
${!isConfirmed(calendar, month.first) && html`<p class="consequence">${words.unconfirmed}</p>`}
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<caption>${title}</caption>
<thead><tr>${words.weekdays.split('|').map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${weeks.map((week) => html`<tr>${week.map(cell)}</tr>`)}</tbody>
</table></div>
<p class="hint">${words.version(calendar.version)}</p></section>`
}

function dayCell(
  day: LocalDate,
  count: DayCount | undefined,
  calendar: WorkingCalendar,
  today: LocalDate,
  language: Frame['language'],
): Html {
  const words = deadlineWords[language]
  const kind = !isWorkingDay(calendar, day) ? 'off' : calendar.workedInLieu.has(day) ? 'worked' : ''
  const named = kind === 'off' ? words.off : kind === 'worked' ? words.worked : ''
  return html`<td class="${kind}${day === today && ' today'}"><span class="day">${Number(day.slice(8))}</span>${named && html` <small>${named}</small>`}${day === today && html` <small>(${words.today})</small>`}
${count && count.open > 0 && html`<div><a href="/deadlines?day=${day}">${words.dayOpen(count.open)}</a></div>`}${count && count.missed > 0 && html`<div class="left bad">${words.dayMissed(count.missed)}</div>`}${count && count.met > 0 && html`<div>${words.dayMet(count.met)}</div>`}</td>`
}
