import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { demands, isItsName, type Refused, saidFor } from '../../domain/act.ts'
import type { Attention } from '../../store/attention.ts'
import { withQuery } from '../html/address.ts'
import { html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { actWords } from '../words/acts.ts'
import { attentionWords } from '../words/attention.ts'
import { general } from '../words/general.ts'
import {
  type Act,
  actNamed,
  actsFor,
  actsOf,
  countedBy,
  isDangerous,
  mayBeDoneToMany,
  perform,
} from './acts.ts'
import { attentionFilter, nameOf } from './attention.ts'
import { causeOf, whatOf } from './attention-row.ts'
import { notFoundPage } from './not-found.ts'
import { countField, nameField, problemBox, sayingFields, sentencesFor, whatGoes } from './said.ts'
import { type Query, send, visit } from './visit.ts'
import { askedAt, attentionChanged } from './waiting-count.ts'

const mostAtOnce = 5_000
const shownOfThem = 20

interface Chosen {
  readonly act: Act
  readonly items: readonly Attention[]
}

/** First what would be done, to how many and with what consequence; then, with a reason, the act. */
export function attentionActs(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }

  server.get('/attention/confirm', administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = request.query as Given
    const chosen = await chosenBy(app, query, frame.now)
    if (!chosen) return notFoundPage(reply, frame)
    return confirmation(app, reply, frame, query, chosen, [], null)
  })

  server.post('/attention/act', administrators, async (request, reply) => {
    const given = (request.body ?? {}) as Given
    const now = app.clock.now()
    const chosen = await chosenBy(app, given, now)
    if (!chosen) {
      const act = actNamed(given.act)
      if (act) return reply.redirect(backTo(given, act, 0), 303)
      return notFoundPage(reply, await visit(app, request, reply))
    }
    const { reason, authority } = given
    const about = saidFor(chosen.act, { reason, authority })
    const problem = problemWith(chosen, given)
    if ('refused' in about || problem) {
      const frame = await visit(app, request, reply)
      const refused = 'refused' in about ? about.refused : []
      return confirmation(app, reply.status(422), frame, given, chosen, refused, problem)
    }
    let n = 0
    // The account is who the history names, whatever the form said.
    const by = { actor: request.viewer!.account, ...about.said }
    for (const item of chosen.items) if (await perform(app, chosen.act, item, by)) n++
    attentionChanged(app)
    return reply.redirect(backTo(given, chosen.act, n), 303)
  })
}

type Given = Readonly<Record<string, string | undefined>> & {
  readonly item?: string | readonly string[]
}

function backTo(given: Given, act: Act, n: number): string {
  const { kind, source } = given
  return withQuery('/attention', {
    ...{ kind: kind || null, source: source || null },
    ...{ done: act, n: String(n) },
  })
}

type Problem = 'changed' | 'oneByOne' | 'wrongName' | 'wrongCount'

function problemWith({ act, items }: Chosen, given: Given): Problem | null {
  if (items.length > 1 && !mayBeDoneToMany(act)) return 'oneByOne'
  const asked = askedOf(items)
  if (String(items.length) !== given.count || String(asked) !== (given.seen ?? '0'))
    return 'changed'
  const { confirmed } = demands[act]
  const [first] = items
  if (confirmed === 'name' && !isItsName(given.typed, { id: first!.id, code: null }))
    return 'wrongName'
  return confirmed === 'count' && given.typed?.trim() !== String(asked) ? 'wrongCount' : null
}

/** Only what waits now and may be done to it: an address with something else in it chooses nothing. */
async function chosenBy(app: App, given: Given, now: Date): Promise<Chosen | null> {
  const act = actNamed(given.act)
  if (!act) return null
  const names = new Set([given.item ?? []].flat())
  const isAll = given.all === '1'
  const filter = isAll ? attentionFilter(given as Query) : kindsOf(names)
  const waiting = await app.store.attention.list(
    { ...askedAt(app, now), ...filter },
    { limit: mostAtOnce },
  )
  const items = waiting.filter(
    (item) => actsFor(item.kind).includes(act) && (isAll || names.has(nameOf(item))),
  )
  return items.length === 0 ? null : { act, items }
}

/** Of how many directives the fuses ask: whoever answered for twelve has not answered for three hundred. */
function askedOf(items: readonly Attention[]): number {
  return items.reduce((sum, item) => sum + countedBy(item), 0)
}

function kindsOf(names: ReadonlySet<string>) {
  const kinds = (Object.keys(actsOf) as (keyof typeof actsOf)[]).filter((kind) =>
    [...names].some((name) => name.startsWith(`${kind}/`)),
  )
  return { kinds }
}

async function confirmation(
  app: App,
  reply: FastifyReply,
  frame: Frame,
  given: Given,
  { act, items }: Chosen,
  refused: readonly Refused[],
  problem: Problem | null,
): Promise<FastifyReply> {
  const { language } = frame
  const words = attentionWords[language]
  const inActs = actWords[language]
  const count = items.length
  const asked = askedOf(items)
  const problems = {
    changed: words.changed,
    oneByOne: inActs.oneByOne,
    wrongName: inActs.wrongName,
    wrongCount: inActs.wrongCount,
  }
  const sentences = [...(problem ? [problems[problem]] : []), ...sentencesFor(refused, language)]
  const [first] = items
  const [goes] = act === 'purge' && count === 1 ? await app.store.purging.named(first!.id) : []
  const danger = isDangerous(act)
  const { confirmed } = demands[act]
  const body = html`${problemBox(sentences)}
<p class="consequence ${danger && 'danger'}">${words.consequences[act]}${danger && html` <strong>${words.danger}</strong>`}</p>
<section><h2>${words.willConcern}</h2><ul>${items.slice(0, shownOfThem).map((item) => html`<li>${whatOf(item, language)} <small>${words.kinds[item.kind]}: ${causeOf(item, app.sources, language)}</small></li>`)}</ul>${count > shownOfThem && html`<p>${words.more(count - shownOfThem)}</p>`}</section>
${goes && whatGoes(goes, language)}
<section><form class="act" method="post" action="/attention/act">
<input type="hidden" name="_csrf" value="${frame.csrf}"><input type="hidden" name="act" value="${act}"><input type="hidden" name="count" value="${count}"><input type="hidden" name="seen" value="${asked}">
<input type="hidden" name="kind" value="${given.kind ?? ''}"><input type="hidden" name="source" value="${given.source ?? ''}">
${given.all === '1' ? html`<input type="hidden" name="all" value="1">` : items.map((item) => html`<input type="hidden" name="item" value="${nameOf(item)}">`)}
${sayingFields(act, given, refused, language)}
${confirmed === 'name' && nameField({ id: first!.id, code: null }, language)}
${confirmed === 'count' && countField(asked, language)}
<div class="buttons"><button class="${danger ? 'danger' : ''}">${words.acts[act]}</button> <a href="/attention">${general[language].cancel}</a></div>
</form></section>`
  return send(reply, frame, {
    title: words.confirmTitle(words.acts[act], count),
    body,
    under: 'attention',
  })
}
