/** A văn thư's register as it comes: which rows it holds, and what is refused. */
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import writeExcelFile from 'write-excel-file/node'
import { readRegister } from '#src/cli/reconcile/register.ts'
import { Explained } from '#src/domain/errors.ts'

const code = '781/UBND-NNMT'
const day = '2026-02-02'

function read(content: string | Buffer, sheet?: string) {
  return readRegister(Buffer.from(content as string), { sheet, harmlessSuffixes: [] })
}

describe('the forms in which registers come', () => {
  const [, month, dayOfMonth] = day.split('-')
  const serial = Date.parse(day) / 86_400_000 + 25_569

  it.each([
    ['semicolons', `Số ký hiệu;Ngày ban hành;Trích yếu\n${code};${dayOfMonth}/${month}/2026;x`],
    ['commas', `Số/Ký hiệu,Ngày văn bản\n"${code}",${dayOfMonth}/${month}/2026`],
    ['tabs', `SỐ KÝ HIỆU\tNGÀY THÁNG\n${code}\t${day}`],
    ['a byte order mark', `\uFEFFSố ký hiệu;Ngày VB\r\n${code};${day}\r\n`],
    ['a stated sign', `sep=;\nSố ký hiệu;Ngày VB\n${code};${day}`],
    ['number and symbol apart', `Số;Kí hiệu;Ngày ký\n781;UBND-NNMT;${day}`],
    ['a symbol with its slash', `Số VB;Ký hiệu;Ngày ký\n0781;/UBND-NNMT;${day}`],
    ['the whole code as the number', `Số;Ngày\n${code};${day}`],
    ['numbers of days', `Số ký hiệu;Ngày\n${code};${serial}`],
    ['dots and a time of day', `Số ký hiệu;Ngày\n${code};${+dayOfMonth!}.${+month!}.2026 08:30`],
    ['decomposed letters', `Số ký hiệu;Ngày ban hành\n${code};${day}`.normalize('NFD')],
    [
      'the headings of the regulation',
      `Số, ký hiệu văn bản;Ngày tháng văn bản;Tên loại và trích yếu nội dung văn bản\n${code};${day};CV "a`,
    ],
    ['a line break in a field', `Số ký hiệu,Ngày,Trích yếu\n${code},${day},"a\n""b"", c"`],
    ['spaces and another stroke', `Số ký hiệu;Ngày\n 781 / UBND–NNMT ;${day}`],
    ['a row of the same document again', `Số ký hiệu;Ngày\n${`${code};${day}\n`.repeat(2)}`],
  ])('%s', async (_, text) => {
    const { rows, unreadable, marked } = await read(text)
    expect({ unreadable, marked }).toEqual({ unreadable: [], marked: 0 })
    expect(rows.map(({ codeNormalised, issuedOn }) => [codeNormalised, issuedOn])).toEqual(
      rows.map(() => [code, day]),
    )
    expect(rows.length).toBeGreaterThan(0)
  })

  it('says of rows that it cannot read which and why, and does not guess', async () => {
    const text = [
      'Số ký hiệu;Ngày;Trích yếu',
      `${code};;x`,
      `${code};13/13/2026;x`,
      `781;${day};x`,
      `${code};5/3;x`,
      `;${day};x`,
      `${code};01/02/26;x`,
    ].join('\n')
    const { unreadable } = await read(text)
    expect(unreadable).toEqual([
      { line: 2, why: 'noDate' },
      { line: 3, why: 'dateUnreadable' },
      { line: 4, why: 'noSymbol' },
      { line: 5, why: 'dateUnreadable' },
      { line: 6, why: 'noNumber' },
      { line: 7, why: 'dateUnreadable' },
    ])
  })
})

