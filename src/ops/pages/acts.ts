import type { App } from '../../app.ts'
import { demands } from '../../domain/act.ts'
import { purgeByHand } from '../../flow/purge.ts'
import type { Attention } from '../../store/attention.ts'
import type { AttentionKind } from '../../store/attention-kinds.ts'
import type { FuseKind } from '../../store/fuses.ts'

/** What was said is what the act demands; of the rest there is nothing. */
export interface By {
  readonly actor: string
  readonly reason?: string
  readonly authority?: string
}

/** What a person can do about each kind of what waits; of the others the cause lies elsewhere. */
export const actsOf = {
  nameGiven: ['two'],
  doubtedDate: ['acceptDate', 'keepClock'],
  stagingFailed: ['retry', 'discard'],
  conflict: ['retry', 'discard'],
  messageDeferred: ['discard'],
  sendRejected: ['delivered', 'settled', 'again'],
  sendUnconfirmed: ['delivered', 'settled', 'again'],
  fileMissing: ['retry'],
  fileUnusable: ['known'],
  notAdmitted: ['settled'],
  withheld: ['release', 'purge'],
  mayBeSame: ['same', 'two'],
  fuse: ['proceed', 'keep'],
} as const satisfies Partial<Record<AttentionKind, readonly (keyof typeof demands)[]>>

export type Act = (typeof actsOf)[keyof typeof actsOf][number]

export function actsFor(kind: AttentionKind): readonly Act[] {
  return (actsOf as Readonly<Partial<Record<AttentionKind, readonly Act[]>>>)[kind] ?? []
}

/** Nothing brings back what these do: what it concerns has to be typed. */
export function isDangerous(act: Act): boolean {
  return demands[act].confirmed === 'name' || demands[act].confirmed === 'count'
}

/** What has to be named is done one by one. */
export function mayBeDoneToMany(act: Act): boolean {
  return demands[act].confirmed !== 'name'
}

export function actNamed(name: string | undefined): Act | null {
  return (
    Object.values(actsOf)
      .flat()
      .find((act) => act === name) ?? null
  )
}

type Item = Pick<Attention, 'id' | 'source' | 'kind' | 'detail'>

/** How many directives a fuse asks of; none for whatever else waits. */
export function countedBy({ kind, detail }: Pick<Attention, 'kind' | 'detail'>): number {
  return kind === 'fuse' ? Number((detail as { counted: number }).counted) : 0
}

/** True when it was done; false when the item is not any more what it was. The same steps as the commands take. */
export async function perform(app: App, act: Act, item: Item, by: By): Promise<boolean> {
  const { id, source } = item
  const { store, clock } = app
  const { actor, reason = '', authority = '' } = by
  const at = clock.now()
  switch (act) {
    case 'retry':
      if (item.kind === 'fileMissing')
        return (await store.directiveFiles.retry([id], { actor, reason }, at)) > 0
      return (await store.failures.retry([id], { actor, reason }, at)) > 0
    case 'discard':
      return store.failures.discard(id, { actor, reason }, at)
    case 'delivered':
    case 'settled':
      if (item.kind === 'notAdmitted') return store.writings.settle(id, { actor, reason }, at)
      return store.outbox.settleByHand(id, act, actor, reason, at)
    case 'known':
      return store.directiveFiles.know(id, { actor, reason }, at)
    case 'again':
      return store.outbox.settleByHand(id, 'pending', actor, reason, at)
    case 'same':
    case 'two':
      if (item.kind === 'nameGiven') return store.setAside.know(id, { actor, reason }, at)
      return store.mayBeSame.answer(id, act, { actor, reason }, at)
    case 'acceptDate':
    case 'keepClock': {
      const as = act === 'acceptDate' ? 'accepted' : 'kept'
      return store.doubtedClocks.settle(id, as, app.calendar, { actor, reason }, at)
    }
    case 'release':
      return store.withholding.release(id, at, { actor, reason })
    case 'purge':
      return (await purgeByHand(app, id, { actor, authority })) !== null
    case 'proceed':
    case 'keep': {
      const said = { answer: act, seen: countedBy(item), actor, reason }
      return (await store.fuses.answer(source, id as FuseKind, said, at)) === 'answered'
    }
  }
}
