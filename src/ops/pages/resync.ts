import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { type Refused, saidFor } from '../../domain/act.ts'
import { type Resync, WorldMoved } from '../../store/resyncs.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { facts, figure, figures } from '../html/parts.ts'
import { dateText, timeHtml } from '../html/times.ts'
import { general } from '../words/general.ts'
import { runWords } from '../words/runs.ts'
import { isId } from './ids.ts'
import { live, longestLookMs, type Progress } from './live.ts'
import { notFoundPage } from './not-found.ts'
import { resyncBadge } from './runs.ts'
import { type Given, problemBox, sayingFields, sentencesFor } from './said.ts'
import { send, visit } from './visit.ts'

const acts = { pause: 'paused', resume: 'running', stop: 'stopped' } as const
type Problem = readonly Refused[] | 'carriedOut' | 'notNow'

/** One resync, or its plan: how far it is, what it did, and what can be told to it. */
export function resyncPages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/runs/resyncs/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const resync = await named(app, request.params)
    return resync ? show(reply, frame, resync, {}, null) : notFoundPage(reply, frame)
  })

  server.get(
    '/runs/resyncs/:id/live',
    { config: { access: 'viewer' }, handlerTimeout: longestLookMs },
    async (request, reply) => {
      let before: Resync['state'] | null = null
      await live(request, reply, async () => {
        const resync = await named(app, request.params)
        // Another state has other buttons: the page is shown anew.
        if (!resync || (before !== null && before !== resync.state)) return { ended: null }
        before = resync.state
        return { progress: progressOf(resync, app) }
      })
    },
  )

  server.post('/runs/resyncs/:id', administrators, async (request, reply) => {
    const given = (request.body ?? {}) as Given
    const resync = await named(app, request.params)
    if (!resync) return notFoundPage(reply, await visit(app, request, reply))
    const done = await told(app, resync, given, request.viewer!.account)
    if ('to' in done) return reply.redirect(`/runs/resyncs/${done.to}`, 303)
    const frame = await visit(app, request, reply)
    const current = (await named(app, request.params))!
    return show(reply.status(422), frame, current, given, done.problem)
  })
}

async function named(app: App, params: unknown): Promise<Resync | null> {
  const { id } = params as { id: string }
  return isId(id) ? app.store.resyncs.one(id) : null
}

/** The same requests as the command writes; the running service carries them out. */
async function told(
  app: App,
  resync: Resync,
  given: Given,
  actor: string,
): Promise<{ to: string } | { problem: Problem }> {
  const about = saidFor('resync', given)
  if ('refused' in about) return { problem: about.refused }
  const by = { actor, ...about.said }
  const at = app.clock.now()
  if (given.act === 'carryOut' && resync.kind === 'plan') {
    const { source, from, until, refs, thorough } = resync
    try {
      const scope = { source, from, until, refs, thorough }
      const id = await app.store.resyncs.request(scope, by, at, resync.id)
      app.later.ring('run-resync')
      return { to: id }
    } catch (error) {
      if (error instanceof WorldMoved) return { problem: 'carriedOut' }
      throw error
    }
  }
  const to = Object.entries(acts).find(([act]) => act === given.act)?.[1]
  if (!to || !(await app.store.resyncs.set(resync.id, to, by, at))) return { problem: 'notNow' }
  return { to: resync.id }
}

function progressOf(resync: Resync, app: App): Progress {
  const seconds = Math.max(1, (app.clock.now().getTime() - resync.askedAt.getTime()) / 1000)
  const { seen, staged, updated, unchanged, recalled, notEligible, undecided } = resync
  return {
    percent: Math.floor((resync.windowsDone / resync.windows) * 100),
    windows: `${resync.windowsDone} / ${resync.windows}`,
    rate: Math.round((seen / seconds) * 10) / 10,
    ...{ seen, staged, updated, unchanged, recalled, notEligible, undecided },
    requests: resync.requests,
    rowsWritten: resync.rowsWritten,
  }
}

