import type { Answer, Connector, Page } from '#connectors/connector.ts'
import type { Profile } from '#connectors/index.ts'
import { addDays, type LocalDate } from '../domain/local-date.ts'

/**
 * Asks two pages of the days that are read again daily. Throws where the second repeats the first and the source
 * counts more: it does not know the page parameter, and whatever is beyond the first page would never come.
 */
export async function pagesOf(
  connector: Connector,
  { poll, importFrom }: Profile,
  today: LocalDate,
  understood: <T>(answer: Answer<T>) => T,
): Promise<string> {
  if (connector.can.paging === 'none') return ''
  const daily = addDays(today, -poll.deepOverlapDays)
  const window = { from: daily > importFrom ? daily : importFrom, until: addDays(today, 1) }
  const first = understood(await connector.list(window, null))
  if (first.next === null)
    return '; chưa thử được trang 2: danh sách gần đây rỗng / page 2 not tried: nothing is listed lately'
  const answer = await connector.list(window, first.next)
  // That there is no such page is an answer too.
  if (!answer.ok && answer.failure.word === 'notFound') return ''
  const second = understood(answer)
  if (!repeats(first, second)) return ''
  const rows = new Set(idsOf(first)).size
  if (second.total !== null && second.total > rows)
    throw new Error(
      `Trang 2 của danh sách lặp lại trang 1: nguồn không hiểu tham số trang. Page 2 repeats page 1 while the source counts ${second.total} rows: it does not know the page parameter. Check list.params.`,
    )
  return first.total === null
    ? '; CẢNH BÁO: trang 2 lặp lại trang 1 và nguồn không cho biết tổng số: kiểm tra list.params / page 2 repeats page 1 and the source counts nothing: check list.params'
    : '; trang 2 lặp lại trang 1 / page 2 repeats page 1'
}

function repeats(first: Page, second: Page): boolean {
  const known = new Set(idsOf(first))
  const again = idsOf(second)
  if (second.digest !== null && second.digest === first.digest) return true
  return again.length > 0 && again.every((id) => known.has(id))
}

function idsOf({ items }: Page): string[] {
  return items.flatMap((item) => (item.unreadable ? [] : [item.ref.transportRef]))
}
