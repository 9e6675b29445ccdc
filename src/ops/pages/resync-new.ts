import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { type Refused, saidFor } from '../../domain/act.ts'
import { isLocalDate, localDateOf } from '../../domain/local-date.ts'
import { scopeOf } from '../../flow/resync.ts'
import type { Scope } from '../../store/resyncs.ts'
import { html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { failureText } from '../html/parts.ts'
import { general } from '../words/general.ts'
import { runWords } from '../words/runs.ts'
import { live, longestLookMs } from './live.ts'
import { notFoundPage } from './not-found.ts'
import { beginPlan, planNamed } from './plans.ts'
import { type Given, problemBox, sayingFields, sentencesFor } from './said.ts'
import { queryOf, send, visit } from './visit.ts'

const mostRefs = 200

type Problem = 'emptyRange' | 'noSource' | 'sourcePaused'

/** Asking a source again begins with a plan: what it would do is seen before it is done. */
export function newResyncPages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/runs/resyncs/new', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    return form(app, reply, frame, queryOf(request), null, [])
  })

  server.post('/runs/plans', administrators, async (request, reply) => {
    const given = (request.body ?? {}) as Given
    const about = saidFor('resync', given)
    const scope = await scopeIn(app, given)
    if (typeof scope === 'string' || 'refused' in about) {
      const frame = await visit(app, request, reply)
      const problem = typeof scope === 'string' ? scope : null
      const refused = 'refused' in about ? about.refused : []
      return form(app, reply.status(422), frame, given, problem, refused)
    }
    const by = { actor: request.viewer!.account, ...about.said }
    return reply.redirect(`/runs/plans/${beginPlan(app, scope, by)}`, 303)
  })

  server.get('/runs/plans/:name', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const words = runWords[frame.language]
    const { name } = request.params as { name: string }
    const planning = planNamed(app, name)
    if (!planning) return notFoundPage(reply, frame)
    const { state } = planning
    if (state.is === 'made') return reply.redirect(`/runs/resyncs/${state.id}`, 303)
    const body =
      state.is === 'failed'
        ? html`<p class="consequence danger" role="alert">${words.planFailed}: ${failureText(state.why, frame.language)}</p><p><a href="/runs/resyncs/new?source=${planning.source}">${general[frame.language].cancel}</a></p>`
        : html`<section data-live="/runs/plans/${name}/live"><p>${words.planningExplained}</p><p><label for="progress">${words.progress}</label><br><progress id="progress" max="100" value="${planning.percent}" data-shows="percent"></progress> <span data-shows="shown">${planning.percent} %</span></p></section>`
    return send(reply, frame, { title: words.planning, body, under: 'runs' })
  })

  server.get(
    '/runs/plans/:name/live',
    { ...administrators, handlerTimeout: longestLookMs },
    async (request, reply) => {
      const { name } = request.params as { name: string }
      await live(request, reply, async () => {
        const planning = planNamed(app, name)
        if (planning?.state.is !== 'reading') return { ended: null }
        return { progress: { percent: planning.percent, shown: `${planning.percent} %` } }
      })
    },
  )
}

async function scopeIn(app: App, given: Given): Promise<Scope | Problem> {
  const name = given.source ?? ''
  const source = app.sources.get(name)
  if (!source) return 'noSource'
  const now = app.clock.now()
  if ((await app.store.pauses.mayBeAsked([name], now)).length === 0) return 'sourcePaused'
  const dates = [given.since, given.until].filter((date) => date)
  if (dates.some((date) => !isLocalDate(date!))) return 'emptyRange'
  const refs = (given.refs ?? '').split(/\s*\n\s*/).filter((ref) => ref.trim() !== '')
  const scope = scopeOf(
    name,
    source.profile.importFrom,
    {
      since: given.since || undefined,
      until: given.until || undefined,
      refs: refs.length > 0 ? refs.slice(0, mostRefs).map((ref) => ref.trim()) : null,
      thorough: given.thorough === '1',
    },
    localDateOf(now),
  )
  return scope ?? 'emptyRange'
}

function form(
  app: App,
  reply: FastifyReply,
  frame: Frame,
  given: Given,
  problem: Problem | null,
  refused: readonly Refused[],
): FastifyReply {
  const { language } = frame
  const words = runWords[language]
  const problems = [...(problem ? [words[problem]] : []), ...sentencesFor(refused, language)]
  const body = html`${problemBox(problems)}
<p>${words.newExplained}</p>
<section><form class="act" method="post" action="/runs/plans"><input type="hidden" name="_csrf" value="${frame.csrf}">
<div class="field"><label for="source">${general[language].source}</label><select id="source" name="source" required>${[...app.sources.keys()].map((name) => (name === given.source ? html`<option selected>${name}</option>` : html`<option>${name}</option>`))}</select></div>
<div class="buttons"><div class="field"><label for="since">${words.since}</label><input id="since" name="since" type="date" value="${given.since ?? ''}" aria-describedby="since-hint"></div>
<div class="field"><label for="until">${words.until}</label><input id="until" name="until" type="date" value="${given.until ?? ''}"></div></div>
<p class="hint" id="since-hint">${words.sinceHint}</p>
<div class="field"><label for="refs">${words.refs}</label><textarea id="refs" name="refs" rows="2" aria-describedby="refs-hint">${given.refs ?? ''}</textarea><p class="hint" id="refs-hint">${words.refsHint}</p></div>
<div><input type="checkbox" id="thorough" name="thorough" value="1"><label for="thorough">${words.thorough}</label></div>
${sayingFields('resync', given, refused, language)}
<div class="buttons"><button>${words.makePlan}</button> <a href="/runs">${general[language].cancel}</a></div>
</form></section>`
  return send(reply, frame, { title: words.newTitle, body, under: 'runs' })
}
