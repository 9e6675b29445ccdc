import type { Answer, Failure, Listed, ListedMessage, Window } from '#connectors/connector.ts'
import { fail } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { addDays, localDateOf } from '../domain/local-date.ts'
import type { PassExtent } from '../store/passes.ts'
import { type Believing, readWindow } from './window.ts'

/** What a source lists of a window, to a proven end. An empty list is compared with what the store knows of its days. */
export async function* listing(
  app: App,
  source: Source,
  window: Window,
  ended: (extent: PassExtent) => void = () => {},
): AsyncGenerator<Answer<readonly Listed[]>> {
  let rows = 0
  for await (const page of readWindow(source.connector, window, believing(app, source, ended))) {
    yield page
    if (!page.ok) return
    rows += page.value.length
  }
  // Of a queue nothing is listed any more that was taken.
  if (rows > 0 || source.connector.can.acknowledges) return
  const failure = await whyNotEmpty(app, source, window)
  if (failure) yield fail(failure)
}

/**
 * Whether the emptiness of these days can be believed although the store shows documents of them. They may really have
 * gone: then the source still lists others when it is asked for more days, and none of these.
 */
async function whyNotEmpty(app: App, source: Source, window: Window): Promise<Failure | null> {
  const { name } = source.profile
  const known = await app.store.withholding.shownWithin(name, window.from, window.until)
  if (known.length === 0) return null
  const refs = new Set(known.map(({ transportRef }) => transportRef))
  const listEmpty = { word: 'listEmpty', source: name, operation: 'list' } as const
  const wider = widerThan(app, source, window)
  let rows = 0
  for await (const page of readWindow(source.connector, wider, believing(app, source))) {
    if (!page.ok) return page.failure
    rows += page.value.length
    if (page.value.some((item) => !item.unreadable && isAmong(item))) return listEmpty
  }
  return rows > 0 ? null : listEmpty

  function isAmong({ ref, header }: ListedMessage): boolean {
    const day = header?.issuedOn
    return refs.has(ref.transportRef) || (day != null && window.from <= day && day <= window.until)
  }
}

/** The days of the daily reading; for those themselves, as many again. What is older may be archived as a whole. */
function widerThan(app: App, { profile }: Source, { from, until }: Window): Window {
  const today = localDateOf(app.clock.now())
  const days = profile.poll.deepOverlapDays
  const daily = addDays(today, -days)
  return until < daily
    ? { from: daily, until: addDays(today, 1) }
    : { from: addDays(from, -days), until }
}

function believing(app: App, source: Source, ended: Believing['ended'] = () => {}): Believing {
  return { ended, surplus: () => app.store.passes.surplusOf(source.profile.name) }
}
