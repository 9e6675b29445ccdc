/** For whom the readings of a source wait, and for whom they do not, because a person said so. */
import type { App } from '../../app.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { timeHtml } from '../html/times.ts'
import { general } from '../words/general.ts'
import { sourceWords } from '../words/sources.ts'

export async function waitsOf(
  { store }: App,
  name: string,
  { language, now }: Frame,
): Promise<Html | null> {
  const [waiting, waivers] = await Promise.all([
    store.waivers.waiting(),
    store.waivers.inForce(now),
  ])
  const waits = waiting.filter(({ source }) => source === name)
  const waived = waivers.filter(({ source, readingOf }) => source === name || readingOf === name)
  const words = sourceWords[language]
  if (waits.length + waived.length === 0) return null
  return html`<section><h2>${words.waits}</h2><ul>${waits.map(
    ({ waitsFor, resyncId, since }) =>
      html`<li>${words.waitsFor} <a href="/sources/${waitsFor}">${waitsFor}</a>${resyncId !== null && html` (<a href="/runs/resyncs/${resyncId}">resync ${resyncId.slice(0, 8)}</a>)`} <small>${general[language].since} ${timeHtml(since)}</small></li>`,
  )}${waived.map(
    ({ source, resyncId, readingOf, until, actor, reason }) =>
      html`<li>${words.notWaitedFor} <a href="/sources/${source}">${source}</a> (${readingOf ?? html`<a href="/runs/resyncs/${resyncId}">resync ${resyncId?.slice(0, 8)}</a>`}), ${words.waivedUntil} ${timeHtml(until)}: <span lang="vi">${actor}: ${reason}</span></li>`,
  )}</ul><p class="hint">${words.waitsExplained}</p></section>`
}
