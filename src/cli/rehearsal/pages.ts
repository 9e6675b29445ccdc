/** Two pages of a list, as a reading asks for them, and whether they prove that pages are understood. */
import type { Answer, Connector, ListedMessage, Page, Window } from '#connectors/connector.ts'
import { connect, type Profile } from '#connectors/index.ts'
import { addDays, type LocalDate } from '../../domain/local-date.ts'
import type { Slips } from './slips.ts'

export interface Listing {
  readonly rows: readonly ListedMessage[]
  readonly notes: readonly string[]
}

/** Null where the source could not be listed at all; `slips` says why. */
export async function listed(
  connector: Connector,
  profile: Profile,
  env: Readonly<Record<string, string | undefined>>,
  today: LocalDate,
  slips: Slips,
): Promise<Listing | null> {
  const found = await firstPage(connector, profile, today, slips)
  if (found === null) return null
  const { window, first } = found
  const second = first.next === null ? null : await page(connector, window, first.next, slips)
  if (first.items.length > 0 && idsOf(first).length === 0)
    slips.add('map.id', 'không dòng nào có mã đọc được / no row has an id that can be read')
  const notes = [pagesLine(window, first, second)]
  if (second && connector.can.paging !== 'none') {
    const isRepeated = repeats(first, second)
    const proof = isRepeated && countsMore(first, second) ? 'repeats' : await halves()
    if (proof === 'repeats')
      slips.add(
        'list.params',
        'trang 2 lặp lại trang 1: nguồn không hiểu tham số trang / page 2 repeats page 1: the source does not know the page parameter',
      )
    else if (proof === 'unknown' && first.items.length > 0)
      notes.push(
        isRepeated
          ? 'CẢNH BÁO: trang 2 lặp lại trang 1 mà nguồn không chia trang nhỏ hơn: kiểm tra list.params / page 2 repeats page 1, and smaller pages are not given: check list.params'
          : 'chưa thử được trang: ít dòng quá / pages not proven: too few rows',
      )
  }
  if (second && second.items.length > 0 && !repeats(first, second) && first.total !== null)
    if (first.total <= idsOf(first).length)
      notes.push(
        'CẢNH BÁO: list.total đếm ít hơn số dòng có thật, không dùng để đối chiếu được / list.total counts fewer than there are, and proves nothing',
      )
  const rows = rowsOf(first, second)
  outside(profile, window, rows, slips)
  return { rows, notes }

  /** What stands on one page must go on over two when it is asked for in halves. */
  async function halves(): Promise<'proven' | 'repeats' | 'unknown'> {
    const count = idsOf(first).length
    if (second && second.items.length > 0 && !repeats(first, second)) return 'proven'
    if (count < 2) return 'unknown'
    const pageSize = Math.ceil(count / 2)
    const smaller = connect({ ...profile, poll: { ...profile.poll, pageSize } }, env)
    try {
      const one = await smaller.list(window, null)
      if (!one.ok || one.value.next === null || one.value.items.length > pageSize) return 'unknown'
      const two = await smaller.list(window, one.value.next)
      if (!two.ok) return 'unknown'
      return repeats(one.value, two.value) ? 'repeats' : 'proven'
    } finally {
      await smaller.close()
    }
  }
}

/** Of the days that are read again daily, else of all days since the import. */
async function firstPage(
  connector: Connector,
  { poll, importFrom }: Profile,
  today: LocalDate,
  slips: Slips,
): Promise<{ window: Window; first: Page } | null> {
  const until = addDays(today, 1)
  const daily = addDays(today, -poll.deepOverlapDays)
  const windows = [daily, importFrom].filter((from) => from >= importFrom)
  for (const from of windows) {
    const window = { from, until }
    const first = await page(connector, window, null, slips)
    if (first === null) return null
    if (first.items.length > 0 || connector.can.acknowledges) return { window, first }
  }
  slips.add(
    'list',
    `nguồn không liệt kê văn bản nào từ ${importFrom}, nên chưa thử được gì; xem importFrom, list.params, list.dateFormat / the source lists nothing since importFrom, so that nothing could be tried`,
  )
  return null
}

async function page(
  connector: Connector,
  window: Window,
  at: string | null,
  slips: Slips,
): Promise<Page | null> {
  const answer: Answer<Page> = await connector.list(window, at)
  if (answer.ok) return answer.value
  // That there is no such page is an answer too.
  if (at === null || answer.failure.word !== 'notFound') slips.failed(answer.failure)
  return null
}

function pagesLine({ from, until }: Window, first: Page, second: Page | null): string {
  const total = first.total === null ? '' : `; nguồn đếm / the source counts ${first.total}`
  return `danh sách / list ${from} – ${until}: trang 1 / page 1 ${first.items.length} dòng / rows, trang 2 / page 2 ${second?.items.length ?? 0}${total}`
}

/** Rows beyond the days that were asked for: whoever lists them does not know the parameters of the days. */
function outside(
  profile: Profile,
  { from, until }: Window,
  rows: readonly ListedMessage[],
  slips: Slips,
): void {
  if (profile.kind !== 'rest') return
  const days = rows.flatMap(({ header }) => header?.issuedOn ?? [])
  const beyond = days.filter((day) => day < addDays(from, -1) || day > addDays(until, 1))
  if (beyond.length > 0)
    slips.add(
      'list.params',
      `${beyond.length} dòng nằm ngoài những ngày đã hỏi: nguồn không hiểu tham số ngày hoặc list.dateFormat / rows beyond the days that were asked for: it does not know these parameters, or the format of their days`,
    )
}

function rowsOf(first: Page, second: Page | null): ListedMessage[] {
  const rows = new Map<string, ListedMessage>()
  for (const item of [...first.items, ...(second?.items ?? [])])
    if (!item.unreadable) rows.set(item.ref.transportRef, item)
  return [...rows.values()]
}

function countsMore(first: Page, second: Page): boolean {
  return second.total !== null && second.total > new Set(idsOf(first)).size
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
