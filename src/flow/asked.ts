import type { Answer, Listed, Window } from '#connectors/connector.ts'
import { succeed } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import type { Known } from '../store/intake.ts'
import type { Scope } from '../store/resyncs.ts'
import { listing } from './listing.ts'
import type { Reading } from './reading.ts'
import { nameOf } from './take.ts'
import { readWindow } from './window.ts'

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
  const window = { from: pass.from, until: pass.until }
  const issued = listing(app, source, window, (extent) => {
    tally.extent = extent
  })
  const asksForChanges = pass.kind === 'head' && source.connector.can.listsChanges === true
  const pages = asksForChanges ? withChanges(issued, source, window) : issued
  // What was changed may have been issued on any day.
  const from = asksForChanges ? source.profile.importFrom : pass.from
  const known = await app.store.intake.known({ ...pass, from }, app.clock.now())
  return {
    pages,
    known: resync?.thorough ? { ...known, latest: new Map(), contradicted: new Map() } : known,
  }
}

/** Behind what was issued in these days what was changed in them, whatever its day of issue. */
async function* withChanges(
  issued: AsyncIterable<Answer<readonly Listed[]>>,
  { connector }: Source,
  window: Window,
): AsyncGenerator<Answer<readonly Listed[]>> {
  const seen = new Set<string>()
  for await (const page of issued) {
    if (page.ok) for (const item of page.value) if (!item.unreadable) seen.add(nameOf(item))
    yield page
    if (!page.ok) return
  }
  // Only of days of issue can anything be proven.
  const believing = { surplus: async () => 0, ended() {} }
  for await (const page of readWindow(connector, { ...window, by: 'change' }, believing))
    yield page.ok
      ? succeed(page.value.filter((item) => item.unreadable || !seen.has(nameOf(item))))
      : page
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
