import type { Answer, Connector, Listed, Window } from '#connectors/connector.ts'
import { fail, succeed } from '#connectors/connector.ts'

/** How often a window is read again when its pages keep shifting under the reader. */
const mostReadings = 5
const mostPages = 10_000

/**
 * Everything a window holds, a page at a time, each message version once. Offset pages shift when a row
 * arrives or goes between two of them, so a window of several pages is read until a reading has met everything
 * that the one before it had met: then nothing has gone meanwhile, and what only arrives pushes rows to later pages
 * and hides none. Of a source that is reconciled by its count a reading must have met as many as it counts: a row
 * that stands twice stands in the place of another.
 */
export async function* readWindow(
  connector: Connector,
  window: Window,
): AsyncGenerator<Answer<readonly Listed[]>> {
  const delivered = new Set<string>()
  let unreadableBefore = 0
  let lastReading: ReadonlySet<string> | null = null
  for (let reading = 1; reading <= mostReadings; reading++) {
    const met = new Set<string>()
    let unreadable = 0
    let pages = 0
    let counted = 0
    for (let page: string | null = null; ; pages++) {
      if (pages >= mostPages)
        return yield fail({ word: 'malformed', source: connector.source, operation: 'list' })
      const answer = await connector.list(window, page)
      if (!answer.ok) return yield answer
      const fresh = answer.value.items.filter((item) => {
        if (item.unreadable) return ++unreadable > unreadableBefore
        const name = nameOf(item)
        met.add(name)
        return !delivered.has(name) && delivered.add(name)
      })
      yield succeed(fresh)
      counted = connector.can.reconcile === 'count' ? (answer.value.total ?? 0) : 0
      page = answer.value.next
      if (page === null) break
    }
    unreadableBefore = Math.max(unreadableBefore, unreadable)
    const cannotShift = connector.can.paging === 'stable' || pages === 0
    const isWhole = met.size + unreadable >= counted
    if (isWhole && (cannotShift || lastReading?.isSubsetOf(met))) return
    lastReading = met
  }
  yield fail({ word: 'malformed', source: connector.source, operation: 'list' })
}

function nameOf(item: Extract<Listed, { unreadable: false }>): string {
  return `${item.ref.transportRef} ${item.version}`
}