function show(
  reply: FastifyReply,
  frame: Frame,
  resync: Resync,
  given: Given,
  problem: Problem | null,
): FastifyReply {
  const { language } = frame
  const words = runWords[language]
  const shared = general[language]
  const refused = typeof problem === 'string' ? [] : (problem ?? [])
  const problems = typeof problem === 'string' ? [words[problem]] : sentencesFor(refused, language)
  const body = html`<p><a href="/runs">← ${words.back}</a></p>
${problemBox(problems)}
<section>${facts([
    [shared.state, resyncBadge(resync.state, language)],
    [shared.source, html`<a href="/sources/${resync.source}">${resync.source}</a>`],
    [words.window, `${dateText(resync.from)} – ${dateText(resync.until)}`],
    [words.asked, timeHtml(resync.askedAt)],
    [words.endedAt, timeHtml(resync.endedAt)],
    ...resync.waitsFor.map(
      ({ source, since }) =>
        [
          words.waitsFor,
          html`<a href="/sources/${source}">${source}</a><br><small>${shared.since} ${timeHtml(new Date(since))}. ${words.waitsForExplained}</small>`,
        ] as const,
    ),
    [shared.actor, resync.actor],
    [shared.reason, resync.reason],
  ])}</section>
${resync.plan ? planned(resync, frame) : carriedOut(resync, frame)}
${frame.viewer.role === 'administrator' && buttons(resync, given, refused, frame)}`
  const title = resync.plan ? words.onePlan(resync.source) : words.oneResync(resync.source)
  return send(reply, frame, { title, body, under: 'runs' })
}

function planned({ plan }: Resync, { language }: Frame): Html {
  const words = runWords[language]
  const names = Object.keys(words.figures) as (keyof typeof words.figures)[]
  return html`<section><h2>${words.plan}</h2><p class="hint">${words.planExplained}</p>${figures(
    names.map((name) =>
      figure(words.figures[name], plan![name], {
        ...((name === 'overdue' || name === 'atRisk' || name === 'vanished') &&
          plan![name] > 0 && { tone: 'notice' as const }),
      }),
    ),
  )}</section>`
}

function carriedOut(resync: Resync, { language }: Frame): Html {
  const words = runWords[language]
  const names = Object.keys(words.did) as (keyof typeof words.did)[]
  const percent = Math.floor((resync.windowsDone / resync.windows) * 100)
  const isOpen = resync.state === 'due' || resync.state === 'running'
  const shown = html`<h2>${words.progress}</h2>
<p><label for="progress">${words.progress}</label><br><progress id="progress" max="100" value="${percent}" data-shows="percent"></progress> <span data-shows="windows">${resync.windowsDone} / ${resync.windows}</span></p>
${isOpen && html`<p class="hint">${words.live}</p>`}
${figures(names.map((name) => figure(words.did[name], html`<span data-shows="${name}">${resync[name]}</span>`)))}`
  return isOpen
    ? html`<section data-live="/runs/resyncs/${resync.id}/live">${shown}</section>`
    : html`<section>${shown}</section>`
}

function buttons(
  resync: Resync,
  given: Given,
  refused: readonly Refused[],
  frame: Frame,
): Html | null {
  const words = runWords[frame.language]
  const offered: (readonly [string, string, string])[] = resync.plan
    ? [['carryOut', words.carryOut, '']]
    : resync.state === 'paused'
      ? [
          ['resume', words.resume, ''],
          ['stop', words.stop, 'danger'],
        ]
      : resync.state === 'due' || resync.state === 'running'
        ? [
            ['pause', words.pause, 'second'],
            ['stop', words.stop, 'danger'],
          ]
        : []
  if (offered.length === 0) return null
  return html`<section><form class="act" method="post" action="/runs/resyncs/${resync.id}"><input type="hidden" name="_csrf" value="${frame.csrf}">
${!resync.plan && html`<p class="hint">${words.stopExplained}</p>`}
${sayingFields('resync', given, refused, frame.language)}
<div class="buttons">${offered.map(([act, name, look]) => html`<button class="${look}" name="act" value="${act}">${name}</button> `)}</div>
</form></section>`
}