describe('a row that looks secret', () => {
  const head = 'Số ký hiệu;Ngày;Trích yếu;Độ mật;Ghi chú'
  it.each([
    ['by its subject', `9001/UBND-NC;01/03/2026;(MẬT) Phương án QUẢN LÝ;;`],
    ['by its symbol', `9001/UBND-NC(M);01/03/2026;Phương án QUẢN LÝ;;`],
    ['by a column of its own', `9001/UBND-NC;01/03/2026;Phương án QUẢN LÝ;Mật;`],
    ['by a note', `9001/UBND-NC;01/03/2026;Phương án QUẢN LÝ;;Tối mật`],
    ['by what the office calls it', `9001/UBND-NC;01/03/2026;Văn bản mật;Thường;`],
    ['though it cannot be read', `9001/UBND-NC-M;ngày QUẢN LÝ;x;;`],
  ])('%s is counted, and nothing of it is kept', async (_, line) => {
    const register = await read(`${head}\n${line}\n${code};${day};x;Thường;`)
    expect(register).toMatchObject({ marked: 1, unreadable: [], rows: [{ code }] })
  })
})

describe('what cannot be read as a register is refused with what to do', () => {
  const valid = () =>
    writeExcelFile([
      ['Số ký hiệu', 'Ngày'],
      ['1/A', '01/01/2026'],
    ]).toBuffer()
  /** One entry whose content unpacks to far more than it takes. */
  const bomb = () =>
    zipOf([{ name: 'xl/worksheets/sheet1.xml', content: Buffer.alloc(200_000_000, ' ') }])

  it.each<[string, () => string | Buffer | Promise<Buffer>, string]>([
    ['nothing', () => '', 'empty'],
    ['another encoding', () => Buffer.from('S\u00f4 ký hiệu;Ngày\n', 'latin1'), 'Windows-1258'],
    ['UTF-16', () => Buffer.from('\uFEFFSố ký hiệu\tNgày\n', 'utf16le'), 'UTF-16'],
    ['an old Excel file', () => Buffer.from('d0cf11e0a1b11ae10000', 'hex'), '.xlsx'],
    ['a picture', () => Buffer.from('\x89PNG\r\n\x1a\n\0\0'.slice(1), 'latin1'), 'CSV'],
    ['no headings', () => '1;2;3\n4;5;6\n', '--code-column'],
    ['headings and nothing below', () => 'Số ký hiệu;Ngày ban hành\n', 'no document'],
    ['an open quotation mark', () => 'Số ký hiệu;Ngày ban hành\n"1/A;01/01/2026\n', 'Line 2'],
    ['half a workbook', async () => (await valid()).subarray(0, 900), 'damaged'],
    [
      'a zip of something else',
      () => zipOf([{ name: 'a.txt', content: Buffer.from('a') }]),
      'damaged',
    ],
    ['a workbook that unpacks to gigabytes', bomb, 'too large'],
    ['more rows than are read', () => `Số;Ký hiệu;Ngày\n${'1;A;1\n'.repeat(100_001)}`, '100000'],
  ])('%s', async (_, content, said) => {
    const error = await read(await content()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Explained)
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(said) })
  })

  it('a sheet that is not there', async () => {
    await expect(read(await valid(), 'Sổ 2')).rejects.toThrow('--sheet')
  })

  it('a sheet whose one cell stands in its last corner', async () => {
    const cell = '<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>'
    const book = workbookOf(`<row r="1048576">${cell}</row>`)
    await expect(read(book)).rejects.toThrow('too large')
  }, 180_000)
})

/** The least that is a workbook. */
function workbookOf(rows: string): Buffer {
  const content = (text: string) => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`)
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006/relationships'
  return zipOf([
    {
      name: '[Content_Types].xml',
      content: content(
        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      ),
    },
    {
      name: 'xl/workbook.xml',
      content: content(
        `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: content(
        `<Relationships xmlns="${packages}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: content(`<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`),
    },
  ])
}

function zipOf(entries: readonly { name: string; content: Buffer }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const before = Buffer.from('PK\x03\x04')
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, rest, Buffer.from(name))
    parts.push(before, common, Buffer.from(name), packed)
    at += before.length + common.length + name.length + packed.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end])
}
