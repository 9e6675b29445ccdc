import type { DirectivePage } from '../../store/pages/directive.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { directiveWords } from '../words/directives.ts'

/** Each leads to a page that says what it will do, before anything is done. */
export function directiveActs(directive: DirectivePage, { language, viewer }: Frame): Html {
  const words = directiveWords[language]
  if (viewer.role !== 'administrator')
    return html`<section><h2>${words.acts}</h2><p>${words.onlyAdministrator}</p></section>`
  const failing = directive.messages.filter(
    ({ state }) => state === 'failed' || state === 'pending',
  )
  return html`<section><h2>${words.acts}</h2><p class="buttons">
${failing.map(({ id }) => html`<a href="/attention/confirm?act=retry&amp;id=${id}">${words.retry}</a> `)}
<a href="/attention/confirm?act=withhold&amp;id=${directive.id}">${words.withhold}</a>
<a href="/attention/confirm?act=purge&amp;id=${directive.id}">${words.purge}</a>
</p></section>`
}
