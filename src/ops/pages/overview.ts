import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { forecast, paceSince } from '../../domain/forecast.ts'
import type { ChartSpan } from '../../store/pages/figures.ts'
import { html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { figure, figures } from '../html/parts.ts'
import { leftText, spanText, timeText } from '../html/times.ts'
import { overviewWords } from '../words/overview.ts'
import { lately } from './lately.ts'
import { gateTrend, spanOf, throughputCharts } from './overview-charts.ts'
import { scheduleTable, sourceTable } from './overview-tables.ts'
import { readSchedules } from './schedules.ts'
import { type SourceState, sourceStates } from './source-states.ts'
import { queryOf, send, visit } from './visit.ts'

const dayMs = 86_400_000
const countedAnewMs = 30_000
/** A forecast over more than this says only that something is very wrong. */
const mostForecast = 20_000

/** TỔNG QUAN: what is late, what will be late, what is stuck, on one page. */
export function overviewPage(server: FastifyInstance, app: App): void {
  const { figures: read } = app.store.pages
  const throughput = lately(
    countedAnewMs,
    ({ span, now }: { span: ChartSpan; now: Date }) =>
      read.throughput(span, spanOf(span, now), now),
    ({ span }) => span,
  )
  const states = lately(countedAnewMs, (now: Date) => sourceStates(app, now))

  server.get('/', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { now, language } = frame
    const words = overviewWords[language]
    const asked = queryOf(request).span
    const span = asked === 'hour' || asked === 'month' ? asked : 'day'
    const [standing, columns, ages, gate, sources, schedules] = await Promise.all([
      readStanding(app, now),
      throughput({ span, now }),
      read.ages(now),
      read.gateByDay(new Date(now.getTime() - 14 * dayMs)),
      states(now).then((known) => withLive(app, known, now)),
      readSchedules(app),
    ])
    const body = html`${standingFigures(frame, standing)}
${sourceTable(sources, frame)}
${throughputCharts({ span, columns, ages }, frame)}
${gateTrend(gate, language)}
${scheduleTable(schedules, frame)}
<p class="hint">${words.counted}</p>`
    return send(reply, frame, { title: words.title, body, under: 'overview' })
  })
}

/** Whether a source is paused, or its breaker open, is never told late. */
async function withLive(app: App, known: readonly SourceState[], now: Date) {
  const [live, pauses] = await Promise.all([
    app.store.overview.sources(),
    app.store.pauses.inForce(now),
  ])
  return live.map((source) => ({
    ...(known.find(({ name }) => name === source.name) ?? {
      title: source.name,
      completeTo: null,
      filesCompleteTo: null,
      provable: false,
    }),
    ...source,
    pause: pauses.find((pause) => pause.source === source.name) ?? null,
  }))
}

async function readStanding(app: App, now: Date) {
  const { figures: read } = app.store.pages
  const [deadlines, due, classified, oldest] = await Promise.all([
    read.deadlines(new Date(now.getTime() - 30 * dayMs), now),
    read.waitingDeadlines(mostForecast),
    read.classifiedByDay(paceSince(app.calendar, now), now),
    read.oldestWaiting(),
  ])
  return { deadlines, oldest, forecast: forecast(due, classified, app.calendar, now) }
}

type Standing = Awaited<ReturnType<typeof readStanding>>

function standingFigures(
  { language, now }: Frame,
  { deadlines, oldest, forecast: ahead }: Standing,
) {
  const words = overviewWords[language]
  const pace =
    ahead.perWorkingDay === null ? null : String(Math.round(ahead.perWorkingDay * 10) / 10)
  const forecastNote =
    pace === null
      ? words.noPace
      : ahead.first
        ? words.willMissNote(pace, timeText(new Date(ahead.first.getTime() - 60_000)))
        : words.willMissNone(pace)
  return html`<section aria-labelledby="standing"><h2 id="standing">${words.deadlines}</h2>
${figures([
  figure(words.overdue, deadlines.overdue, {
    tone: deadlines.overdue > 0 ? 'bad' : 'good',
    href: '/deadlines?pressing=overdue',
  }),
  ...(deadlines.releasedLate > 0
    ? [
        figure(words.releasedLate, deadlines.releasedLate, {
          tone: 'notice',
          href: '/deadlines?pressing=releasedLate',
        }),
      ]
    : []),
  figure(words.willMiss, pace === null ? '–' : ahead.willMiss, {
    tone: pace === null ? 'quiet' : ahead.willMiss > 0 ? 'notice' : 'good',
    note: forecastNote,
  }),
  figure(words.soon, deadlines.soon, {
    tone: deadlines.soon > 0 ? 'notice' : 'good',
    href: '/deadlines?pressing=soon',
  }),
  figure(words.running, deadlines.running, { href: '/deadlines' }),
  figure(words.met, deadlines.met),
  figure(words.missed, deadlines.missed, { tone: deadlines.missed > 0 ? 'bad' : 'good' }),
  figure(words.withoutText, deadlines.withoutText, {
    tone: deadlines.withoutText > 0 ? 'bad' : 'good',
    href: '/attention?kind=withoutText',
  }),
  figure(words.withheld, deadlines.withheld, {
    note: words.withheldNote,
    ...(deadlines.withheld > 0 && { tone: 'notice' as const, href: '/attention' }),
  }),
])}
<p class="oldest"><strong>${words.oldest}:</strong> ${
    oldest
      ? html`<a href="/directives/${oldest.id}" lang="vi">${oldest.code}</a> – ${words.oldestIs(spanText(now.getTime() - oldest.seenAt.getTime(), language), leftText(oldest.classifyBy, now, language))}`
      : words.oldestNone
  }</p></section>`
}
