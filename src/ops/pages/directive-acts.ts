import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { demands, isItsName, type Refused, saidFor } from '../../domain/act.ts'
import { purgeByHand } from '../../flow/purge.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { actWords } from '../words/acts.ts'
import { attentionWords } from '../words/attention.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { type Given, nameField, problemBox, sayingFields, sentencesFor, whatGoes } from './said.ts'
import { type Query, send, visit } from './visit.ts'
import { attentionChanged } from './waiting-count.ts'

const acts = ['recall', 'undoRecall', 'withhold', 'purge'] as const
type Act = (typeof acts)[number]

type Problem = 'wrongName' | 'notNow'

/** What a person can do to one directive, each on a page that says first what it will do. */
export function directiveActPages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/directives/:id/acts/:act', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { id, act } = request.params as { id: string; act: string }
    const directive = isId(id) ? await app.store.pages.directive.one(id) : null
    const named = acts.find((one) => one === act)
    return directive && named
      ? confirmation(app, reply, frame, directive, named, {}, [], null)
      : notFoundPage(reply, frame)
  })

  server.post('/directives/:id/acts/:act', administrators, async (request, reply) => {
    const { id, act } = request.params as { id: string; act: string }
    const given = (request.body ?? {}) as Given
    const directive = isId(id) ? await app.store.pages.directive.one(id) : null
    const named = acts.find((one) => one === act)
    if (!directive || !named) return notFoundPage(reply, await visit(app, request, reply))
    const done = await perform(app, directive, named, given, request.viewer!.account)
    if ('to' in done) {
      attentionChanged(app)
      return reply.redirect(done.to, 303)
    }
    const frame = await visit(app, request, reply)
    // Whoever was faster may have withheld or removed it: then nothing of it is shown any more.
    const still = await app.store.pages.directive.one(id)
    if (!still) return notFoundPage(reply, frame)
    const { refused, problem } = done
    return confirmation(app, reply.status(422), frame, still, named, given, refused, problem)
  })
}

type Ended =
  | { readonly to: string }
  | { readonly refused: readonly Refused[]; readonly problem: Problem | null }

/** Where it leads to when it is done; there a message says so. */
async function perform(
  app: App,
  { id, code }: DirectivePage,
  act: Act,
  given: Given,
  actor: string,
): Promise<Ended> {
  const { withholding, recalls } = app.store
  const at = app.clock.now()
  const notNow: Ended = { refused: [], problem: 'notNow' }
  switch (act) {
    case 'purge': {
      const about = saidFor(act, given)
      const problem = isItsName(given.typed, { id, code }) ? null : 'wrongName'
      if ('refused' in about) return { refused: about.refused, problem }
      if (problem) return { refused: [], problem }
      const purged = await purgeByHand(app, id, { actor, ...about.said })
      return purged ? { to: withQuery('/directives', { done: act, purge: purged }) } : notNow
    }
    case 'withhold': {
      const about = saidFor(act, given)
      if ('refused' in about) return { ...about, problem: null }
      const isDone = await withholding.withhold(id, 'byHand', at, { actor, ...about.said })
      return isDone ? { to: withQuery('/directives', { done: act }) } : notNow
    }
    case 'recall':
    case 'undoRecall': {
      const about = saidFor(act, given)
      if ('refused' in about) return { ...about, problem: null }
      const by = { actor, ...about.said }
      const isDone =
        act === 'recall' ? await recalls.recall(id, by, at) : await recalls.undo(id, by, at)
      return isDone ? { to: withQuery(`/directives/${id}`, { done: act }) } : notNow
    }
  }
}

/** What was done, on the page that it leads to. */
export function doneToDirective({ done, purge }: Query, language: Frame['language']): Html | null {
  const act = acts.find((one) => one === done)
  if (!act) return null
  const words = actWords[language]
  return html`<p class="done" role="status">${words.done[act]}${act === 'purge' && purge && isId(purge) && ` ${words.purgedAs(purge)}`}</p>`
}

/** Links on the directive's own page. */
export function directiveActs(directive: DirectivePage, { language, viewer }: Frame): Html {
  const words = directiveWords[language]
  if (viewer.role !== 'administrator')
    return html`<section><h2>${words.acts}</h2><p>${words.onlyAdministrator}</p></section>`
  const failing = directive.messages.filter(({ state }) => state === 'failed')
  const offered = acts.filter((act) =>
    act === 'recall'
      ? directive.recalledAt === null
      : act !== 'undoRecall' || directive.recallAuthority !== null,
  )
  return html`<section><h2>${words.acts}</h2><p class="buttons">
${failing.map(({ id, failure }) => html`<a href="${withQuery('/attention/confirm', { act: 'retry', item: `${failure === 'conflict' ? 'conflict' : 'stagingFailed'}/${directive.source}/${id}` })}">${words.retry}</a> `)}
${offered.map((act) => html`<a href="/directives/${directive.id}/acts/${act}">${words[act]}</a> `)}
</p></section>`
}

async function confirmation(
  app: App,
  reply: FastifyReply,
  frame: Frame,
  directive: DirectivePage,
  act: Act,
  given: Given,
  refused: readonly Refused[],
  problem: Problem | null,
): Promise<FastifyReply> {
  const { language } = frame
  const words = directiveWords[language]
  const shared = attentionWords[language]
  const { id, code, subject } = directive
  const isPurge = act === 'purge'
  const problems = { notNow: words.notNow, wrongName: actWords[language].wrongName }
  const sentences = [...(problem ? [problems[problem]] : []), ...sentencesFor(refused, language)]
  const [goes] = isPurge ? await app.store.purging.named(id) : []
  const consequence = act === 'undoRecall' ? words.undoRecallExplained : shared.consequences[act]
  const body = html`${problemBox(sentences)}
<p class="consequence ${isPurge && 'danger'}">${consequence}${isPurge && html` <strong>${shared.danger}</strong>`}</p>
<section><p class="subject"><a href="/directives/${id}" lang="vi">${code}</a> <span lang="vi">${subject}</span></p></section>
${goes && whatGoes(goes, language)}
<section><form class="act" method="post" action="/directives/${id}/acts/${act}"><input type="hidden" name="_csrf" value="${frame.csrf}">
${sayingFields(act, given, refused, language)}
${demands[act].confirmed === 'name' && nameField({ id, code }, language)}
<div class="buttons"><button class="${isPurge ? 'danger' : ''}">${general[language].confirm}</button> <a href="/directives/${id}">${general[language].cancel}</a></div></form></section>`
  return send(reply, frame, {
    title: `${words[act].replace('…', '')}: ${code}`,
    body,
    under: 'directives',
  })
}
