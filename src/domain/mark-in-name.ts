import { asciiPhrases } from './ascii-phrases.ts'
import { blotPhrases, setOf } from './harmless-phrases.ts'
import type { Folded } from './letters.ts'
import { type MarkFinding, strongest } from './mark-finding.ts'
import { bareDegree, inText, signsAsLetters } from './mark-in-text.ts'
import { besideOf, isSaidBy, type Neighbours } from './neighbours.ts'

/**
 * A mark in one reading of a file's name, whatever signs stand between its words. Names are commonly written without
 * diacritics, where `mat` is mặt, mắt, mất and mát as well. It is innocent in a known phrase, or beside a syllable that
 * stands beside it in the document's own subject; everything else is refused.
 */
export function inName(folded: Folded, beside: Neighbours): MarkFinding {
  const name = spaced(folded)
  return strongest([inText(name), asName(name.printed, beside)])
}

/** The signs that stand for blanks in names are blanks. */
function spaced({ text, printed }: Folded): Folded {
  const blanks = (one: string) => one.replace(/[ _.+\p{Pd}\n]+/gu, ' ')
  return { text: blanks(text), printed: blanks(printed) }
}

function asName(printed: string, beside: Neighbours): MarkFinding {
  if (!mayHoldAMark.test(printed)) return null
  const name = apart(printed)
  if (label.test(name.text) || asciiLabel.test(name.text) || stampAlone.test(name.text))
    return 'doubtful'
  if (/(?<!\p{L})(?:toi|tuyet|tuyet doi) bi mat(?!\p{L})/u.test(name.text)) return 'doubtful'
  if (!/m ?[aậ] ?t/u.test(name.text)) return null
  if (degreeWritten.test(name.text)) return 'sure'
  if (abbreviatedWith.test(name.text)) return 'doubtful'
  const left = withoutPhrases(name)
  for (const { 0: syllable, index } of left.matchAll(/(?<!\p{L})m[aậ]t(?!\p{L})/gu)) {
    const end = index + syllable.length
    if (isBeside(name, index, end, beside)) continue
    const others = name.printed.slice(0, index) + name.printed.slice(end)
    const isStamped = setOf(name.printed.slice(index, end)) === 'upper'
    return (isStamped && setOf(others) !== 'upper') || !/\p{L}/u.test(others) ? 'sure' : 'doubtful'
  }
  return null
}

/** A quick look at what nothing below could be found in. */
const mayHoldAMark =
  /m[^\p{L}]{0,3}[aậàảãâầẩẫạ4@∆₳][^\p{L}]{0,3}t|bmnn|thu ?h[oồ]i|conf|restricted|noforn/iu

function withoutPhrases({ text, printed }: Name): string {
  let left = blotPhrases(text, printed)
  for (const phrase of asciiPhrases)
    left = left.replace(phrase, (found: string, at: number) =>
      // A stamp set in capitals beside small letters belongs to no phrase.
      oneSet(printed.slice(at, at + found.length)) ? found.replace(/\S/g, '·') : found,
    )
  return left
}

/** Whether the syllable on either side stands there in the document's own subject as well, and is set alike. */
function isBeside({ text, printed }: Name, at: number, end: number, beside: Neighbours): boolean {
  if (beside.length === 0) return false
  return besideOf(text, at, end).some(
    (one) =>
      beside.some((other) => isSaidBy(one, other)) &&
      oneSet(
        one.side === 'before'
          ? printed.slice(at - one.near.length - 1, end)
          : printed.slice(at, end + one.near.length + 1),
      ),
  )
}

const degreeWritten =
  /(?<!\p{L})(?:t ?o ?i|t ?u ?y ?e ?t) ?m ?a ?t(?!\p{L})|tuyetmat|(?<!\p{L})(?:cv|vb|tl|qd|kh)?toimat/u

/** `m a t`, `CVMAT`, `dsmat`, `matqp`: an abbreviation and the degree, and no word. */
const abbreviatedWith =
  /(?<!\p{L})(?:m a t|m at|ma t|(?:cv|vb|tl|qd|kh|tb|bc|ubnd|congvan|vanban|tailieu|hoso|phuongan|kehoach|baocao|danhsach|quyetdinh|totrinh|congdien|chithi|phuluc|bienban|hoatoc|thuongkhan|khan|pa|scan|[bcdđghklmnpqrstvx]{2,5})mat|mat(?:cv|vb|khan|hoatoc|ubnd|[bcdđghklmnpqrstvx]{1,5}))(?!\p{L})|toimat|vanbandimat/u

const kinds =
  'cong|van|tai|lieu|ho|so|ke|hoach|phuong|an|bao|cao|ban|quyet|dinh|to|trinh|phu|luc|danh|sach|chi|thi|dien|file|scan|copy|of|new|cv|vb|tl|hs|kh|pa|bc|qd|tb|ubnd|signed|tailieu|vanban|congvan|hoso'

/** `Công văn mật 780`: nothing but a kind of document and the degree. */
const label =
  /^[\s|]*(?:(?:công|văn|bản|tài|liệu|hồ|sơ|kế|hoạch|phương|án|báo|cáo|quyết|định|tờ|trình|phụ|lục|danh|sách|file|scan|copy|of|sao|new|cv|vb|tl|hs|kh|pa|bc|qđ|tb|ubnd|số|dự|thảo)[\s|]+)+(?:tối |tuyệt )?(?:bí )?mật[\s|]*$/u

/** The same without diacritics; `bi mat` with no more to it names no field of work. */
const asciiLabel = new RegExp(
  `^[\\s|]*(?:(?:(?:${kinds})[\\s|]+)*(?:toi |tuyet |tuyet doi )?(?:bi ?mat|bí mật)|(?:(?:${kinds})[\\s|]+)+(?<!bao )mat)[\\s|]*(?:v[\\s|]*)?$`,
  'u',
)

/** What only papers of state secrets bear, beside nothing but a number and the kind of document. */
const stampAlone = new RegExp(
  `^[\\s|]*(?:(?:${kinds}|công|văn|tài|liệu|hồ|sơ|kế|hoạch|phương|án)[\\s|]+)*(?:(?:da |đã )?gi(?:ai ?mat|ải mật)|(?:tai ?lieu ?|tài liệu )(?:thu ?hoi|thu hồi)|[a-z]*bmnn|conf|confid|restricted|noforn)[\\s|]*(?:(?:v|signed|so|số)[\\s|]*)?$`,
  'u',
)

function oneSet(printed: string): boolean {
  const sets = (printed.match(/\p{L}+/gu) ?? []).map(setOf)
  return sets.every((set) => set === 'upper') || sets.every((set) => set !== 'upper')
}

interface Name {
  readonly text: string
  readonly printed: string
}

/** Words with one blank between them, other breaks as ` | `; `VanBanMat` is three words, `m4t` and `m@t` one. */
function apart(printed: string): Name {
  const words = printed
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .split(' ')
    .map((word) => (bareDegree(signsAsLetters(word.toLowerCase())) ? signsAsLetters(word) : word))
    .join(' ')
    .replace(/[^\p{L} ]+/gu, ' | ')
    .replace(/ {2,}/g, ' ')
  return { text: words.toLowerCase(), printed: words }
}
