/** The full text and the annexes of one directive: what is here, what is not, and why. */
import type { App } from '../../app.ts'
import { overLimit } from '../../domain/file-limit.ts'
import type { DirectivePage } from '../../store/pages/directive.ts'
import type { ShownFile } from '../../store/shown-files.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { badge, failureText, type Tone, table } from '../html/parts.ts'
import { timeHtml } from '../html/times.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'

const tones: Readonly<Record<ShownFile['state'], Tone>> = {
  waiting: 'notice',
  stored: 'good',
  unusable: 'bad',
}

/** Of copies, the one that has the full text serves it. */
export function directiveFiles(directive: DirectivePage, sources: App['sources'], frame: Frame) {
  const { id, source, files, servedBy } = directive
  const words = directiveWords[frame.language]
  return html`<div id="files">${fileTable(words.files, { id, source, files }, sources, frame)}
${servedBy && html`<p class="hint">${words.servedByCopy}</p>${fileTable(words.filesOfCopy(servedBy.source), servedBy, sources, frame)}`}</div>`
}

function fileTable(
  caption: string,
  of: Pick<DirectivePage, 'id' | 'source' | 'files'>,
  sources: App['sources'],
  { language, viewer }: Frame,
): Html {
  const words = directiveWords[language]
  const mayAct =
    viewer.role === 'administrator' && of.files.some(({ state }) => state === 'waiting')
  return table({
    caption,
    columns: [
      words.fileName,
      words.part,
      general[language].state,
      { title: words.size, kind: 'number' },
      words.digest,
      ...(mayAct ? [words.acts] : []),
    ],
    rows: of.files.map((file) => [
      file.state === 'stored'
        ? html`<a href="/directives/${of.id}/files/${file.id}" download lang="vi">${file.name}</a>`
        : html`<span lang="vi">${file.name}</span>`,
      file.isFullText ? words.fullText : words.annex,
      html`${badge(tones[file.state], words.fileStates[file.state])}${remarks(file, of.source, sources, language).map((remark) => html`<br><small>${remark}</small>`)}`,
      file.size === null ? '–' : sizeText(file.size),
      file.sha256 ? html`<code class="wrap">${file.sha256}</code>` : '–',
      ...(mayAct ? [actsOf(of.id, file, language)] : []),
    ]),
    empty: words.noFiles,
  })
}

function remarks(
  { state, size, note, handedInBy, unusable, failure, dueAt }: ShownFile,
  source: string,
  sources: App['sources'],
  language: Frame['language'],
): Part[] {
  const words = directiveWords[language]
  switch (state) {
    case 'stored':
      return [...(handedInBy ? [words.handedIn(handedInBy)] : []), ...(note ? [words[note]] : [])]
    case 'unusable':
      return [unusable && words.unusable[unusable]]
    case 'waiting':
      return failure === null
        ? []
        : [
            whyNotFetched({ source, failure, size }, sources, language),
            html`${words.triedAgainAt} ${timeHtml(dueAt)}`,
          ]
  }
}

/** Of a file above the limit of its source, the limit and by how much, where that is known. */
export function whyNotFetched(
  { source, failure, size }: { source: string; failure: string; size: number | null },
  sources: App['sources'],
  language: Frame['language'],
): string {
  const over = overLimit(size, sources.get(source)?.profile.limits.maxFileBytes)
  return over
    ? directiveWords[language].overLimit(sizeText(over.limit), sizeText(over.by))
    : failureText(failure, language)
}

function actsOf(id: string, { id: file, state }: ShownFile, language: Frame['language']): Part {
  if (state !== 'waiting') return '–'
  const words = directiveWords[language]
  return (['retry', 'giveUp'] as const).map(
    (act) =>
      html`<a class="target" href="/directives/${id}/files/${file}/acts/${act}">${words.fileActs[act]}</a> `,
  )
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const kib = bytes / 1024
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`
}
