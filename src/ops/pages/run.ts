import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import type { PassKind } from '../../store/passes.ts'
import { html } from '../html/html.ts'
import { badge, facts, failureText, figure, figures } from '../html/parts.ts'
import { dateText, timeHtml } from '../html/times.ts'
import { general } from '../words/general.ts'
import { runWords } from '../words/runs.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { runBadge } from './runs.ts'
import { send, visit } from './visit.ts'

/** One reading, and whether its totals balance. */
export function runPage(server: FastifyInstance, app: App): void {
  server.get('/runs/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { id } = request.params as { id: string }
    const run = isId(id) ? ((await app.store.passes.one(id)) as Run | null) : null
    if (!run) return notFoundPage(reply, frame)
    const words = runWords[frame.language]
    const shared = general[frame.language]
    const ended = run.state === 'done' || run.state === 'open'
    const body = html`<p><a href="/runs">← ${words.back}</a></p>
<section>${facts([
      [shared.state, runBadge(run.state, frame.language)],
      [words.window, `${dateText(run.from)} – ${dateText(run.until)}`],
      [words.openedAt, timeHtml(run.openedAt)],
      [words.endedAt, timeHtml(run.endedAt)],
      [shared.attempts, run.attempts],
      [words.extent, run.listed === null ? '–' : words.countedAndListed(run.counted, run.listed)],
      [shared.why, failureText(run.failure, frame.language)],
      [
        words.balance,
        !ended
          ? words.balanceOpen
          : run.balances
            ? badge('good', words.balances)
            : badge('bad', words.unbalanced),
      ],
    ])}</section>
<section><h2>${words.allowed}</h2>${figures([
      ...(['seen', 'allowed', 'notEligible', 'undecided'] as const).map((name) =>
        figure(words[name], run[name] ?? '–'),
      ),
      ...outcomes.map((name) => figure(words[name], run[name] ?? '–')),
    ])}</section>`
    return send(reply, frame, {
      title: words.one(words.kinds[run.kind], run.source),
      body,
      under: 'runs',
    })
  })
}

const outcomes = [
  'staged',
  'updated',
  'unchanged',
  'redelivered',
  'recalled',
  'deferred',
  'withheld',
  'purged',
  'failed',
  'discarded',
] as const

type Run = Readonly<Record<(typeof outcomes)[number], number | null>> & {
  readonly source: string
  readonly kind: PassKind
  readonly state: 'due' | 'running' | 'done' | 'open' | 'failed'
  readonly from: string
  readonly until: string
  readonly openedAt: Date
  readonly endedAt: Date | null
  readonly attempts: number
  readonly failure: string | null
  readonly seen: number | null
  readonly allowed: number | null
  readonly notEligible: number | null
  readonly undecided: number | null
  readonly counted: number | null
  readonly listed: number | null
  readonly balances: boolean | null
}
