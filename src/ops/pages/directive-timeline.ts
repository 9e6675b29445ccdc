import type { LifeEvent } from '../../store/directive-life.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { failureText, table } from '../html/parts.ts'
import { timeHtml } from '../html/times.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'

/** All that happened, oldest first, with who did it. */
export function timeline({ history }: DirectivePage, { language }: Frame): Html {
  const words = directiveWords[language]
  const events: Readonly<Record<string, string>> = words.events
  return html`<section><h2>${words.timeline}</h2>${
    history.length === 0
      ? html`<p>${general[language].nothing}</p>`
      : html`<ol class="timeline">${history.map(
          ({ at, actor, event, detail }) =>
            html`<li>${timeHtml(at)} <strong>${events[event] ?? event}</strong> <span class="who-acted">– ${actor === 'bridge' ? words.bridge : actor}</span>${note(detail, language)}</li>`,
        )}</ol>`
  }</section>`
}

/** Of what an entry holds, what a person wrote or what moved; ids say nothing to a reader. */
function note(detail: LifeEvent['detail'], language: Frame['language']): Part {
  const { told, withoutFullText } = directiveWords[language]
  const written = [
    'unit',
    'code',
    'status',
    'old',
    'new',
    'because',
    'as',
    'failure',
    'answer',
    'authority',
    'reason',
  ]
    .map((name) => detail[name])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .filter((value) => !/^[0-9a-f-]{36}$/.test(String(value)))
  const shown = [
    ...(detail.withoutFullText === true ? [withoutFullText] : []),
    ...(detail.said === 'done' || detail.said === 'fail' ? [told[detail.said]] : []),
    ...written,
  ]
  return shown.length > 0 && html`<br><small lang="vi">${shown.join(' – ')}</small>`
}

export function exchange(directive: DirectivePage, { language }: Frame): Html {
  const words = directiveWords[language]
  const shared = general[language]
  const kinds: Readonly<Record<string, string>> = words.kinds
  const became: Readonly<Record<string, string>> = words.intake
  const delivery: Readonly<Record<string, string>> = words.delivery
  return html`<section><h2>${words.exchange}</h2><p class="hint">${words.exchangeKept}</p>
${table({
  caption: words.messages,
  columns: [words.seenAt, words.business, words.became, shared.attempts, shared.why],
  rows: directive.messages.map((message) => [
    timeHtml(message.seenAt),
    kinds[message.business] ?? message.business,
    became[message.state] ?? message.state,
    message.attempts,
    failureText(message.failure, language),
  ]),
  empty: shared.nothing,
})}
${table({
  caption: words.sends,
  columns: [words.sent, shared.state, words.attempted, shared.attempts, words.answer],
  rows: directive.sends.map((row) => [
    row.kind === 'status'
      ? words.status(row.code ?? '')
      : row.kind === 'reply'
        ? html`<a href="/replies/${row.id}">${words.reply}</a>`
        : words.acknowledge,
    delivery[row.state] ?? row.state,
    timeHtml(row.attemptedAt),
    row.attempts,
    row.answer ?? failureText(row.failure, language),
  ]),
  empty: shared.nothing,
})}</section>`
}
