/** Which column of a register says what, found by the headings that offices use. */
import { Explained } from '../../domain/errors.ts'
import { searchWords } from '../../domain/search.ts'
import type { Cell, Cells } from './cell.ts'

export const columnNames = ['code', 'number', 'symbol', 'date', 'subject', 'type'] as const
export type ColumnName = (typeof columnNames)[number]

/** Where each stands; of those that were not found nothing. */
export interface Columns extends Partial<Readonly<Record<ColumnName, number>>> {
  readonly date: number
  /** What else may say that a row is not ordinary. */
  readonly secrecy?: number
  readonly note?: number
  /** The first row below the headings. */
  readonly from: number
}

/** Without diacritics, and the better ones first. */
const headings: Readonly<Record<ColumnName | 'secrecy' | 'note', readonly RegExp[]>> = {
  code: [/^so (va )?k[yi] hieu( van ban| vb)?( di)?$/, /^so (kh|hieu)( van ban| vb)?$/],
  number: [/^so (van ban|vb|cong van|cv)( di)?$/, /^so( di)?$/],
  symbol: [/^k[yi] hieu( van ban| vb)?$/],
  date: [
    /^ngay (thang )?(nam )?ban hanh( van ban| vb)?$/,
    /^ngay (thang )?(nam )?(cua )?(van ban|vb|cong van|cv)( di)?$/,
    /^ngay thang( nam)?$/,
    /^ngay (ky|phat hanh|vao so|di)( van ban| vb)?$/,
    /^ngay$/,
  ],
  subject: [/^(ten loai va )?trich yeu/, /^noi dung( van ban| vb)?$/, /^ve viec$/],
  type: [/^(ten )?(loai|hinh thuc)( van ban| vb)?$/],
  secrecy: [/^(muc )?do mat$/, /^mat$/],
  note: [/^ghi chu$/],
}

/** Titles and letterheads come first; a table that begins later is not looked for. */
const lastHeadingRow = 40

/** Null where no row holds headings that name the documents and their days. */
export function findColumns(
  cells: Cells,
  said: Partial<Record<ColumnName, string>>,
): Columns | null {
  for (const [at, row] of cells.slice(0, lastHeadingRow).entries()) {
    const words = row.map(headingOf)
    const found = Object.fromEntries(
      Object.entries(headings).flatMap(([name, patterns]) => {
        const called = said[name as ColumnName]
        const column = called === undefined ? best(words, patterns) : theOne(words, called)
        return column === undefined ? [] : [[name, column]]
      }),
    )
    const { code, number, symbol, date } = found
    const isNamed = code !== undefined || (number !== undefined && symbol !== undefined)
    if (isNamed && date !== undefined && isSaid(found, said))
      return { ...found, date, from: at + 1 }
    // The whole code under "Số" alone.
    if (number !== undefined && date !== undefined && isSaid(found, said))
      return { ...found, code: number, date, from: at + 1 }
  }
  return null
}

function isSaid(found: Record<string, number>, said: Partial<Record<ColumnName, string>>): boolean {
  return Object.keys(said).every((name) => found[name] !== undefined)
}

function headingOf(cell: Cell): string {
  return typeof cell === 'string' && cell.length < 200 ? searchWords(cell).join(' ') : ''
}

function best(words: readonly string[], patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const at = words.findIndex((one) => pattern.test(one))
    if (at >= 0) return at
  }
  return undefined
}

function theOne(words: readonly string[], called: string): number | undefined {
  const wanted = searchWords(called).join(' ')
  const at = words.flatMap((one, column) => (one === wanted ? [column] : []))
  if (at.length > 1)
    throw new Explained(
      `Có ${at.length} cột tên "${called}". ${at.length} columns are headed "${called}": rename all but one.`,
      2,
    )
  return at[0]
}
