import type { Answer, Connector, FailureWord, Listed, Window } from '#connectors/connector.ts'
import { fail, succeed } from '#connectors/connector.ts'
import type { PassExtent } from '../store/passes.ts'
import { WindowReading } from './window-reading.ts'

/** How often a window is read again when its pages keep shifting under the reader. */
const mostReadings = 5
/** Of all readings of a window. The longest window that is asked for fills far fewer pages. */
const mostRequests = 1_000
const mostRows = 50_000

export interface Believing {
  /** By how many rows the totals of this source were too high when last compared with what it listed. */
  surplus(): Promise<number>
  /** The list ended. Counted above listed: its days are not proven. */
  ended(extent: PassExtent): void
}

/**
 * Everything a window holds, a page at a time, each message version once. A list has ended when a further page brings
 * nothing new: neither a short page nor a total ends it. What came is then compared with what the source counts.
 *
 * Offset pages shift when a row arrives or goes between two of them, so a window of several pages is read until a
 * reading has met everything that the one before it had met: then nothing has gone meanwhile, and what only arrives
 * pushes rows to later pages and hides none. Where two readings alike fell short of the count, the count is wrong or
 * something is hidden: the rows are handed out, the extent says so, and a person is asked.
 */
export async function* readWindow(
  connector: Connector,
  window: Window,
  believing: Believing,
): AsyncGenerator<Answer<readonly Listed[]>> {
  const { paging, totalCountsHidden = 0 } = connector.can
  const failed = (word: FailureWord) =>
    fail({ word, source: connector.source, operation: 'list' } as const)
  const delivered = new Delivered()
  let last: WindowReading | null = null
  let requests = 0
  for (let n = 0; n < mostReadings; n++) {
    const reading = new WindowReading(totalCountsHidden)
    for (let page: string | null = null; ; ) {
      if (++requests > mostRequests || reading.listed > mostRows) return yield failed('listEndless')
      const answer = await connector.list(window, page)
      if (!answer.ok) {
        // The application itself says that there is no such page; its count must agree.
        if (answer.failure.word === 'notFound' && page !== null && reading.reachesCount) break
        return yield answer
      }
      const isNew = reading.take(answer.value)
      yield succeed(delivered.freshOf(answer.value.items, isNew))
      page = answer.value.next
      if (page === null || (paging !== 'none' && !isNew && !answer.value.goesOn)) break
    }
    delivered.endReading()
    if (reading.isShort) {
      if (paging === 'none') return yield failed('listCapped')
      if (last?.isLike(reading)) {
        const word = await whyShort(reading, believing)
        return word === null ? believing.ended(reading.extent) : yield failed(word)
      }
    } else if (paging !== 'offset' || reading.isOneCountedPage || last?.isWithin(reading)) {
      return believing.ended(reading.extent)
    }
    last = reading
  }
  yield failed('malformed')
}

/** Null where nothing speaks against a total that counts a few rows more than are shown. */
async function whyShort(reading: WindowReading, believing: Believing): Promise<FailureWord | null> {
  if (reading.repeatsPages) return 'pagesRepeat'
  // A row that stands twice stands in the place of another.
  if (reading.repeatsRows) return 'malformed'
  const { counted, listed } = reading.extent
  if (listed === 0 && (counted ?? 0) > (await believing.surplus())) return 'malformed'
  return null
}

/** What was handed out already, in whichever reading. */
class Delivered {
  readonly #versions = new Set<string>()
  #unreadable = 0
  #unreadableBefore = 0

  /** Rows without an identity count as many times as one reading shows them. */
  freshOf(items: readonly Listed[], isNew: boolean): Listed[] {
    return items.filter((item) => {
      if (item.unreadable) return isNew && ++this.#unreadable > this.#unreadableBefore
      const version = `${item.ref.transportRef} ${item.version}`
      return !this.#versions.has(version) && this.#versions.add(version)
    })
  }

  endReading(): void {
    this.#unreadableBefore = Math.max(this.#unreadableBefore, this.#unreadable)
    this.#unreadable = 0
  }
}
