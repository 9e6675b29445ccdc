import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { badge, failureText, type Tone, table } from '../html/parts.ts'
import { agoText, dateHtml, spanText, timeHtml, timeText } from '../html/times.ts'
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
      html`${conditionBadge(source, language)}${source.lastFailure && html`<br><small>${failureText(source.lastFailure, language)}</small>`}`,
      source.lastAnswerAt ? agoText(source.lastAnswerAt, new Date(), language) : '–',
      source.headCursor
        ? html`${timeHtml(source.headCursor)}<br><small>${words.lagNote(spanText(now.getTime() - source.headCursor.getTime(), language))}</small>`
        : '–',
      source.provable
        ? source.completeTo
          ? dateHtml(source.completeTo)
          : words.notYet
        : words.notProvable,
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
