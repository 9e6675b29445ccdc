import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import type { ReplyRow } from '../../store/pages/replies.ts'
import type { StoredReply } from '../../store/replies.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { facts, failureText, said } from '../html/parts.ts'
import { dateHtml, timeHtml } from '../html/times.ts'
import { attentionWords } from '../words/attention.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { replyWords } from '../words/replies.ts'
import { actsFor } from './acts.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { deliveryBadge } from './replies.ts'
import { send, visit } from './visit.ts'

/** One reply: what was sent and what the source said, side by side, and what a person can say of it. */
export function replyPage(server: FastifyInstance, app: App): void {
  server.get('/replies/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { id } = request.params as { id: string }
    const row = isId(id) ? await app.store.pages.wayBack.one(id) : null
    const content = row && (await app.store.replies.one(row.replyId))
    if (!row || !content) return notFoundPage(reply, frame)
    const words = replyWords[frame.language]
    const body = html`<p><a href="/replies">← ${words.back}</a></p>
<div class="sides">${sent(row, content, frame)}${answered(row, frame)}</div>
${settling(row, frame)}`
    return send(reply, frame, { title: words.one(row.code), body, under: 'replies' })
  })
}

function sent(row: ReplyRow, content: StoredReply, { language }: Frame): Html {
  const words = replyWords[language]
  const { document } = content
  return html`<section><h2>${words.sent}</h2>${facts([
    [words.directive, html`<a href="/directives/${row.directiveId}" lang="vi">${row.code}</a>`],
    [words.unit, said(`${content.unit.name} ${content.unit.code ? `(${content.unit.code})` : ''}`)],
    [words.outcome, directiveWords[language].outcomes[row.outcome]],
    [words.completedOn, dateHtml(row.completedOn)],
    [words.explanation, said(row.explanation)],
    [
      words.document,
      document
        ? html`<span lang="vi">${document.typeName} ${document.number}/${document.symbol}: ${document.subject} (${document.signer})</span>, ${dateHtml(document.issuedOn)}`
        : words.none,
    ],
    [
      words.files,
      content.files.length === 0
        ? '–'
        : content.files.map(
            (file, at) =>
              html`<a href="/replies/${row.id}/files/${at}" download lang="vi">${file.name}</a> `,
          ),
    ],
    [words.writtenAt, timeHtml(row.writtenAt)],
    [words.writtenBy, row.writtenBy],
  ])}</section>`
}

function answered(row: ReplyRow, { language }: Frame): Html {
  const words = replyWords[language]
  const answer: Part =
    row.answer !== null ? html`<pre lang="vi">${row.answer}</pre>` : words.nothingSaid
  return html`<section><h2>${words.said}</h2>${facts([
    [general[language].state, deliveryBadge(row.state, language)],
    [words.answer, answer],
    [words.failure, failureText(row.failure, language)],
    [words.farRef, row.farRef ?? '–'],
    [words.attempts, row.attempts],
    [words.lookUps, row.lookUps],
    [words.attemptedAt, timeHtml(row.attemptedAt)],
    [words.endedAt, timeHtml(row.endedAt)],
  ])}</section>`
}

function settling(row: ReplyRow, { language, viewer }: Frame): Html | null {
  if (row.state !== 'unconfirmed' && row.state !== 'rejected') return null
  const words = replyWords[language]
  const kind = row.state === 'rejected' ? 'sendRejected' : 'sendUnconfirmed'
  const explained = row.state === 'rejected' ? words.rejectedExplained : words.unconfirmedExplained
  return html`<section><h2>${words.settle}</h2><p>${explained}</p>${
    viewer.role === 'administrator'
      ? html`<p class="buttons">${actsFor(kind).map((act) => html`<a href="${withQuery('/attention/confirm', { act, item: `${kind}/${row.source}/${row.id}` })}">${attentionWords[language].acts[act]}</a> `)}</p>`
      : html`<p>${attentionWords[language].onlyAdministrator}</p>`
  }</section>`
}
