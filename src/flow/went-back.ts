import type { App } from '../app.ts'
import type { WentBack } from '../store/life.ts'
import { eachAlone } from './each-alone.ts'

/**
 * Looks whether the store has lost commits since it was last seen, as a standby that lagged behind or a backup has, and
 * does what follows. What was purged in what is lost is out of every view again at once, whatever the rest shows.
 * `isRestored`: whoever put back a backup says so.
 */
export async function watchStore(
  { store, log }: Watched,
  at: Date,
  isRestored = false,
): Promise<void> {
  const found = await store.life.look(isRestored)
  if (found) await follow({ store, log }, found, at)
  const purged = await store.wentBack.stillHas(await store.keys.destroyed())
  await eachAlone(purged.map((id) => () => store.withholding.withhold(id, 'purgeLost', at)))
}

type Watched = Pick<App, 'store' | 'log'>

/** The seal is anchored anew before the store goes on: what is sealed until then would hide what was lost. */
async function follow({ store, log }: Watched, found: WentBack, at: Date): Promise<void> {
  const lost = {
    history: await store.sealing.noteGap(),
    directives: await store.wentBack.missing(await store.keys.all()),
  }
  const settled = await store.wentBack.settle(found, lost, at)
  if (settled === null) return
  await store.life.raise()
  const outcome = found.keysToo ? 'withheld' : 'askedAgain'
  log.storeWentBack({ outcome, count: settled.withheld + settled.rechecked })
}
