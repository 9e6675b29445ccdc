import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { type Refused, saidFor } from '../../domain/act.ts'
import { type BadPause, pauseUntil } from '../../domain/pause.ts'
import type { CostOfPause } from '../../store/pauses.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { left, table } from '../html/parts.ts'
import { deadlineHtml, timeText } from '../html/times.ts'
import { general } from '../words/general.ts'
import { sourceWords } from '../words/sources.ts'
import { notFoundPage } from './not-found.ts'
import { type Given, problemBox, sayingFields, sentencesFor } from './said.ts'
import type { SourceState } from './source-states.ts'
import { queryOf, send, visit } from './visit.ts'
import { attentionChanged } from './waiting-count.ts'

/** A pause is seen with the deadlines it will cost before it begins. */
export function sourcePausePages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/sources/:name/pause', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { name } = request.params as { name: string }
    return (await exists(app, name))
      ? cost(app, reply, frame, name, { until: queryOf(request).until }, [])
      : notFoundPage(reply, frame)
  })

  server.post('/sources/:name/pause', administrators, async (request, reply) => {
    const { name } = request.params as { name: string }
    const given = (request.body ?? {}) as Given
    const about = saidFor('pause', given)
    const since = app.clock.now()
    const until = pauseUntil(given.until ?? '', since)
    if ('refused' in about || !(until instanceof Date)) {
      const frame = await visit(app, request, reply)
      const refused = 'refused' in about ? about.refused : []
      return (await exists(app, name))
        ? cost(app, reply.status(422), frame, name, given, refused)
        : notFoundPage(reply, frame)
    }
    const actor = request.viewer!.account
    if (!(await app.store.pauses.begin({ source: name, until, since, actor, ...about.said })))
      return notFoundPage(reply, await visit(app, request, reply))
    attentionChanged(app)
    return reply.redirect(`/sources/${name}`, 303)
  })

  server.post('/sources/:name/resume', administrators, async (request, reply) => {
    const { name } = request.params as { name: string }
    const given = (request.body ?? {}) as Given
    const about = saidFor('resume', given)
    if (!(await exists(app, name))) return notFoundPage(reply, await visit(app, request, reply))
    if ('refused' in about) {
      const frame = await visit(app, request, reply)
      return resumption(reply.status(422), frame, name, given, about.refused)
    }
    await app.store.pauses.end(name, request.viewer!.account, about.said.reason, app.clock.now())
    attentionChanged(app)
    return reply.redirect(`/sources/${encodeURIComponent(name)}`, 303)
  })
}

async function exists(app: App, name: string): Promise<boolean> {
  return (await app.store.sources.all()).some((source) => source.name === name)
}

/** On the page of the source: ask for what a pause would cost, or end the one in force. */
export function pauseForms({ name, pause }: SourceState, frame: Frame): Html | null {
  if (frame.viewer.role !== 'administrator') return null
  const words = sourceWords[frame.language]
  const again = html`<p><a href="/runs/resyncs/new?source=${name}">${words.resync}</a></p>`
  if (pause)
    return html`<section><h2>${words.pauseTitle}</h2><p>${words.pausedNow(timeText(pause.until), pause.actor, pause.reason)}</p>
${resumeForm(name, {}, [], frame)}</section>`
  return html`<section><h2>${words.pauseTitle}</h2><p>${words.pauseExplained}</p>
<form class="buttons" method="get" action="/sources/${name}/pause"><div class="field"><label for="until">${words.pauseUntil}</label><input id="until" name="until" type="datetime-local" required></div><button class="second">${words.seeCost}</button></form>${again}</section>`
}

function resumeForm(name: string, given: Given, refused: readonly Refused[], frame: Frame): Html {
  return html`<form class="act" method="post" action="/sources/${name}/resume"><input type="hidden" name="_csrf" value="${frame.csrf}">${sayingFields('resume', given, refused, frame.language)}<button>${sourceWords[frame.language].resume}</button></form>`
}

function resumption(
  reply: FastifyReply,
  frame: Frame,
  name: string,
  given: Given,
  refused: readonly Refused[],
): FastifyReply {
  const body = html`${problemBox(sentencesFor(refused, frame.language))}<section>${resumeForm(name, given, refused, frame)}</section>`
  return send(reply, frame, { title: sourceWords[frame.language].resume, body, under: 'sources' })
}

async function cost(
  app: App,
  reply: FastifyReply,
  frame: Frame,
  name: string,
  given: Given,
  refused: readonly Refused[],
): Promise<FastifyReply> {
  const { language, now } = frame
  const words = sourceWords[language]
  const asked = given.until ?? ''
  const until = pauseUntil(asked, now)
  if (!(until instanceof Date)) return badUntil(reply, frame, name, until)
  const found = await app.store.pauses.cost(name, now, until)
  const body = html`${problemBox(sentencesFor(refused, language))}
${costTable(found, frame)}
<p class="consequence">${words.pauseExplained} ${found.notRead > 0 && words.costNotRead(found.notRead)} ${found.replies.length > 0 && words.costReplies(found.replies.length)} ${words.costUnknown}</p>
<section><form class="act" method="post" action="/sources/${name}/pause"><input type="hidden" name="_csrf" value="${frame.csrf}"><input type="hidden" name="until" value="${asked}">
${sayingFields('pause', given, refused, language)}
<div class="buttons"><button class="danger">${words.pause}</button> <a href="/sources/${name}">${general[language].cancel}</a></div></form></section>`
  return send(reply, frame, {
    title: words.costTitle(name, timeText(until)),
    body,
    under: 'sources',
  })
}

function badUntil(reply: FastifyReply, frame: Frame, name: string, why: BadPause): FastifyReply {
  const words = sourceWords[frame.language]
  return send(reply.status(422), frame, {
    title: words.pauseTitle,
    body: html`<p class="consequence danger" role="alert">${words.badUntil[why]}</p><p><a href="/sources/${name}">${general[frame.language].cancel}</a></p>`,
    under: 'sources',
  })
}

function costTable({ deadlines }: CostOfPause, { language, now }: Frame): Html {
  const words = sourceWords[language]
  const shared = general[language]
  return table({
    caption: `${words.cost}: ${deadlines.length}`,
    columns: [shared.code, shared.deadline, shared.timeLeft, words.filesComplete],
    rows: deadlines
      .slice(0, 200)
      .map(({ id, code, deadlineDate, classifyBy, filesComplete }) => [
        html`<a href="/directives/${id}" lang="vi">${code}</a>`,
        deadlineHtml(deadlineDate, language),
        left(classifyBy, now, language),
        filesComplete ? shared.yes : shared.no,
      ]),
    empty: words.costEmpty,
  })
}
