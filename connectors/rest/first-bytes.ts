/** What the first bytes of a file say about it, beside the name under which it was announced. */

/** Enough for the comments that stand before the first element of a page. */
export const firstBytes = 8192

/** `page`: HTML under another name, which is never the file. `other`: of another type than the name says. */
export type Looks = 'fitting' | 'page' | 'other'

export function looksOf(
  head: Buffer,
  file: { readonly name: string; readonly mediaType: string | null },
): Looks {
  const type = extensionOf(file)
  const text = textOf(head)
  if (isPage(text, type)) return 'page'
  if (head.length === 0) return 'other'
  const fits = type === null ? undefined : signs[type]
  if (fits) return fits(head, text) ? 'fitting' : 'other'
  // An error as JSON or XML under a name that says nothing.
  return (type === null || !texts.has(type)) && /^\s*[[{<]/.test(text) ? 'other' : 'fitting'
}

/** Of the name; where that has none that is known, of the type that was announced. */
function extensionOf({ name, mediaType }: { name: string; mediaType: string | null }) {
  const written = /\.([A-Za-z0-9]{1,8})\s*$/.exec(name.normalize('NFKC'))?.[1]?.toLowerCase()
  if (written !== undefined) return written
  const announced = mediaType?.split(';')[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(typesByMedia, announced) ? typesByMedia[announced]! : null
}

const typesByMedia: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/zip': 'zip',
  'application/rtf': 'rtf',
  'application/xml': 'xml',
  'application/json': 'json',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tif',
  'text/html': 'html',
  'application/xhtml+xml': 'xhtml',
  'text/plain': 'txt',
  'text/xml': 'xml',
}

const htmlTypes: ReadonlySet<string> = new Set(['html', 'htm', 'xhtml', 'xht', 'shtml'])
const xmlTypes: ReadonlySet<string> = new Set([
  'xml',
  'edxml',
  'xsd',
  'xsl',
  'xslt',
  'svg',
  'kml',
  'gml',
])
/** Of these any text may be one. */
const texts: ReadonlySet<string> = new Set([
  ...htmlTypes,
  ...xmlTypes,
  ...['txt', 'csv', 'md', 'log', 'geojson'],
])

type Fits = (head: Buffer, text: string) => boolean
const begins =
  (...bytes: string[]): Fits =>
  (head) =>
    bytes.some((one) => head.subarray(0, one.length).equals(Buffer.from(one, 'latin1')))

const zip = begins('PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08')
const compound = begins('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')
const rtf = begins('{\\rtf')
/** What is protected by a password is a compound file inside. */
const office: Fits = (head, text) => zip(head, text) || compound(head, text)
const jpeg = begins('\xff\xd8\xff')
const tiff = begins('II*\0', 'MM\0*', 'II+\0', 'MM\0+')

const signs: Readonly<Record<string, Fits>> = {
  // ISO 32000-1 annex H: readers look for it in the first 1024 bytes.
  pdf: (head) => head.subarray(0, 1024).includes('%PDF-'),
  docx: office,
  xlsx: office,
  pptx: office,
  docm: office,
  xlsm: office,
  odt: zip,
  ods: zip,
  odp: zip,
  zip,
  doc: (head, text) => compound(head, text) || rtf(head, text),
  xls: compound,
  ppt: compound,
  msg: compound,
  rtf,
  rar: begins('Rar!\x1a\x07'),
  '7z': begins('7z\xbc\xaf\x27\x1c'),
  gz: begins('\x1f\x8b'),
  jpg: jpeg,
  jpeg,
  png: begins('\x89PNG\r\n\x1a\n'),
  gif: begins('GIF87a', 'GIF89a'),
  tif: tiff,
  tiff,
  bmp: begins('BM'),
  xml: (_, text) => /^\s*</.test(text),
  json: (_, text) => /^\s*[[{"]/.test(text),
}

/** In whichever of the encodings that begin with a mark or with ASCII; of others the first letters are nonsense. */
function textOf(head: Buffer): string {
  const [a, b] = head
  const encoding =
    (a === 0xff && b === 0xfe) || (a !== 0 && b === 0)
      ? 'utf-16le'
      : (a === 0xfe && b === 0xff) || (a === 0 && b !== 0)
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding).decode(head)
}

/** As browsers sniff it (https://mimesniff.spec.whatwg.org, 7.1), past declarations and comments. */
function isPage(text: string, type: string | null): boolean {
  if (type !== null && htmlTypes.has(type)) return false
  const rest = text.replace(/^(?:[\s\0\ufeff]+|<!--[\s\S]*?-->|<\?xml[\s\S]*?\?>)+/, '')
  // Elements of XML may be called as those of HTML are.
  return (type !== null && xmlTypes.has(type) ? wholePage : htmlBeginning).test(rest)
}

const wholePage = /^<(?:!doctype\s+html|html(?=[\s/>]))/i

const htmlBeginning =
  /^<(?:!--|!doctype\s+html|(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|form|center|span|noscript)(?=[\s/>]))/i
