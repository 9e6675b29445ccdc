import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../app.ts'
import { type Refused, saidFor } from '../../domain/act.ts'
import type { ToldSource } from '../../store/directive-files.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import type { ShownFile } from '../../store/shown-files.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { actWords } from '../words/acts.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { type Given, problemBox, sayingFields, sentencesFor } from './said.ts'
import { type Query, send, visit } from './visit.ts'
import { attentionChanged } from './waiting-count.ts'

const acts = ['retry', 'giveUp'] as const
type Act = (typeof acts)[number]

interface Chosen {
  readonly directive: DirectivePage
  readonly file: ShownFile
  readonly act: Act
}

/** What a person can do about a file that is waited for, on a page that says first what it will do. */
export function fileActPages(server: FastifyInstance, app: App): void {
  const administrators = { config: { access: 'administrator' as const } }
  const address = '/directives/:id/files/:file/acts/:act'

  server.get(address, administrators, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const chosen = await chosenBy(app, request.params as Params)
    return chosen
      ? confirmation(app, reply, frame, chosen, {}, [], false)
      : notFoundPage(reply, frame)
  })

  server.post(address, administrators, async (request, reply) => {
    const params = request.params as Params
    const given = (request.body ?? {}) as Given
    const chosen = await chosenBy(app, params)
    if (!chosen) return notFoundPage(reply, await visit(app, request, reply))
    const { act, directive } = chosen
    const about = saidFor(act, given)
    const isDone =
      'said' in about &&
      (await perform(app, chosen, given, { actor: request.viewer!.account, ...about.said }))
    if (isDone) {
      attentionChanged(app)
      return reply.redirect(`${withQuery(`/directives/${directive.id}`, { done: act })}#files`, 303)
    }
    const frame = await visit(app, request, reply)
    // Whoever was faster may have withheld its directive: then nothing of it is shown any more.
    const still = await chosenBy(app, params)
    if (!still) return notFoundPage(reply, frame)
    const refused = 'refused' in about ? about.refused : []
    return confirmation(app, reply.status(422), frame, still, given, refused, refused.length === 0)
  })
}

type Params = Readonly<Record<'id' | 'file' | 'act', string>>

async function chosenBy(app: App, params: Params): Promise<Chosen | null> {
  const act = acts.find((one) => one === params.act)
  const directive = isId(params.id) ? await app.store.pages.directive.one(params.id) : null
  const file = directive?.files.find(({ id }) => id === params.file)
  return act && directive && file ? { directive, file, act } : null
}

async function perform(
  { store, clock }: App,
  { act, file }: Chosen,
  { tell }: Given,
  by: { actor: string; reason: string },
): Promise<boolean> {
  const at = clock.now()
  switch (act) {
    case 'retry':
      return (await store.directiveFiles.retry([file.id], by, at)) > 0
    case 'giveUp': {
      const told: ToldSource = tell === 'fail' ? 'fail' : 'done'
      return store.directiveFiles.giveUp(file.id, told, by, at)
    }
  }
}

/** What was done, on the page of its directive. */
export function doneToFile({ done }: Query, language: Frame['language']): Html | null {
  const act = acts.find((one) => one === done)
  if (!act) return null
  return html`<p class="done" role="status">${directiveWords[language].fileActsDone[act]}</p>`
}

async function confirmation(
  app: App,
  reply: FastifyReply,
  frame: Frame,
  { directive, file, act }: Chosen,
  given: Given,
  refused: readonly Refused[],
  notNow: boolean,
): Promise<FastifyReply> {
  const { language } = frame
  const words = directiveWords[language]
  const { id, code, source } = directive
  const sentences = [...(notNow ? [words.fileNotNow] : []), ...sentencesFor(refused, language)]
  const isTold = act === 'giveUp' && app.sources.get(source)?.connector.can.acknowledges
  const body = html`${problemBox(sentences)}
<p class="consequence">${words.fileActsExplained[act]}</p>
<section><p class="subject"><a href="/directives/${id}#files" lang="vi">${code}</a> <span lang="vi">${file.name}</span> (${file.isFullText ? words.fullText : words.annex})</p></section>
<section><form class="act" method="post" action="/directives/${id}/files/${file.id}/acts/${act}"><input type="hidden" name="_csrf" value="${frame.csrf}">
${isTold && toldField(given.tell, language)}
${sayingFields(act, given, refused, language)}
<div class="buttons"><button>${general[language].confirm}</button> <a href="/directives/${id}#files">${general[language].cancel}</a></div></form></section>`
  return send(reply, frame, {
    title: `${words.fileActs[act].replace('…', '')}: ${code}`,
    body,
    under: 'directives',
  })
}

/** What the source is told when no file of its message is waited for any more. */
function toldField(tell: string | undefined, language: Frame['language']): Html {
  const words = actWords[language]
  const option = (value: ToldSource) =>
    value === tell
      ? html`<option value="${value}" selected>${words.tell[value]}</option>`
      : html`<option value="${value}">${words.tell[value]}</option>`
  return html`<div class="field"><label for="tell">${words.tellSource}</label><select id="tell" name="tell" aria-describedby="tell-hint">${option('done')}${option('fail')}</select><p class="hint" id="tell-hint">${words.tellHint}</p></div>`
}
