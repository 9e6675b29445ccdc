import type { Failure, FailureWord, Listed } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { addDays } from '../domain/local-date.ts'
import type { Admission } from './admission.ts'
import { listing } from './listing.ts'
import type { Reading } from './pass.ts'

type Admit = (source: Source, item: Extract<Listed, { unreadable: false }>) => Promise<Admission>

/**
 * Learns what other sources call secret in these days, before a reading may bring back what was purged because of
 * that: nothing of it was kept, and this process may have begun after it was heard. Writes nothing. Null once every
 * other source was asked; else who could not be, and why.
 */
export async function askOtherSources(
  app: App,
  { pass, heartbeat }: Reading,
  admit: Admit,
): Promise<Failure | null> {
  // A copy may bear the date of the day before or after.
  const window = { from: addDays(pass.from, -1), until: addDays(pass.until, 1) }
  for (const [name, other] of app.sources) {
    if (name === pass.source) continue
    const unasked = { source: name, operation: 'list', word: 'unreachable' } as const
    if (!(await app.store.sources.askable(name, app.clock.now()))) return unasked
    const { latest } = await app.store.intake.known({ ...window, source: name })
    for await (const page of listing(app, other, window)) {
      if (!page.ok) return page.failure
      for (const item of page.value) {
        heartbeat.check()
        if (item.unreadable || latest.has(`${item.ref.transportRef} ${item.version}`)) continue
        const admission = await admit(other, item)
        if (admission.decision === 'refused' && admission.document !== null && admission.secret[0])
          app.secrets.add(admission.document, name, admission.secret[0])
        if (admission.decision === 'undecided' && !saysNothing.has(admission.failure.word))
          return admission.failure
      }
    }
  }
  return null
}

/** What asking once more would not change: it is gone, or can be read by nobody. */
const saysNothing: ReadonlySet<FailureWord> = new Set(['notFound', 'malformed', 'tooLarge'])
