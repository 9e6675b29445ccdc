import type { Listed } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { addDays } from '../domain/local-date.ts'
import type { Pass } from '../store/passes.ts'
import type { Refused } from './refused-memory.ts'

/**
 * Remembered in this process only, so that the next reading need not ask again. A queue-like source may be told
 * that the message was not taken, if its profile names who allowed that; never that it was.
 */
export async function refuse(
  { profile, connector, refused }: Source,
  { ref, version }: Extract<Listed, { unreadable: false }>,
  as: Refused,
): Promise<void> {
  refused.add(ref.transportRef, version, as)
  if (profile.refused !== 'leave' && connector.can.acknowledges)
    await connector.send({ kind: 'acknowledge', ref, as: 'fail' })
}

/** What says secret is compared here with what the store has: its reference goes nowhere. */
export async function withhold(
  app: App,
  { profile, connector }: Source,
  pass: Pick<Pass, 'kind' | 'from'> | null,
  sourceRefs: readonly string[],
): Promise<void> {
  if (sourceRefs.length === 0) return
  // A row keeps about its day of issue, and once a day all are compared; what a message is about may be of any age.
  const recent = pass !== null && pass.kind !== 'deep' && connector.can.revises === 'inPlace'
  const since = recent ? addDays(pass.from, -daysAround) : null
  const { withholding } = app.store
  const shown = await withholding.shown(profile.name, since)
  const doubted = await withholding.doubted(profile.name)
  for (const sourceRef of sourceRefs) {
    const directiveId = shown.get(sourceRef) ?? doubted.get(sourceRef)
    if (directiveId) await withholding.withhold(directiveId, 'secret', app.clock.now())
  }
  const secret = new Set(sourceRefs)
  for (const { id, sourceRef } of await app.store.failures.discarded(profile.name))
    if (secret.has(sourceRef)) await app.store.failures.forget(id, app.clock.now())
}

const daysAround = 60
