import { sentencesOf } from '../../alerts/wording.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { badge, failureText, type Tone, table } from '../html/parts.ts'
import { agoText, dateHtml, dateText, spanText, timeHtml, timeText } from '../html/times.ts'
import { overviewWords } from '../words/overview.ts'
import type { ScheduleState } from './schedules.ts'
import { type Condition, conditionOf, type SourceState } from './source-states.ts'

const tones: Readonly<Record<Condition, Tone>> = {
  good: 'good',
  failing: 'bad',
  open: 'bad',
  paused: 'bad',
  silent: 'notice',
}

export function conditionBadge(source: SourceState, language: Frame['language']): Html {
  const condition = conditionOf(source)
  return badge(tones[condition], overviewWords[language][condition])
}

/** Up to which day its documents are here, and where that is less, its files. */
export function completeText(source: SourceState, language: Frame['language']): Part {
  const words = overviewWords[language]
  const { provable, completeTo, filesCompleteTo } = source
  if (!provable) return words.notProvable
  if (!completeTo) return words.notYet
  const files = filesCompleteTo ? words.filesComplete(dateText(filesCompleteTo)) : words.filesNotYet
  return html`${dateHtml(completeTo)}${filesCompleteTo !== completeTo && html`<br><small>${files}</small>`}`
}

/** What its last reading ran into, and what the alerts about it say. */
export function troublesOf(
  { name, lastFailure, troubles }: SourceState,
  language: Frame['language'],
  places: Parameters<typeof failureText>[2] = {},
): string[] {
  const told = troubles.map(
    (trouble) => sentencesOf({ ...trouble, source: name, occasion: 'raised' })[language],
  )
  return [...(lastFailure ? [failureText(lastFailure, language, places)] : []), ...told]
}

export function sourceTable(sources: readonly SourceState[], { language, now }: Frame): Html {
  const words = overviewWords[language]
  const number = (title: string) => ({ title, kind: 'number' as const })
  return table({
    caption: words.sources,
    isWide: true,
    columns: [
      words.name,
      words.state,
      words.lastAnswer,
      words.lag,
      words.complete,
      words.breaker,
      number(words.seen),
      number(words.allowed),
      number(words.notEligible),
      number(words.undecided),
    ],
    rows: sources.map((source) => [
      html`<a href="/sources/${source.name}">${source.name}</a><br><small lang="vi">${source.title}</small>`,
      html`${conditionBadge(source, language)}${troublesOf(source, language).map((said) => html`<br><small>${said}</small>`)}`,
      source.lastAnswerAt ? agoText(source.lastAnswerAt, new Date(), language) : '–',
      source.headCursor
        ? html`${timeHtml(source.headCursor)}<br><small>${words.lagNote(spanText(now.getTime() - source.headCursor.getTime(), language))}</small>`
        : '–',
      completeText(source, language),
      source.breakerOpenUntil
        ? badge('bad', words.breakerOpen(timeText(source.breakerOpenUntil)))
        : words.breakerClosed,
      source.seen ?? '–',
      source.allowed ?? '–',
      source.notEligible ?? '–',
      source.undecided ?? '–',
    ]),
  })
}

export function scheduleTable(schedules: readonly ScheduleState[], { language }: Frame): Html {
  const words = overviewWords[language]
  const names: Readonly<Record<string, string>> = words.jobs
  return table({
    caption: words.schedules,
    columns: [words.schedule, words.name, words.every, words.lastRun, words.nextRun, words.state],
    rows: schedules.map(({ job, source, everyMs, nextAt, lastEndedAt, missed }) => [
      names[job] ?? job,
      source ?? '–',
      spanOrSeconds(everyMs, language),
      lastEndedAt ? agoText(lastEndedAt, new Date(), language) : '–',
      timeHtml(nextAt),
      missed > 0 ? badge('bad', words.missedRuns(missed)) : badge('good', words.onTime),
    ]),
    empty: words.noSchedules,
  })
}

function spanOrSeconds(ms: number, language: Frame['language']): string {
  return ms < 60_000
    ? overviewWords[language].everyS(Math.round(ms / 100) / 10)
    : spanText(ms, language)
}
