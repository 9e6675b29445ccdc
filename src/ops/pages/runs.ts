import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { placeOf } from '../../store/pages/place.ts'
import type { RunRow } from '../../store/pages/runs.ts'
import type { Resync } from '../../store/resyncs.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { badge, failureText, filterForm, pager, type Tone, table } from '../html/parts.ts'
import { dateText, timeHtml } from '../html/times.ts'
import { general } from '../words/general.ts'
import { runWords } from '../words/runs.ts'
import { type Query, queryOf, send, visit } from './visit.ts'

const rowsOfAPage = 50
const resyncsShown = 10

/** LƯỢT CHẠY: what polls and resyncs did. */
export function runsPage(server: FastifyInstance, app: App): void {
  server.get('/runs', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = queryOf(request)
    const words = runWords[frame.language]
    const among = (value: string | undefined, known: object) =>
      value !== undefined && Object.hasOwn(known, value) ? value : null
    const filter = {
      source: query.source || null,
      kind: among(query.kind, words.kinds),
      state: among(query.state, words.states),
    }
    const [found, resyncs, sources] = await Promise.all([
      app.store.pages.runs.list(filter, placeOf(query), rowsOfAPage),
      app.store.resyncs.list(resyncsShown),
      app.store.sources.all(),
    ])
    const body = html`${frame.viewer.role === 'administrator' && html`<p class="buttons"><a href="/runs/resyncs/new">${words.start}</a></p>`}
${resyncTable(resyncs, frame)}
${filters(
  query,
  sources.map(({ name }) => name),
  frame,
)}
${runTable(found.rows, frame)}
${pager(frame.address, found, frame.language)}`
    return send(reply, frame, { title: words.title, body, under: 'runs' })
  })
}

function filters(query: Query, sources: readonly string[], { language }: Frame): Html {
  const words = runWords[language]
  const shared = general[language]
  const any = ['', shared.all] as const
  return filterForm(
    '/runs',
    [
      {
        name: 'source',
        label: shared.source,
        value: query.source ?? '',
        options: [any, ...sources.map((name) => [name, name] as const)],
      },
      {
        name: 'kind',
        label: words.kind,
        value: query.kind ?? '',
        options: [any, ...Object.entries(words.kinds)],
      },
      {
        name: 'state',
        label: shared.state,
        value: query.state ?? '',
        options: [any, ...Object.entries(words.states)],
      },
    ],
    language,
  )
}

const tones: Readonly<Record<RunRow['state'], Tone>> = {
  due: 'quiet',
  running: 'notice',
  done: 'good',
  open: 'bad',
  failed: 'bad',
}

export function runBadge(state: RunRow['state'], language: Frame['language']): Html {
  return badge(tones[state], runWords[language].states[state])
}

function runTable(rows: readonly RunRow[], { language }: Frame): Html {
  const words = runWords[language]
  const shared = general[language]
  const number = (title: string) => ({ title, kind: 'number' as const })
  return table({
    caption: words.list,
    columns: [
      words.openedAt,
      shared.source,
      words.kind,
      words.window,
      shared.state,
      number(words.seen),
      number(words.allowed),
      number(words.notEligible),
      number(words.undecided),
      words.endedAt,
      shared.why,
    ],
    rows: rows.map((run) => [
      html`<a href="/runs/${run.id}">${timeHtml(run.openedAt)}</a>`,
      run.source,
      words.kinds[run.kind],
      `${dateText(run.from)} – ${dateText(run.until)}`,
      runBadge(run.state, language),
      run.seen ?? '–',
      run.allowed ?? '–',
      run.notEligible ?? '–',
      run.undecided ?? '–',
      timeHtml(run.endedAt),
      failureText(run.failure, language),
    ]),
    empty: words.empty,
  })
}

const resyncTones: Readonly<Record<Resync['state'], Tone>> = {
  due: 'quiet',
  running: 'notice',
  paused: 'bad',
  stopped: 'quiet',
  done: 'good',
}

export function resyncBadge(state: Resync['state'], language: Frame['language']): Html {
  return badge(resyncTones[state], runWords[language].resyncStates[state])
}

function resyncTable(resyncs: readonly Resync[], { language }: Frame): Html {
  const words = runWords[language]
  const shared = general[language]
  return table({
    caption: words.resyncs,
    columns: [
      words.asked,
      shared.source,
      words.kind,
      words.window,
      shared.state,
      words.progress,
      shared.actor,
      shared.reason,
    ],
    rows: resyncs.map((one) => [
      html`<a href="/runs/resyncs/${one.id}">${timeHtml(one.askedAt)}</a>`,
      one.source,
      one.kind === 'plan' ? words.plan : words.repair,
      `${dateText(one.from)} – ${dateText(one.until)}`,
      resyncBadge(one.state, language),
      one.kind === 'plan' ? '–' : words.windows(one.windowsDone, one.windows),
      one.actor,
      one.reason ?? '–',
    ]),
    empty: words.resyncsEmpty,
  })
}
