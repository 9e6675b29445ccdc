/** The cells of a spreadsheet, out of bytes in memory: an .xlsx workbook or CSV, known by what they begin with. */
import { isUtf8 } from 'node:buffer'
import { Explained } from '../../domain/errors.ts'
import { type Cells, mostRows, tooManyRows } from './cell.ts'
import { workbookCells } from './workbook.ts'

/** Every way in which the cells may be meant; of CSV one for each sign that may part its fields. */
export async function readCells(bytes: Buffer, sheet: string | undefined): Promise<Cells[]> {
  if (bytes.length === 0) throw new Explained('Tệp sổ rỗng. The file of the register is empty.', 2)
  if (startsWith(bytes, 'PK')) return [await workbookCells(bytes, sheet)]
  if (startsWith(bytes, '\xd0\xcf\x11\xe0'))
    throw new Explained(
      'Đây là tệp Excel cũ (.xls) hoặc tệp có mật khẩu: hãy lưu lại thành .xlsx không mật khẩu, hoặc CSV UTF-8. An old Excel file (.xls), or one with a password: save it as .xlsx without a password, or as CSV UTF-8.',
      2,
    )
  const text = decoded(bytes)
  if (sheet !== undefined)
    throw new Explained('--sheet chỉ dùng cho .xlsx. --sheet is for .xlsx only.', 2)
  const [, said] = /^sep=([;,\t])\r?\n/.exec(text) ?? []
  return anyOf((said ? [said] : [';', ',', '\t']).map((sign) => () => csvCells(text, sign)))
}

/** A quotation mark closes where a field ends, so that it may be closed by one sign and not by another. */
function anyOf(ways: readonly (() => Cells)[]): Cells[] {
  const failures: Explained[] = []
  const read = ways.flatMap((way) => {
    try {
      return [way()]
    } catch (error) {
      if (!(error instanceof Explained)) throw error
      failures.push(error)
      return []
    }
  })
  if (read.length === 0) throw failures[0]
  return read
}

function startsWith(bytes: Buffer, signs: string): boolean {
  return bytes.toString('latin1', 0, signs.length) === signs
}

function decoded(bytes: Buffer): string {
  if (startsWith(bytes, '\xff\xfe') || startsWith(bytes, '\xfe\xff')) throw notUtf8('UTF-16')
  if (!isUtf8(bytes)) throw notUtf8('Windows-1258, TCVN3, VNI')
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (text.includes('\0'))
    throw new Explained(
      'Đây không phải .xlsx cũng không phải CSV. Neither an .xlsx workbook nor CSV: save the register as one of them.',
      2,
    )
  return text
}

function notUtf8(perhaps: string): Explained {
  return new Explained(
    `Tệp CSV không phải UTF-8 (có thể là ${perhaps}): hãy lưu lại thành "CSV UTF-8" hoặc .xlsx. The CSV file is not UTF-8 (perhaps ${perhaps}): save it as "CSV UTF-8", or as .xlsx.`,
    2,
  )
}

/** RFC 4180, with any of the signs by which spreadsheets of different countries part fields. */
function csvCells(text: string, sign: string): Cells {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const { field, end } = fieldAt(text, at, sign, rows.length + 1)
    row.push(field)
    if (text[end] === sign && end + 1 < text.length) {
      at = end + 1
      continue
    }
    rows.push(row)
    if (rows.length > mostRows) throw tooManyRows()
    row = []
    at = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1
  }
  return rows
}

function fieldAt(text: string, at: number, sign: string, line: number) {
  if (text[at] !== '"') {
    let end = at
    while (end < text.length && text[end] !== sign && text[end] !== '\n' && text[end] !== '\r')
      end += 1
    return { field: text.slice(at, end), end }
  }
  let closing = text.indexOf('"', at + 1)
  while (closing >= 0 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2)
  const next = text[closing + 1]
  if (closing < 0 || !(next === undefined || next === sign || next === '\n' || next === '\r'))
    throw new Explained(
      `Dòng ${line} của tệp CSV có dấu ngoặc kép chưa đóng đúng. Line ${line} of the CSV file has a quotation mark that is not closed properly.`,
      2,
    )
  return { field: text.slice(at + 1, closing).replaceAll('""', '"'), end: closing + 1 }
}
