import type { Failure, ListedMessage } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import type { Findings } from '../domain/findings.ts'
import type { Known } from '../store/intake.ts'
import type { Refusal } from './admission.ts'
import { admitRead } from './admit.ts'
import { recallIfFew } from './doubt.ts'
import type { Reading } from './pass.ts'
import { stage } from './stage.ts'

/** Listed, passed by what the list says of it, and not read yet. */
export interface Unread {
  readonly item: ListedMessage
  /** What the gate has looked at in its row, and need not look at again in the whole message. */
  readonly findings: Findings
}

/** Reads one message, asks the gate, and does what follows. Returned is what says that the source is gone. */
export async function take(
  app: App,
  reading: Reading,
  one: Unread,
  known: Known,
): Promise<Failure | null> {
  const { pass, source, tally, heartbeat } = reading
  const { item, findings } = one
  const isReadBefore = known.ever.has(nameOf(item))
  const version = isReadBefore
    ? `${item.version} again ${app.clock.now().toISOString()}`
    : item.version
  const admission = await admitRead(app, source, item, version, findings)
  heartbeat.check()
  switch (admission.decision) {
    case 'admitted': {
      const { admitted, held } = admission
      // What a thorough resync reads again and finds as it was leaves no trace.
      const isReadAgain = pass.kind === 'resync' && isReadBefore
      if (isReadAgain && (await app.store.rechecks.isShownUnchanged(pass.source, admitted))) {
        tally.allowed(true)
        return null
      }
      const outcome = await stage(app, source, { pass }, admitted, held)
      if (outcome === 'askAgain') return take(app, reading, one, known)
      if (outcome === 'notEligible') tally.notEligible()
      else tally.allowed(outcome === 'taken')
      return null
    }
    case 'deferred':
      tally.allowed(
        (await app.store.intake.defer(pass, admission.deferred, app.clock.now())) === 'taken',
      )
      return null
    case 'ordered': {
      const { order } = admission
      const outcome = await app.store.intake.order(pass, order, app.clock.now())
      tally.allowed(outcome === 'taken')
      return null
    }
    case 'recalled': {
      const recalled = { ...admission.ref, version }
      const outcome = await recallIfFew(app, source, tally, () =>
        app.store.intake.recall(pass, recalled, admission.askedAt, app.clock.now()),
      )
      if (outcome === 'fuse') tally.undecided('fuse')
      else if (outcome === 'unknown') tally.notEligible()
      else tally.allowed(outcome === 'taken')
      return null
    }
    case 'refused':
      countRefused(app, reading, admission)
      return null
    case 'undecided':
      if (admission.failure.word === 'unreachable' || admission.failure.word === 'unauthorized')
        return admission.failure
      tally.undecided(admission.failure.word)
      return null
  }
}

/** What was called secret is withheld a page at a time; other sources' copies of it are not eligible from here on. */
export function countRefused(app: App, { pass, tally }: Reading, refused: Refusal): void {
  const { document, secret, doubtful, unmapped } = refused
  tally.notEligible(unmapped)
  tally.secret(refused)
  if (document !== null && secret[0] !== undefined) {
    app.secrets.add(document, pass.source, secret[0])
    tally.secretDocument(document)
  }
  tally.doubt(doubtful)
}

/** By what the intake knows a version of a message. */
export function nameOf({ ref, version }: ListedMessage): string {
  return `${ref.transportRef} ${version}`
}
