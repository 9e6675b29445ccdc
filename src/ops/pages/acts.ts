import type { App } from '../../app.ts'
import { purgeByHand } from '../../flow/purge.ts'
import type { Attention, AttentionKind } from '../../store/attention.ts'
import type { FuseKind } from '../../store/fuses.ts'

export interface By {
  readonly actor: string
  readonly reason: string
}

export type Act =
  | 'retry'
  | 'discard'
  | 'delivered'
  | 'settled'
  | 'again'
  | 'release'
  | 'purge'
  | 'proceed'
  | 'keep'

/** What a person can do about each kind of what waits; of the others the cause lies elsewhere. */
export const actsOf: Readonly<Partial<Record<AttentionKind, readonly Act[]>>> = {
  stagingFailed: ['retry', 'discard'],
  conflict: ['retry', 'discard'],
  messageDeferred: ['discard'],
  sendRejected: ['delivered', 'settled', 'again'],
  sendUnconfirmed: ['delivered', 'settled', 'again'],
  notAdmitted: ['settled'],
  withheld: ['release', 'purge'],
  fuse: ['proceed', 'keep'],
}

/** Nothing brings back what these do: the count has to be typed. */
export const dangerous: readonly Act[] = ['purge', 'proceed']

export function actNamed(name: string | undefined): Act | null {
  return known.find((act) => act === name) ?? null
}

const known: readonly Act[] = [
  'retry',
  'discard',
  'delivered',
  'settled',
  'again',
  'release',
  'purge',
  'proceed',
  'keep',
]

type Item = Pick<Attention, 'id' | 'source' | 'kind' | 'detail'>

/** How many directives a fuse asks of; none for whatever else waits. */
export function countedBy({ kind, detail }: Pick<Attention, 'kind' | 'detail'>): number {
  return kind === 'fuse' ? Number((detail as { counted: number }).counted) : 0
}

/** True when it was done; false when the item is not any more what it was. The same steps as the commands take. */
export async function perform(app: App, act: Act, item: Item, by: By): Promise<boolean> {
  const { id, source } = item
  const { store, clock } = app
  const at = clock.now()
  switch (act) {
    case 'retry':
      return (await store.failures.retry([id], by, at)) > 0
    case 'discard':
      return store.failures.discard(id, by, at)
    case 'delivered':
    case 'settled':
      if (item.kind === 'notAdmitted') return store.writings.settle(id, by, at)
      return store.outbox.settleByHand(id, act, by.actor, by.reason, at)
    case 'again':
      return store.outbox.settleByHand(id, 'pending', by.actor, by.reason, at)
    case 'release':
      return store.withholding.release(id, at, by)
    case 'purge':
      return (await purgeByHand(app, id, { actor: by.actor, authority: by.reason })) !== null
    case 'proceed':
    case 'keep': {
      const said = { answer: act, seen: countedBy(item), ...by }
      return (await store.fuses.answer(source, id as FuseKind, said, at)) === 'answered'
    }
  }
}
