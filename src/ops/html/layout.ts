import type { Pause } from '../../store/pauses.ts'
import type { Viewer } from '../access.ts'
import type { Language } from '../words/both.ts'
import { general } from '../words/general.ts'
import { withQuery } from './address.ts'
import { type Html, html } from './html.ts'
import { timeText } from './times.ts'

export type Theme = 'auto' | 'light' | 'dark'

/** What stands around every page. */
export interface Frame {
  readonly viewer: Viewer
  readonly language: Language
  readonly theme: Theme
  /** Path and query, for links to the same view in another language. */
  readonly address: string
  readonly now: Date
  readonly csrf: string
  readonly paused: readonly Pause[]
  /** How much waits for a person. */
  readonly waiting: number
}

export interface Content {
  readonly title: string
  readonly body: Html
  /** Which page of the navigation this one belongs to. */
  readonly under?: Room
}

export type Room =
  | 'overview'
  | 'deadlines'
  | 'directives'
  | 'replies'
  | 'attention'
  | 'runs'
  | 'sources'

const rooms: readonly (readonly [Room | 'queues', string])[] = [
  ['overview', '/'],
  ['deadlines', '/deadlines'],
  ['directives', '/directives'],
  ['replies', '/replies'],
  ['attention', '/attention'],
  ['runs', '/runs'],
  ['sources', '/sources'],
  ['queues', '/queues'],
]

export function layout(frame: Frame, { title, body, under }: Content): string {
  const { language, theme, viewer, now, paused } = frame
  const words = general[language]
  return html`<!doctype html>
<html lang="${language}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${words.product}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/pages.css">
<script type="module" src="/assets/pages.js"></script>
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header class="top">
<div class="brand"><a href="/"><img src="/assets/icon.svg" alt="" width="28" height="28"><span lang="vi">${words.product}</span></a><span class="tagline">${words.tagline}</span></div>
<p class="clock"><span>${words.clockNow}</span> <time datetime="${now.toISOString()}">${timeText(now)}</time></p>
<div class="who">
<span class="account">${viewer.name} <span class="role">(${words[viewer.role]})</span></span>
${appearance(frame)}
<a href="${withQuery(frame.address, { lang: language === 'vi' ? 'en' : 'vi' })}" lang="${language === 'vi' ? 'en' : 'vi'}" hreflang="${language === 'vi' ? 'en' : 'vi'}">${words.otherLanguage}</a>
<form method="post" action="/logout"><input type="hidden" name="_csrf" value="${frame.csrf}"><button class="plain">${words.logout}</button></form>
</div>
</header>
<nav class="rooms" aria-label="${words.navigation}"><ul>${rooms.map(([room, address]) => navigation(frame, room, address, under))}</ul></nav>
${paused.map(
  ({ source, until, actor, reason }) =>
    html`<div class="loud" role="status"><strong>⏸ ${words.paused(source, timeText(until))}</strong> <span>${words.pausedBy(actor, reason)}</span> <a href="/sources/${source}">${words.sources} ${source}</a></div>`,
)}
<main id="main" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup
}

function navigation(
  { language, waiting }: Frame,
  room: Room | 'queues',
  address: string,
  under: Room | undefined,
): Html {
  const words = general[language]
  const count = room === 'attention' && waiting > 0 && html` <span class="count">${waiting}</span>`
  return room === under
    ? html`<li><a href="${address}" aria-current="page">${words[room]}${count}</a></li>`
    : html`<li><a href="${address}">${words[room]}${count}</a></li>`
}

/** Works as links; no script has to run before the first paint. */
function appearance({ language, theme, address }: Frame): Html {
  const words = general[language]
  return html`<span class="appearance" role="group" aria-label="${words.appearance}">${(
    ['light', 'dark', 'auto'] as const
  ).map((one) =>
    one === theme
      ? html`<a href="${withQuery(address, { theme: one })}" aria-current="true">${words[one]}</a>`
      : html`<a href="${withQuery(address, { theme: one })}">${words[one]}</a>`,
  )}</span>`
}
