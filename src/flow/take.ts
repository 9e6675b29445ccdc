import { type Failure, isUnasked, type ListedMessage } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import type { Findings } from '../domain/findings.ts'
import type { Known } from '../store/intake.ts'
import { admitRead } from './admit.ts'
import type { Reading } from './reading.ts'

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
  isSecond = false,
): Promise<Failure | null> {
  const { source, tally, heartbeat } = reading
  const { item, findings } = one
  const isReadBefore = known.ever.has(nameOf(item))
  const version = isReadBefore
    ? `${item.version} again ${app.clock.now().toISOString()}`
    : item.version
  const admission = await admitRead(app, source, item, version, findings)
  heartbeat.check()
  const followed = await reading.follow({ admission, version, isReadBefore })
  // Once: whatever was purged since is over by then.
  if (followed === 'askAgain' && !isSecond) return take(app, reading, one, known, true)
  if (typeof followed === 'object' && isGone(followed)) return followed
  tally.became(followed)
  return null
}

function isGone({ word }: Failure): boolean {
  return isUnasked(word) || word === 'unauthorized'
}

/** By what the intake knows a version of a message. */
export function nameOf({ ref, version }: ListedMessage): string {
  return `${ref.transportRef} ${version}`
}
