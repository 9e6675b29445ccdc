import type { App } from '../app.ts'
import type { Authorised } from '../store/purging.ts'
import { eachAlone } from './each-alone.ts'

const atOnce = 50

/** The rule by which the bridge purges of its own accord. */
const law = {
  actor: 'bridge',
  authority:
    'QĐ 23/2016/QĐ-UBND Điều 6.4: nguồn ghi độ mật / its source states a degree of secrecy',
}

/**
 * PURGE: what its source says for certain is secret goes for good; it was withheld the moment that was read. Each stands
 * alone: one that somebody sits on keeps no other. Of unusually many the deletion alone waits for a person.
 */
export async function purgeSecrets(app: App): Promise<void> {
  const due = await app.store.purging.due(atOnce)
  await eachAlone([
    ...due.map(
      ({ source, ids }) =>
        () =>
          purgeOf(app, source, ids),
    ),
    () => destroyRemains(app),
  ])
}

async function purgeOf(app: App, source: string, ids: readonly string[]): Promise<void> {
  const { store, clock, log } = app
  const { count, outOf } = await store.purging.share(source)
  if (await store.fuses.holds({ source, kind: 'purge', count, outOf }, clock.now()))
    await eachAlone(ids.map((id) => () => purge(app, id, { ...law, source })))
  else log.fuseTripped({ source, kind: 'purge', count })
}

/** What a purge touches: less than a whole service, so that a person may purge while none runs. */
export type Purging = Pick<App, 'store' | 'files' | 'clock' | 'log'>

/**
 * A person says that a directive must go: out of every view first, then for good. Killed in between it stays
 * withheld, and doing it again ends it. Null where there is no such directive.
 */
export async function purgeByHand(
  app: Purging,
  directiveId: string,
  by: Authorised,
): Promise<string | null> {
  const { actor, authority: reason } = by
  await app.store.withholding.withhold(directiveId, 'byHand', app.clock.now(), { actor, reason })
  return purge(app, directiveId, by)
}

/** Null where there is nothing to purge: no such directive, or one that is still shown. */
async function purge(app: Purging, directiveId: string, by: Authorised): Promise<string | null> {
  const purged = await app.store.purging.purge(directiveId, by, app.clock.now())
  if (purged === null) return null
  app.log.purged({ count: 1 })
  await destroyRemains(app)
  return purged
}

/** Keys first: without them the files are noise. Repeated until it is done, whoever died in between. */
async function destroyRemains({ store, files, clock }: Omit<Purging, 'log'>): Promise<void> {
  for (const { id, keys, files: names } of await store.purging.unfinished()) {
    await store.keys.destroy(keys)
    for (const name of names) await files.remove(name)
    await store.life.raise()
    await store.purging.finish(id, clock.now())
  }
}
