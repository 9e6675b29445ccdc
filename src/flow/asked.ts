import type { Answer, Listed } from '#connectors/connector.ts'
import { succeed } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import type { Known } from '../store/intake.ts'
import type { Scope } from '../store/resyncs.ts'
import { listing } from './listing.ts'
import type { Reading } from './reading.ts'

interface Asked {
  readonly pages: AsyncIterable<Answer<readonly Listed[]>>
  readonly known: Known
}

/** What a reading asks its source for, and what the store has of that already. */
export async function asked(app: App, reading: Reading): Promise<Asked> {
  const { resyncId } = reading.pass
  return pagesOf(app, reading, resyncId === null ? null : await app.store.resyncs.scope(resyncId))
}

/** The same, where it is known what a person asked for. */
export async function pagesOf(
  app: App,
  { pass, source, tally }: Reading,
  resync: Pick<Scope, 'refs' | 'thorough'> | null,
): Promise<Asked> {
  if (resync?.refs) {
    tally.asksForSingleOnes = true
    return { pages: singly(resync.refs, app.clock.now()), known: nothing }
  }
  const known = await app.store.intake.known(pass, app.clock.now())
  const pages = listing(app, source, { from: pass.from, until: pass.until }, (extent) => {
    tally.extent = extent
  })
  return {
    pages,
    known: resync?.thorough ? { ...known, latest: new Map(), contradicted: new Map() } : known,
  }
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

const nothing: Known = { latest: new Map(), ever: new Set(), contradicted: new Map() }
