import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { purgeByHand } from '../../flow/purge.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { reasonField } from '../html/parts.ts'
import { attentionWords } from '../words/attention.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { reasonIn } from './reason.ts'
import { send, visit } from './visit.ts'
import { attentionChanged } from './waiting-count.ts'

type Act = 'withhold' | 'purge' | 'recall' | 'undoRecall'
const acts: readonly Act[] = ['recall', 'undoRecall', 'withhold', 'purge']
/** What these end or remove is somebody's decision, which is named beside the reason. */
const byAuthority: readonly Act[] = ['recall', 'undoRecall']

type Problem = 'noReason' | 'reasonRefused' | 'noAuthority' | 'notNow'

/** What a person can do to one directive, each on a page that says first what it will do. */
export function directiveActPages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/directives/:id/acts/:act', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { id, act } = request.params as { id: string; act: string }
    const directive = isId(id) ? await app.store.pages.directive.one(id) : null
    const named = acts.find((one) => one === act)
    return directive && named
      ? confirmation(reply, frame, directive, named, null)
      : notFoundPage(reply, frame)
  })

  server.post('/directives/:id/acts/:act', administrators, async (request, reply) => {
    const { id, act } = request.params as { id: string; act: string }
    const given = (request.body ?? {}) as Readonly<Record<string, string | undefined>>
    const directive = isId(id) ? await app.store.pages.directive.one(id) : null
    const named = acts.find((one) => one === act)
    if (!directive || !named) return notFoundPage(reply, await visit(app, request, reply))
    const problem = await done(app, directive.id, named, given, request.viewer!.account)
    if (problem) {
      const frame = await visit(app, request, reply)
      return confirmation(reply.status(422), frame, directive, named, problem)
    }
    attentionChanged(app)
    const isGone = named === 'purge' || named === 'withhold'
    return reply.redirect(isGone ? '/directives' : `/directives/${id}`, 303)
  })
}

async function done(
  app: App,
  id: string,
  act: Act,
  given: Readonly<Record<string, string | undefined>>,
  actor: string,
): Promise<Problem | null> {
  const said = reasonIn(given.reason)
  if ('refused' in said) return said.refused === 'missing' ? 'noReason' : 'reasonRefused'
  const { reason } = said
  const at = app.clock.now()
  if (act === 'withhold') {
    const by = { actor, reason }
    return (await app.store.withholding.withhold(id, 'byHand', at, by)) ? null : 'notNow'
  }
  if (act === 'purge')
    return (await purgeByHand(app, id, { actor, authority: reason })) === null ? 'notNow' : null
  const decided = reasonIn(given.authority)
  if ('refused' in decided) return decided.refused === 'missing' ? 'noAuthority' : 'reasonRefused'
  const by = { actor, reason, authority: decided.reason }
  const { recalls } = app.store
  const isDone =
    act === 'recall' ? await recalls.recall(id, by, at) : await recalls.undo(id, by, at)
  return isDone ? null : 'notNow'
}

/** Links on the directive's own page. */
export function directiveActs(directive: DirectivePage, { language, viewer }: Frame): Html {
  const words = directiveWords[language]
  if (viewer.role !== 'administrator')
    return html`<section><h2>${words.acts}</h2><p>${words.onlyAdministrator}</p></section>`
  const failing = directive.messages.filter(
    ({ state, attempts }) => state === 'failed' || (state === 'pending' && attempts > 0),
  )
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

function confirmation(
  reply: FastifyReply,
  frame: Frame,
  directive: DirectivePage,
  act: Act,
  problem: Problem | null,
): FastifyReply {
  const { language } = frame
  const words = directiveWords[language]
  const shared = attentionWords[language]
  const problems: Readonly<Record<Problem, string>> = {
    noReason: shared.noReason,
    reasonRefused: shared.reasonRefused,
    noAuthority: words.noAuthority,
    notNow: words.notNow,
  }
  const consequence = act === 'undoRecall' ? words.undoRecallExplained : shared.consequences[act]
  const body = html`${problem && html`<p class="consequence danger" role="alert">${problems[problem]}</p>`}
<p class="consequence ${act === 'purge' && 'danger'}">${consequence}${act === 'purge' && html` <strong>${shared.danger}</strong>`}</p>
<section><p class="subject"><a href="/directives/${directive.id}" lang="vi">${directive.code}</a> <span lang="vi">${directive.subject}</span></p>
<form class="act" method="post" action="/directives/${directive.id}/acts/${act}"><input type="hidden" name="_csrf" value="${frame.csrf}">
${byAuthority.includes(act) && html`<div class="field"><label for="authority">${words.authority}</label><input id="authority" name="authority" required maxlength="300" aria-describedby="authority-hint"><p class="hint" id="authority-hint">${words.authorityHint}</p></div>`}
${reasonField(language)}
<div class="buttons"><button class="${act === 'purge' ? 'danger' : ''}">${general[language].confirm}</button> <a href="/directives/${directive.id}">${general[language].cancel}</a></div></form></section>`
  return send(reply, frame, {
    title: `${words[act].replace('…', '')}: ${directive.code}`,
    body,
    under: 'directives',
  })
}
