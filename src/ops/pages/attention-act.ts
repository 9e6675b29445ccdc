import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import type { Attention } from '../../store/attention.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { reasonField } from '../html/parts.ts'
import { attentionWords } from '../words/attention.ts'
import { general } from '../words/general.ts'
import { type Act, actNamed, actsOf, countedBy, dangerous, perform } from './acts.ts'
import { attentionFilter, causeOf, nameOf, whatOf } from './attention.ts'
import { notFoundPage } from './not-found.ts'
import { reasonIn } from './reason.ts'
import { type Query, queryOf, send, visit } from './visit.ts'
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
    return confirmation(reply, frame, query, chosen, queryOf(request).problem)
  })

  server.post('/attention/act', administrators, async (request, reply) => {
    const given = (request.body ?? {}) as Given
    const now = app.clock.now()
    const chosen = await chosenBy(app, given, now)
    const said = reasonIn(given.reason)
    const problem = !chosen
      ? 'nothingLeft'
      : 'refused' in said
        ? said.refused === 'missing'
          ? 'noReason'
          : 'reasonRefused'
        : String(chosen.items.length) !== given.count ||
            String(askedOf(chosen.items)) !== (given.seen ?? '0')
          ? 'changed'
          : dangerous.includes(chosen.act) && given.typed?.trim() !== given.count
            ? 'wrongCount'
            : null
    if (!chosen || 'refused' in said || problem) {
      const frame = await visit(app, request, reply)
      if (!chosen) return notFoundPage(reply, frame)
      return confirmation(reply.status(422), frame, given, chosen, problem ?? undefined)
    }
    let n = 0
    // The account is who the history names, whatever the form said.
    const by = { actor: request.viewer!.account, reason: said.reason }
    for (const item of chosen.items) if (await perform(app, chosen.act, item, by)) n++
    attentionChanged(app)
    const back = withQuery('/attention', {
      kind: given.kind || null,
      source: given.source || null,
      done: chosen.act,
      n: String(n),
    })
    return reply.redirect(back, 303)
  })
}

type Given = Readonly<Record<string, string | undefined>> & {
  readonly item?: string | readonly string[]
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
    (item) => actsOf[item.kind]?.includes(act) && (isAll || names.has(nameOf(item))),
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

function confirmation(
  reply: FastifyReply,
  frame: Frame,
  given: Given,
  { act, items }: Chosen,
  problem: string | undefined,
): FastifyReply {
  const words = attentionWords[frame.language]
  const shared = general[frame.language]
  const isDangerous = dangerous.includes(act)
  const count = items.length
  const problems = {
    nothingLeft: words.nothingLeft,
    noReason: words.noReason,
    reasonRefused: words.reasonRefused,
    changed: words.changed,
    wrongCount: words.wrongCount,
  }
  const wrong = (problems as Readonly<Record<string, string>>)[problem ?? '']
  const body = html`${wrong && html`<p class="consequence danger" role="alert">${wrong}</p>`}
<p class="consequence ${isDangerous && 'danger'}">${words.consequences[act]}${isDangerous && html` <strong>${words.danger}</strong>`}</p>
<section><h2>${words.willConcern}</h2><ul>${items.slice(0, shownOfThem).map((item) => html`<li>${whatOf(item, frame.language)} <small>${words.kinds[item.kind]}: ${causeOf(item, frame.language)}</small></li>`)}</ul>${count > shownOfThem && html`<p>${words.more(count - shownOfThem)}</p>`}</section>
<section><form class="act" method="post" action="/attention/act">
<input type="hidden" name="_csrf" value="${frame.csrf}"><input type="hidden" name="act" value="${act}"><input type="hidden" name="count" value="${count}"><input type="hidden" name="seen" value="${askedOf(items)}">
<input type="hidden" name="kind" value="${given.kind ?? ''}"><input type="hidden" name="source" value="${given.source ?? ''}">
${given.all === '1' ? html`<input type="hidden" name="all" value="1">` : items.map((item) => html`<input type="hidden" name="item" value="${nameOf(item)}">`)}
${reasonField(frame.language)}
${isDangerous && typedCount(count, frame)}
<div class="buttons"><button class="${isDangerous ? 'danger' : ''}">${words.acts[act]}</button> <a href="/attention">${shared.cancel}</a></div>
</form></section>`
  return send(reply, frame, {
    title: words.confirmTitle(words.acts[act], count),
    body,
    under: 'attention',
  })
}

function typedCount(count: number, { language }: Frame): Html {
  const words = attentionWords[language]
  return html`<div class="field"><label for="typed">${words.typeCount(count)}</label><input id="typed" name="typed" required inputmode="numeric" autocomplete="off" aria-describedby="typed-hint"><p class="hint" id="typed-hint">${words.typeCountHint}</p></div>`
}
