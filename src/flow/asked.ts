import type { Answer, Listed } from '#connectors/connector.ts'
import { succeed } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import type { Known } from '../store/intake.ts'
import { listing } from './listing.ts'
import type { Reading } from './pass.ts'

/** What a reading asks its source for, and what the store has of that already. */
export async function asked(
  app: App,
  { pass, source, tally }: Reading,
): Promise<{ pages: AsyncIterable<Answer<readonly Listed[]>>; known: Known }> {
  const resync = pass.resyncId === null ? null : await app.store.resyncs.scope(pass.resyncId)
  if (resync?.refs) {
    tally.asksForSingleOnes = true
    return { pages: singly(resync.refs, app.clock.now()), known: nothing }
  }
  const known = await app.store.intake.known(pass)
  const pages = listing(app, source, { from: pass.from, until: pass.until }, (extent) => {
    tally.extent = extent
  })
  return { pages, known: resync?.thorough ? { ...known, latest: new Map() } : known }
}

async function* singly(
  refs: readonly string[],
  now: Date,
): AsyncGenerator<Answer<readonly Listed[]>> {
  const version = `asked again ${now.toISOString()}`
  yield succeed(
    refs.map((transportRef) => ({
      unreadable: false as const,
      ref: { transportRef, sourceRef: null },
      version,
      header: null,
    })),
  )
}

const nothing: Known = { latest: new Map(), ever: new Set() }
