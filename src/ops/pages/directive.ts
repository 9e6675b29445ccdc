import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { facts, left, said, table, urgencyBadge } from '../html/parts.ts'
import { dateHtml, deadlineHtml, spanText, timeHtml } from '../html/times.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { directiveActs, doneToDirective } from './directive-acts.ts'
import { directiveFiles } from './directive-files.ts'
import { exchange, timeline } from './directive-timeline.ts'
import { stateBadge } from './directives.ts'
import { doneToFile } from './file-acts.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { queryOf, send, visit } from './visit.ts'

/** One directive: what it says, how its deadline stands, all that happened to it, and what can be done. */
export function directivePage(server: FastifyInstance, app: App): void {
  server.get('/directives/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { id } = request.params as { id: string }
    const directive = isId(id) ? await app.store.pages.directive.one(id) : null
    if (!directive) return notFoundPage(reply, frame)
    const words = directiveWords[frame.language]
    const body = html`${doneToDirective(queryOf(request), frame.language)}${doneToFile(queryOf(request), frame.language)}
<p><a href="/directives">← ${words.back}</a></p>
<p class="subject" lang="vi">${directive.typeName}: ${directive.subject}</p>
<div class="sides">${clock(directive, frame)}${content(directive, frame)}</div>
${directiveFiles(directive, app.sources, frame)}
${tasks(directive, frame)}
${timeline(directive, frame)}
${exchange(directive, frame)}
${directiveActs(directive, frame)}`
    return send(reply, frame, { title: directive.code, body, under: 'directives' })
  })
}

function clock(directive: DirectivePage, { language, now }: Frame): Html {
  const words = directiveWords[language]
  const shared = general[language]
  const list: [string, Part][] = [
    [shared.state, stateBadge(directive.state, language)],
    [
      shared.urgency,
      html`${urgencyBadge(directive.urgency, language)}${directive.actAtOnce && ` ${words.actAtOnce}`}`,
    ],
    [
      shared.deadline,
      html`${deadlineHtml(directive.deadlineDate, language)}${!directive.deadlineConfirmed && html`<br><small>${shared.unconfirmed}</small>`}`,
    ],
    [shared.timeLeft, howItStands(directive, language, now)],
    [words.seenAt, timeHtml(directive.seenAt)],
    [words.stagedAt, timeHtml(directive.stagedAt)],
    [
      words.filesCompleteAt,
      directive.filesCompleteAt
        ? timeHtml(directive.filesCompleteAt)
        : html`<a href="#files">${words.fileStates.waiting}</a>`,
    ],
  ]
  if (directive.late) list.push([words.late, words.lateHow[directive.late]])
  if (directive.classifiedAt) list.push([words.classifiedAt, timeHtml(directive.classifiedAt)])
  if (directive.refusedAt) list.push([words.refusedAt, timeHtml(directive.refusedAt)])
  if (directive.recalledAt) list.push([words.recalledAt, timeHtml(directive.recalledAt)])
  if (directive.recallAuthority) list.push([words.recallAuthority, said(directive.recallAuthority)])
  list.push([words.calendar, directive.calendarVersion])
  return html`<section><h2>${words.clock}</h2>${facts(list)}</section>`
}

function howItStands(directive: DirectivePage, language: Frame['language'], now: Date): Part {
  const words = directiveWords[language]
  if (directive.beforeGoLive) return general[language].beforeGoLive
  const settled = directive.classifiedAt ?? directive.refusedAt
  if (settled) {
    const ms = directive.classifyBy.getTime() - settled.getTime()
    const span = spanText(ms, language)
    return ms > 0
      ? words.metWith(span)
      : html`<span class="left bad">${words.missedBy(span)}</span>`
  }
  return directive.recalledAt ? words.stopped : left(directive.classifyBy, now, language)
}

function content(directive: DirectivePage, { language }: Frame): Html {
  const words = directiveWords[language]
  const shared = general[language]
  const signer = [directive.signerCompetence, directive.signerPosition, directive.signerName]
    .filter((part) => part)
    .join(' ')
  return html`<section><h2>${words.content}</h2>${facts([
    [shared.code, said(directive.code)],
    [shared.issuer, said(directive.issuer)],
    [shared.issuedOn, dateHtml(directive.issuedOn)],
    [shared.signer, said(signer)],
    [words.dueOn, dateHtml(directive.dueOn)],
    [words.receivers, said(directive.receivers.join('; '))],
    ...(directive.summary ? [[words.summary, said(directive.summary)] as const] : []),
    [shared.source, html`<a href="/sources/${directive.source}">${directive.source}</a>`],
    [words.sourceRef, html`<span class="wrap">${directive.sourceRef}</span>`],
    [words.revision, directive.revision],
    [words.checked, timeHtml(directive.checkedAt)],
    ...(directive.copies.length > 0
      ? [
          [
            words.copies,
            directive.copies.map(
              ({ id, source }) => html`<a href="/directives/${id}">${source}</a> `,
            ),
          ] as const,
        ]
      : []),
  ])}</section>`
}

function tasks({ tasks: list, classifiedAt }: DirectivePage, { language }: Frame): Html {
  const words = directiveWords[language]
  const outcomes: Readonly<Record<string, string>> = words.outcomes
  return table({
    caption: words.tasks,
    columns: [words.task, words.unit, words.role, words.taskDue, words.result],
    rows: list.map(({ description, unit, role, dueOn, outcome }) => [
      said(description),
      said(unit),
      words[role],
      dueOn === null ? words.openEnded : dateHtml(dueOn),
      outcome === null ? '–' : outcomes[outcome],
    ]),
    empty: classifiedAt ? words.noTask : words.noTasks,
  })
}
