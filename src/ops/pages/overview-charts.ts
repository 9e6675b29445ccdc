import { addDays, localDateOf, startOfDay } from '../../domain/local-date.ts'
import type { ChartSpan, Column, GateDay } from '../../store/pages/figures.ts'
import { columns as columnChart } from '../html/charts.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { table } from '../html/parts.ts'
import { dateHtml, dateText } from '../html/times.ts'
import type { Language } from '../words/both.ts'
import { overviewWords } from '../words/overview.ts'

const hourMs = 3_600_000

/** From when on a chart of this span shows. */
export function spanOf(span: ChartSpan, now: Date): Date {
  if (span === 'hour') return new Date(Math.floor(now.getTime() / hourMs) * hourMs - 23 * hourMs)
  if (span === 'day') return startOfDay(addDays(localDateOf(now), -29))
  const [year = 0, month = 1] = localDateOf(now).split('-').map(Number)
  return startOfDay(new Date(Date.UTC(year, month - 12, 1)).toISOString().slice(0, 10))
}

export function throughputCharts(
  { span, columns, ages }: { span: ChartSpan; columns: readonly Column[]; ages: readonly number[] },
  { language, now }: Frame,
): Html {
  const words = overviewWords[language]
  const places = placesOf(span, now)
  const found = new Map(columns.map((column) => [column.begins, column]))
  const of = (key: 'inTime' | 'late' | 'classified') =>
    places.map(({ begins }) => found.get(begins)?.[key] ?? 0)
  const inTime = of('inTime')
  const late = of('late')
  const classified = of('classified')
  const labels = places.map(({ label }) => label)
  const names = places.map(({ name }) => name)
  const summary = (title: string, values: readonly number[], named: readonly string[]) => {
    const most = Math.max(...values)
    const total = values.reduce((sum, value) => sum + value, 0)
    return total === 0
      ? words.chartEmpty(title)
      : words.chartSummary(title, total, most, named[values.indexOf(most)]!)
  }
  const ageLabels = words.ageLabels.split('|')
  return html`<section aria-labelledby="throughput"><h2 id="throughput">${words.throughput}</h2>
<nav class="tabs" aria-label="${words.span}">${(['hour', 'day', 'month'] as const).map((one) =>
    one === span
      ? html`<a href="/?span=${one}" aria-current="true">${words[one]}</a>`
      : html`<a href="/?span=${one}">${words[one]}</a>`,
  )}</nav>
<div class="charts">
${columnChart({
  title: words.staged,
  summary: summary(
    words.staged,
    inTime.map((value, at) => value + late[at]!),
    names,
  ),
  labels,
  names,
  series: [
    { name: words.stagedInTime, look: 'first', values: inTime },
    { name: words.stagedLate, look: 'third', values: late },
  ],
})}
${columnChart({ title: words.classifiedTitle, summary: summary(words.classifiedTitle, classified, names), labels, names, series: [{ name: words.classified, look: 'second', values: classified }] })}
${columnChart({ title: words.ages, summary: summary(words.ages, ages, ageLabels), labels: ageLabels, names: ageLabels, series: [{ name: words.waiting, look: 'second', values: ages }] })}
</div>
<details><summary>${words.asTable}</summary>${table({
    caption: words.throughput,
    columns: [
      words.column,
      ...[words.stagedInTime, words.stagedLate, words.classified].map((title) => ({
        title,
        kind: 'number' as const,
      })),
    ],
    rows: places.map(({ name }, at) => [name, inTime[at], late[at], classified[at]]),
  })}</details></section>`
}

interface ChartPlace {
  readonly begins: string
  readonly name: string
  readonly label: string
}

/** Every column of the chart, also those in which nothing happened. */
function placesOf(span: ChartSpan, now: Date): ChartPlace[] {
  const first = spanOf(span, now)
  if (span === 'hour')
    return Array.from({ length: 24 }, (_, n) => {
      const at = new Date(first.getTime() + n * hourMs)
      const hour = new Date(at.getTime() + 7 * hourMs).toISOString().slice(11, 13)
      return {
        begins: `${localDateOf(at)} ${hour}`,
        name: `${hour}:00 ${dateText(localDateOf(at))}`,
        label: n % 3 === 0 ? `${hour}h` : '',
      }
    })
  const day = localDateOf(first)
  if (span === 'day')
    return Array.from({ length: 30 }, (_, n) => {
      const date = addDays(day, n)
      return {
        begins: date,
        name: dateText(date),
        label: n % 5 === 4 ? dateText(date).slice(0, 5) : '',
      }
    })
  return Array.from({ length: 12 }, (_, n) => {
    const [year = 0, month = 1] = day.split('-').map(Number)
    const begins = new Date(Date.UTC(year, month - 1 + n, 1)).toISOString().slice(0, 7)
    const name = `${begins.slice(5)}/${begins.slice(0, 4)}`
    return { begins, name, label: name }
  })
}

export function gateTrend(days: readonly GateDay[], language: Language): Html {
  const words = overviewWords[language]
  const number = (title: string) => ({ title, kind: 'number' as const })
  return table({
    caption: words.gate,
    columns: [
      words.gateDay,
      number(words.seen),
      number(words.allowed),
      number(words.notEligible),
      number(words.gateShare),
    ],
    rows: days
      .toReversed()
      .map(({ day, seen, allowed, notEligible }) => [
        dateHtml(day),
        seen,
        allowed,
        notEligible,
        seen > 0 ? `${Math.round((notEligible / seen) * 1000) / 10} %` : '–',
      ]),
    empty: words.gateEmpty,
  })
}
