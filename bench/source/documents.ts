/** What the bench's source holds: invented directives that the gate admits, as many as are asked for. */
import { makeRegister } from '#connectors/simulator/register.ts'
import type { LocalDate } from '#src/domain/local-date.ts'

export interface Batch {
  readonly date: LocalDate
  readonly count: number
  readonly flash?: boolean
}

interface Held {
  readonly id: number
  readonly date: LocalDate
  readonly flash: boolean
}

export interface Documents {
  /** Ids of the new documents. */
  issue(batch: Batch): number[]
  /** Newest first, as JSON of the rows, and how many there are. */
  page(
    from: LocalDate,
    until: LocalDate,
    page: number,
    pageSize: number,
  ): { rows: string; total: number }
  detail(id: number): string | null
}

const firstId = 51_001
const symbols = makeTemplates()

export function makeDocuments(batches: readonly Batch[], fileBytes: number): Documents {
  const byId = new Map<number, Held>()
  const byDate = new Map<LocalDate, Held[]>()

  const issue = ({ date, count, flash = false }: Batch): number[] => {
    const onDate = byDate.get(date) ?? []
    byDate.set(date, onDate)
    return Array.from({ length: count }, () => {
      const held = { id: firstId + byId.size, date, flash }
      byId.set(held.id, held)
      onDate.push(held)
      return held.id
    })
  }
  for (const batch of batches) issue(batch)

  return {
    issue,
    page(from, until, page, pageSize) {
      const dates = [...byDate.keys()].filter((date) => date >= from && date <= until)
      const inside = dates.sort((a, b) => (a < b ? 1 : -1)).map((date) => byDate.get(date)!)
      const total = inside.reduce((sum, onDate) => sum + onDate.length, 0)
      const rows: string[] = []
      let skip = (page - 1) * pageSize
      for (const onDate of inside) {
        for (let at = onDate.length - 1 - skip; at >= 0 && rows.length < pageSize; at--)
          rows.push(JSON.stringify(rowOf(onDate[at]!)))
        skip = Math.max(0, skip - onDate.length)
      }
      return { rows: `[${rows.join(',')}]`, total }
    },
    detail(id) {
      const held = byId.get(id)
      if (!held) return null
      const file = {
        id: id * 10,
        file_name: 'toan-van.pdf',
        mime_type: 'application/pdf',
        file_size: fileBytes,
      }
      const { content } = templateOf(id)
      const attachments = fileBytes > 0 ? [file] : []
      return JSON.stringify({ ...rowOf(held), content, attachments })
    },
  }
}

function rowOf({ id, date, flash }: Held) {
  const { row, symbol } = templateOf(id)
  return {
    ...row,
    id,
    number: id,
    notation: `${id}/${symbol}`,
    publish_date: `${date}T03:00:00.000Z`,
    sign_date: `${date}T02:00:00.000Z`,
    ...(flash ? { urgent_id: 4, urgent_name: 'Hỏa tốc' } : {}),
    attachment_count: 1,
  }
}

function templateOf(id: number) {
  return symbols[id % symbols.length]!
}

/** Subjects, receivers and signers as the simulator words them; urgency and secrecy Thường. */
function makeTemplates() {
  const { documents } = makeRegister({
    seed: 1,
    from: '2026-03-02',
    until: '2026-05-29',
    perWorkingDay: 6,
    secretShare: 0,
  })
  return documents
    .filter((one) => one.expected === 'eligible' && one.fate === 'ordinary')
    .map(({ row, content }) => ({
      row: { ...row, urgent_id: 1, urgent_name: 'Thường', previous_outgoing_doc_id: null },
      content,
      symbol: row.notation.slice(row.notation.search(/[/\u2044]/) + 1),
    }))
}
