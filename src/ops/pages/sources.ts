import type { FastifyInstance } from 'fastify'
import type { Places } from '#connectors/connector.ts'
import type { App } from '../../app.ts'
import type { GateRules } from '../../domain/eligibility.ts'
import { localDateOf } from '../../domain/local-date.ts'
import { unseen } from '../../domain/refused-by.ts'
import type { UnmappedCode } from '../../store/pages/runs.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { facts, table } from '../html/parts.ts'
import { dateHtml, dateText, timeHtml, timeText } from '../html/times.ts'
import { overviewWords } from '../words/overview.ts'
import { sourceWords } from '../words/sources.ts'
import { notFoundPage } from './not-found.ts'
import { completeText, conditionBadge, sourceTable, troublesOf } from './overview-tables.ts'
import { profileLines } from './profile-shown.ts'
import { pauseForms } from './source-pause.ts'
import { type SourceState, sourceStates } from './source-states.ts'
import { waitsOf } from './source-waits.ts'
import { send, visit } from './visit.ts'

/** NGUỒN: what each source is, how it stands, and by which profile and authority it is read. */
export function sourcesPages(server: FastifyInstance, app: App): void {
  server.get('/sources', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const states = await sourceStates(app, frame.now)
    const { title } = sourceWords[frame.language]
    return send(reply, frame, { title, body: sourceTable(states, frame), under: 'sources' })
  })

  server.get('/sources/:name', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const { name } = request.params as { name: string }
    const state = (await sourceStates(app, frame.now)).find((one) => one.name === name)
    if (!state) return notFoundPage(reply, frame)
    const configured = app.sources.get(name)
    const [known, forms, unmapped, complete] = await Promise.all([
      app.store.sources.state(name),
      app.store.formRefusals.lately(name, frame.now),
      app.store.pages.runs.unmapped(name),
      configured
        ? app.store.completeness.of(name, configured.profile.importFrom, localDateOf(frame.now))
        : null,
    ])
    const words = sourceWords[frame.language]
    const body = html`<p><a href="/sources">← ${words.back}</a></p>
${warnings(app, state, frame)}
${await waitsOf(app, name, frame)}
${standing(state, known.failures, complete, configured?.connector.places, frame)}
${pauseForms(state, frame)}
${profile(app, name, frame)}
${unmappedTable(unmapped, configured?.profile.gate ?? null, frame)}
${formTable(forms, frame)}`
    return send(reply, frame, { title: words.one(name), body, under: 'sources' })
  })
}

/** What an administrator has to know before anything else: by whose word something is let through. */
function warnings(app: App, { name }: SourceState, { language }: Frame): Html | null {
  const profile = app.sources.get(name)?.profile
  if (!profile) return null
  const words = sourceWords[language]
  const { secrecy } = profile.gate
  return html`${profile.insecureTransport && html`<p class="consequence danger"><strong>${words.insecure(profile.insecureTransport.authority)}</strong></p>`}
${'absentMeansNormal' in secrecy && html`<p class="consequence">${words.noSecrecyField(secrecy.absentMeansNormal.authority)}</p>`}`
}

function standing(
  state: SourceState,
  failures: number,
  complete: Awaited<ReturnType<App['store']['completeness']['of']>> | null,
  places: Places | undefined,
  frame: Frame,
): Html {
  const { language } = frame
  const words = sourceWords[language]
  const shown = overviewWords[language]
  return html`<section><h2>${words.standing}</h2>${facts([
    [shown.state, conditionBadge(state, language)],
    [shown.lastAnswer, timeHtml(state.lastAnswerAt)],
    [shown.lag, timeHtml(state.headCursor)],
    [shown.complete, completeText(state, language)],
    [
      words.gaps,
      complete && complete.gaps.length > 0
        ? complete.gaps
            .slice(-5)
            .map(({ from, until }) => words.gap(dateText(from), dateText(until)))
            .join('; ')
        : words.noGaps,
    ],
    [words.unsettled, complete?.unsettled ?? '–'],
    [
      shown.breaker,
      state.breakerOpenUntil
        ? shown.breakerOpen(timeText(state.breakerOpenUntil))
        : shown.breakerClosed,
    ],
    [words.failures, failures],
    [shown.failing, troublesOf(state, language, places).join('; ') || '–'],
    [shown.seen, state.seen],
    [shown.allowed, state.allowed],
    [shown.notEligible, state.notEligible],
    [shown.undecided, state.undecided],
  ])}</section>`
}

function profile(app: App, name: string, { language }: Frame): Html {
  const words = sourceWords[language]
  const lines = profileLines(app, name)
  if (!lines)
    return html`<section><h2>${words.profile}</h2><p>${words.profileElsewhere}</p></section>`
  return html`${table({
    caption: words.profile,
    columns: [words.setting, words.value],
    rows: lines.map(([setting, value]) => [
      html`<code>${setting}</code>`,
      html`<span class="wrap" lang="vi">${value}</span>`,
    ]),
  })}<p class="hint">${words.secretsHidden}</p>`
}

function unmappedTable(
  codes: readonly UnmappedCode[],
  rules: GateRules | null,
  { language }: Frame,
): Html {
  const words = sourceWords[language]
  return table({
    caption: words.unmapped,
    columns: [words.field, words.codeSeen, { title: words.times, kind: 'number' }, words.lastSeen],
    rows: codes.map(({ field, code, count, lastSeenAt }) => [
      html`<code>${field}</code>`,
      html`<code>${code}</code>${hint(rules, field, code, language)}`,
      count,
      timeHtml(lastSeenAt),
    ]),
    empty: words.unmappedEmpty,
  })
}

/** What an issued document in scope lacks; of secrecy it tells nothing. */
function formTable(
  forms: Awaited<ReturnType<App['store']['formRefusals']['lately']>>,
  { language }: Frame,
): Html {
  const words = sourceWords[language]
  return table({
    caption: words.forms,
    columns: [words.day, words.field, { title: words.times, kind: 'number' }],
    rows: forms.map(({ day, field, count }) => [dateHtml(day), words.formFields[field], count]),
    empty: words.formsEmpty,
  })
}

/** A code that looks like one of the profile's, and is not. */
function hint(
  rules: GateRules | null,
  field: string,
  code: string,
  language: Frame['language'],
): Html | null {
  if (!rules) return null
  const { secrecy, signals } = rules
  const all = [...('absentMeansNormal' in secrecy ? [] : secrecy), ...signals]
  const rule = all.find((one) => one.field === field)
  const differs = rule && unseen(code, [...rule.normal, ...rule.secret])
  return differs ? html`<br><small>${sourceWords[language].differs[differs]}</small>` : null
}
