/** One row of the list of attention, told: what waits, why, and how much or how often. */
import { sentencesOf } from '../../alerts/wording.ts'
import type { App } from '../../app.ts'
import type { AlertKind, Figures } from '../../domain/alert.ts'
import type { Urgency } from '../../domain/directive.ts'
import type { Attention } from '../../store/attention.ts'
import type { Pair } from '../../store/may-be-same.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { failureText, urgencyBadge } from '../html/parts.ts'
import { timeHtml } from '../html/times.ts'
import { attentionWords } from '../words/attention.ts'
import { directiveWords } from '../words/directives.ts'
import { runWords } from '../words/runs.ts'
import { whyNotFetched } from './directive-files.ts'
import { isId } from './ids.ts'

export function whatOf(row: Attention, language: Frame['language']): Html {
  const { withheldName, channel } = attentionWords[language]
  if (row.kind === 'withheld') return html`${withheldName} <code>${row.id.slice(0, 8)}</code>`
  if (row.kind === 'sendRejected' || row.kind === 'sendUnconfirmed')
    return html`<a href="${row.detail.sends === 'reply' ? `/replies/${row.id}` : `/directives/${row.directiveId}`}" lang="vi">${row.code ?? row.id.slice(0, 8)}</a>`
  if (row.directiveId && row.code)
    return html`<a href="/directives/${row.directiveId}" lang="vi">${row.code}</a>`
  if (row.kind === 'unbalanced') return html`<a href="/runs/${row.id}">${row.id.slice(0, 8)}</a>`
  if (row.kind === 'unmappedCode' || row.kind === 'formRefused') return html`<code>${row.id}</code>`
  if (row.kind === 'waitsForOther' && isId(row.id))
    return html`<a href="/runs/resyncs/${row.id}">${row.id.slice(0, 8)}</a>`
  if (row.kind === 'waitsForOther') return html`${row.source}`
  if (row.kind === 'fuse' || row.kind === 'alert') return html`${row.source}`
  if (row.kind === 'undelivered') return html`${channel(row.id)}`
  // What is not staged has no name but that of its row.
  return isId(row.id) ? html`<code>${row.id.slice(0, 8)}</code>` : html`${row.code ?? row.id}`
}

export function causeOf(
  { kind, source, cause, detail }: Attention,
  sources: App['sources'],
  language: Frame['language'],
): string {
  if (kind === 'alert')
    return sentencesOf({
      ...{ kind: cause as AlertKind, source, occasion: 'raised' },
      figures: detail as unknown as Figures,
    })[language]
  if (kind === 'waitsForOther') return attentionWords[language].heldUpBy(String(detail.waitsFor))
  if (kind === 'undelivered') return attentionWords[language].notArriving(cause)
  if (kind === 'doubtedDate') {
    const { issuedOn, deadlineDate, otherDeadline } = detail as Readonly<Record<string, string>>
    return attentionWords[language].doubt(issuedOn!, deadlineDate!, otherDeadline ?? null)
  }
  if (kind === 'fileMissing' || kind === 'withoutText') {
    const unusable: Readonly<Record<string, string>> = directiveWords[language].unusable
    const file = { source, failure: cause, size: detail.size as number | null }
    const why = unusable[cause] ?? whyNotFetched(file, sources, language)
    return kind === 'fileMissing' ? why : attentionWords[language].pastWithoutText(why)
  }
  if (kind === 'unbalanced')
    return (runWords[language].kinds as Readonly<Record<string, string>>)[cause] ?? cause
  const causes: Readonly<Record<string, string>> = attentionWords[language].causes
  const said = causes[cause] ?? failureText(cause, language, sources.get(source)?.connector.places)
  if (kind !== 'notAdmitted') return said
  const written: Readonly<Record<string, string>> = attentionWords[language].written
  return `${written[String(detail.act)] ?? detail.act}: ${said}`
}

/** What says how much or how often. */
export function detailOf({ kind, detail }: Attention, language: Frame['language']): Part {
  if (kind === 'overdue' || kind === 'dueSoon' || kind === 'releasedLate')
    return html` ${urgencyBadge(detail.urgency as Urgency, language)}`
  if (kind === 'alert') return null
  if (kind === 'mayBeSame') return bothSides(detail as unknown as Sides, language)
  if (kind === 'fileMissing' || kind === 'withoutText') {
    const { missingFiles, withFullText } = attentionWords[language]
    const { triedAgainAt } = directiveWords[language]
    const counted = [
      ...(kind === 'fileMissing' ? [missingFiles(detail.files as number)] : []),
      ...(detail.fullText === true ? [withFullText] : []),
    ]
    return html`${counted.length > 0 && html` <small>${counted.join(', ')}</small>`}${typeof detail.dueAt === 'string' && html`<br><small>${triedAgainAt} ${timeHtml(new Date(detail.dueAt))}</small>`}`
  }
  const { counted, outOf, count, files, attempts, answer, failuresInARow } = detail
  const shown =
    kind === 'fuse'
      ? `${counted} / ${outOf}`
      : [count, files, attempts, failuresInARow]
          .filter((value) => typeof value === 'number' && value > 0)
          .map((n) => `× ${n}`)
          .join(' ')
  return html`${shown && html` <small>${shown}</small>`}${typeof answer === 'string' && html`<br><small lang="vi">${answer}</small>`}`
}

type Sides = Pick<Pair, 'one' | 'other'>

function bothSides({ one, other }: Sides, language: Frame['language']): Html {
  const { sameAs, issuedOn } = attentionWords[language]
  const side = ({ id, code, source, issuer, issuedOn: day, subject }: Sides['one']) =>
    html`<br><a href="/directives/${id}" lang="vi">${code}</a> <small>${source}, <span lang="vi">${issuer}</span>, ${issuedOn} ${day}: <span lang="vi">${subject}</span></small>`
  return html`${side(one)}<br><small>${sameAs}</small>${side(other)}`
}
