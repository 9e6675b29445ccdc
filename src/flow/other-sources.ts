import type { Failure, FailureWord, Window } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { addDays, localDateOf } from '../domain/local-date.ts'
import { admit } from './admit.ts'
import { listing } from './listing.ts'
import type { Reading } from './reading.ts'
import { nameOf } from './take.ts'

/**
 * Learns what other sources call secret in these days, before a reading may bring back what was purged because of
 * that: nothing of it was kept, and this process may have begun after it was heard. Null once every other source was
 * asked that nobody waived; else who could not be, and why. What lists its secret messages until they are acknowledged
 * was heard already.
 */
export async function askOtherSources(
  app: App,
  { pass, heartbeat }: Reading,
): Promise<Failure | null> {
  // A copy may bear the date of the day before or after.
  const window = { from: addDays(pass.from, -1), until: addDays(pass.until, 1) }
  const others = [...app.sources].filter(
    ([name, { connector }]) => name !== pass.source && !connector.can.acknowledges,
  )
  if (others.length === 0) return null
  const waived = await app.store.waivers.sourcesFor(pass, app.clock.now())
  for (const [name, other] of others) {
    if (waived.has(name) && (await isInTrouble(app, name))) continue
    const failure = await learn(app, other, window, () => heartbeat.check())
    if (failure && !waived.has(name)) return failure
  }
  return null
}

/**
 * A secret message of an acknowledging source stays on its list, and whom it concerns is known to whoever has read it:
 * a process stages nothing from another source before it has heard the whole list once (docs/decisions/0029), unless
 * a person waived that.
 */
export async function hearAcknowledging(
  app: App,
  reading: { readonly source: string; readonly resyncId: string | null },
  goOn: () => void,
): Promise<Failure | null> {
  const unheard = [...app.sources].filter(
    ([name, { connector }]) =>
      name !== reading.source && connector.can.acknowledges && !app.secrets.heard.has(name),
  )
  if (unheard.length === 0) return null
  const waived = await app.store.waivers.sourcesFor(reading, app.clock.now())
  for (const [name, other] of unheard) {
    if (waived.has(name) && (await isInTrouble(app, name))) continue
    const until = addDays(localDateOf(app.clock.now()), 1)
    const failure = await learn(app, other, { from: other.profile.importFrom, until }, goOn)
    if (failure && !waived.has(name)) return failure
    if (!failure) app.secrets.heard.add(name)
  }
  return null
}

/** One that is waived is still asked as long as it answers. */
async function isInTrouble(app: App, name: string): Promise<boolean> {
  const state = await app.store.sources.askable(name, app.clock.now())
  return state === null || state.failures > 0
}

/** Writes nothing. `goOn` throws where whoever asks has lost its lease. */
async function learn(
  app: App,
  other: Source,
  window: Window,
  goOn: () => void,
): Promise<Failure | null> {
  const { name } = other.profile
  if (!(await app.store.sources.askable(name, app.clock.now())))
    return { source: name, operation: 'list', word: 'unreachable' }
  const { latest } = await app.store.intake.known({ ...window, source: name }, app.clock.now())
  for await (const page of listing(app, other, window)) {
    if (!page.ok) return page.failure
    for (const item of page.value) {
      goOn()
      if (item.unreadable || latest.has(nameOf(item))) continue
      const admission = await admit(app, other, item)
      if (admission.decision === 'refused' && admission.document !== null && admission.secret[0])
        app.secrets.add(admission.document, name, admission.secret[0])
      if (admission.decision === 'undecided' && !saysNothing.has(admission.failure.word))
        return admission.failure
    }
  }
  return null
}

/** What asking once more would not change: it is gone, or can be read by nobody. */
const saysNothing: ReadonlySet<FailureWord> = new Set(['notFound', 'malformed', 'tooLarge'])
