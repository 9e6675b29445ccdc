/** Small PDF files that any reader opens and any text extractor reads, Vietnamese included (ISO 32000-1). */
import { drawFrom } from './draw.ts'

const linesPerPage = 46
const charactersPerLine = 88
/** A sheet of A4 scanned at 150 dots per inch, one byte a dot. */
const scanWidth = 1240

/**
 * Paragraphs on A4 pages; with `scanBytes` a page with a scanned sheet of about that size comes after them.
 * The text stands uncompressed, so that ASCII in it can be found in the bytes.
 */
export function pdf(paragraphs: readonly string[], scanBytes = 0): Buffer {
  const lines = paragraphs.flatMap((text) => [...wrapped(text.normalize('NFC')), ''])
  const pages = Array.from({ length: Math.ceil(lines.length / linesPerPage) }, (_, at) =>
    lines.slice(at * linesPerPage, (at + 1) * linesPerPage),
  )
  const codes = codesFor(lines.join(''))
  const contents = pages.map((page) => stream('', pageText(page, codes)))
  const scanHeight = Math.ceil(scanBytes / scanWidth)
  if (scanBytes > 0) contents.push(stream('', `q 595 0 0 842 0 0 cm /Scan Do Q`))

  const firstPage = 6
  const kids = contents.map((_, at) => `${firstPage + at * 2} 0 R`)
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Count ${kids.length} /Kids [${kids.join(' ')}] >>`),
    Buffer.from(
      `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [${differences(codes)}] >> /ToUnicode 4 0 R >>`,
    ),
    stream('', toUnicode(codes)),
    scanBytes > 0 ? scan(scanHeight) : Buffer.from('null'),
  ]
  for (const [at, content] of contents.entries()) {
    objects.push(
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${firstPage + at * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R >> /XObject << /Scan 5 0 R >> >> >>`,
      ),
      content,
    )
  }
  return file(objects)
}

function file(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  let position = parts[0]!.length
  const offsets: number[] = []
  for (const [at, object] of objects.entries()) {
    offsets.push(position)
    const part = Buffer.concat([
      Buffer.from(`${at + 1} 0 obj\n`),
      object,
      Buffer.from('\nendobj\n'),
    ])
    parts.push(part)
    position += part.length
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${position}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

function stream(entries: string, content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  return Buffer.concat([
    Buffer.from(`<< /Length ${bytes.length} ${entries}>>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}

/** Light paper with the noise of a scanner. */
function scan(height: number): Buffer {
  const draw = drawFrom(height)
  const dots = Buffer.alloc(scanWidth * height)
  const noise = Buffer.from(Array.from({ length: 4099 }, () => 0xe8 + draw.int(0, 23)))
  for (let at = 0; at < dots.length; at += noise.length) noise.copy(dots, at)
  return stream(
    `/Type /XObject /Subtype /Image /Width ${scanWidth} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 `,
    dots,
  )
}

function pageText(lines: readonly string[], codes: ReadonlyMap<string, number>): string {
  const shown = lines.map((line) => `(${[...line].map((sign) => literal(sign, codes)).join('')}) '`)
  return `BT /F1 11 Tf 16 TL 56 800 Td\n${shown.join('\n')}\nET`
}

function literal(sign: string, codes: ReadonlyMap<string, number>): string {
  const code = codes.get(sign)
  if (code !== undefined) return `\\${code.toString(8).padStart(3, '0')}`
  return '()\\'.includes(sign) ? `\\${sign}` : sign
}

/** ASCII keeps its codes; every other letter of this file gets one of 1 to 31 and 128 to 255. */
function codesFor(text: string): Map<string, number> {
  const free = [...range(128, 255), ...range(1, 31)]
  const others = [...new Set(text)].filter((sign) => sign < ' ' || sign > '~')
  if (others.length > free.length) throw new Error('a PDF of the simulator has too many letters')
  return new Map(others.map((sign, at) => [sign, free[at]!]))
}

/** Glyphs by the names of the Adobe Glyph List, `uni1EAD`. */
function differences(codes: ReadonlyMap<string, number>): string {
  return [...codes].map(([sign, code]) => `${code} /uni${hex(sign)}`).join(' ')
}

function toUnicode(codes: ReadonlyMap<string, number>): string {
  const ascii = '<20> <7E> <0020>'
  const single = [...codes].map(([sign, code]) => `<${byte(code)}> <${hex(sign)}>`)
  // A CMap holds at most a hundred lines a block.
  const blocks = Array.from({ length: Math.ceil(single.length / 100) }, (_, at) => {
    const lines = single.slice(at * 100, (at + 1) * 100)
    return `${lines.length} beginbfchar\n${lines.join('\n')}\nendbfchar`
  })
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange\n<00> <FF>\nendcodespacerange',
    `1 beginbfrange\n${ascii}\nendbfrange`,
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n')
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > charactersPerLine) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

function hex(sign: string): string {
  return sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
}

function byte(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0')
}

function range(from: number, until: number): number[] {
  return Array.from({ length: until - from + 1 }, (_, at) => from + at)
}
