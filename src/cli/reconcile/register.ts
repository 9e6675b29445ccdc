/** The rows of a văn thư's register as values; what cannot be compared says why, and of what may be secret nothing is kept. */
import { normaliseCode, splitCode } from '../../domain/code.ts'
import { Explained } from '../../domain/errors.ts'
import { isLocalDate, type LocalDate } from '../../domain/local-date.ts'
import { markInText, secretSuffix } from '../../domain/mark.ts'
import type { Registered } from '../../domain/reconciling.ts'
import type { Cell, Cells } from './cell.ts'
import { readCells } from './cells.ts'
import { type ColumnName, type Columns, findColumns } from './columns.ts'

export type Unreadable = 'noNumber' | 'noSymbol' | 'codeIsDate' | 'noDate' | 'dateUnreadable'

export interface Register {
  readonly rows: readonly Registered[]
  readonly unreadable: readonly { readonly line: number; readonly why: Unreadable }[]
  /** Rows that look as if they were not ordinary: neither compared nor shown. */
  readonly marked: number
  /** Titles, sums and months between the rows. */
  readonly leftOut: number
}

export interface Reading {
  readonly sheet?: string | undefined
  /** Of the columns that are not headed as usual. */
  readonly headings?: Partial<Record<ColumnName, string>>
  readonly harmlessSuffixes: readonly string[]
}

export async function readRegister(
  bytes: Buffer,
  { sheet, headings = {}, harmlessSuffixes }: Reading,
): Promise<Register> {
  const tables = (await readCells(bytes, sheet)).flatMap((cells) => {
    const columns = findColumns(cells, headings)
    return columns ? [{ cells, columns }] : []
  })
  const [widest] = tables.sort((a, b) => widthOf(b.columns) - widthOf(a.columns))
  if (!widest)
    throw new Explained(
      'Không thấy dòng tiêu đề nêu cột số, ký hiệu và cột ngày. No row of headings names the columns of number, symbol and date: use headings such as "Số", "Ký hiệu", "Số ký hiệu", "Ngày ban hành", or name yours with --code-column, --number-column, --symbol-column, --date-column.',
      2,
    )
  const register = rowsOf(widest.cells, widest.columns, harmlessSuffixes)
  if (register.rows.length + register.unreadable.length + register.marked === 0)
    throw new Explained('Sổ không có dòng văn bản nào. The register holds no document.', 2)
  return register
}

const widthOf = (columns: Columns) => Object.keys(columns).length

function rowsOf(cells: Cells, columns: Columns, harmlessSuffixes: readonly string[]): Register {
  const rows: Registered[] = []
  const unreadable: { line: number; why: Unreadable }[] = []
  let [marked, leftOut] = [0, 0]
  for (const [at, row] of cells.entries()) {
    if (at < columns.from || row.every(isBlank)) continue
    const read = readRow(row, columns, harmlessSuffixes)
    if (read === 'marked') marked += 1
    else if (read === 'leftOut') leftOut += 1
    else if (typeof read === 'string') unreadable.push({ line: at + 1, why: read })
    else rows.push({ ...read, line: at + 1 })
  }
  return { rows, unreadable, marked, leftOut }
}

function readRow(
  row: readonly Cell[],
  columns: Columns,
  harmlessSuffixes: readonly string[],
): Omit<Registered, 'line'> | Unreadable | 'marked' | 'leftOut' {
  const textAt = (column: number | undefined) => textOf(column === undefined ? null : row[column])
  const code = codeOf(row, columns)
  const texts = [
    code,
    ...(['subject', 'type', 'note'] as const).map((name) => textAt(columns[name])),
  ]
  const level = textAt(columns.secrecy)
  const isMarked =
    texts.some((text) => markInText(text) !== null) ||
    secretSuffix(code, harmlessSuffixes) ||
    !/^(?:|thường|thuong|không|khong|0)$/iu.test(level.normalize('NFC'))
  if (isMarked) return 'marked'
  const day = row[columns.date] ?? null
  if (isBlank(day) && splitCode(code).number === '') return 'leftOut'
  if (isMadeDate(row, columns)) return 'codeIsDate'
  const { number, symbol } = splitCode(code)
  if (number === '' && !/\d/.test(code)) return 'noNumber'
  if (number === '' || symbol === '') return 'noSymbol'
  if (isBlank(day)) return 'noDate'
  const issuedOn = dateOf(day)
  if (issuedOn === null) return 'dateUnreadable'
  const typeName = textAt(columns.type) || null
  return { code, codeNormalised: normaliseCode(code), issuedOn, typeName }
}

function codeOf(row: readonly Cell[], { code, number, symbol }: Columns): string {
  const whole = textOf(row[code ?? -1])
  if (splitCode(whole).symbol !== '' && splitCode(whole).number !== '') return whole
  const parts = [textOf(row[number ?? code ?? -1]), textOf(row[symbol ?? -1])]
  // A symbol may be written with the whole code, or begin with its slash.
  if (splitCode(parts[1]!).number !== '') return parts[1]!
  return parts
    .filter((part) => part !== '')
    .join('/')
    .replace(/\/{2,}/g, '/')
}

/** Excel takes `12/3` for the twelfth of March. */
function isMadeDate(row: readonly Cell[], { code, number }: Columns): boolean {
  return [code, number].some((column) => column !== undefined && row[column] instanceof Date)
}

function isBlank(cell: Cell | undefined): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '')
}

function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined || cell instanceof Date) return ''
  return String(cell).trim()
}

/** Days are counted from here in spreadsheets; those of before 1954 or after 2119 are none that an office means. */
const serialOrigin = Date.UTC(1899, 11, 30)
const serials = { first: 20_000, last: 80_000 }
const dayMs = 86_400_000

/** `dd/MM/yyyy` as offices write it, `yyyy-MM-dd`, or the number of a day; a time of day behind it says nothing more. */
function dateOf(cell: Cell): LocalDate | null {
  if (cell instanceof Date)
    return Number.isNaN(cell.getTime()) ? null : cell.toISOString().slice(0, 10)
  if (typeof cell === 'number') return dateOfSerial(cell)
  const text = textOf(cell).replace(/[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?$/i, '')
  if (/^\d{5}$/.test(text)) return dateOfSerial(Number(text))
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? []
  const date = year ? `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}` : text
  return isLocalDate(date) ? date : null
}

function dateOfSerial(serial: number): LocalDate | null {
  if (!(serial >= serials.first && serial <= serials.last)) return null
  return new Date(serialOrigin + Math.floor(serial) * dayMs).toISOString().slice(0, 10)
}
