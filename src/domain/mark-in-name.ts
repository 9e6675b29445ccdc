import { asciiPhrases } from './ascii-phrases.ts'
import { setOf } from './harmless-phrases.ts'
import type { Folded } from './letters.ts'
import type { MarkFinding } from './mark-finding.ts'
import { bareDegree, signsAsLetters } from './mark-in-text.ts'

/**
 * A mark in one reading of a file's name. Names are commonly written without diacritics, where `mat` is mặt, mắt,
 * mất and mát as well: whatever is not a known phrase of those is refused.
 */
export function inName({ printed }: Folded): MarkFinding {
  const name = apart(printed)
  if (label.test(name.text) || asciiLabel.test(name.text)) return 'doubtful'
  if (/(?<!\p{L})(?:toi|tuyet|tuyet doi) bi mat(?!\p{L})/u.test(name.text)) return 'doubtful'
  if (!/m ?a ?t/.test(name.text)) return null
  if (
    /(?<!\p{L})(?:t ?o ?i|t ?u ?y ?e ?t) ?m ?a ?t(?!\p{L})|tuyetmat|(?<!\p{L})(?:cv|vb|tl|qd|kh)?toimat/u.test(
      name.text,
    )
  )
    return 'sure'
  if (
    /(?<!\p{L})(?:m a t|m at|ma t|(?:cv|vb|tl|qd|kh|tb|bc|ubnd|congvan|vanban|tailieu|hoso|phuongan|kehoach|baocao|danhsach|quyetdinh|totrinh|congdien|chithi|phuluc|bienban|hoatoc|thuongkhan|khan|pa|scan)mat|mat(?:cv|vb|khan|hoatoc))(?!\p{L})|toimat|vanbandimat/u.test(
      name.text,
    )
  )
    return 'doubtful'
  let left = name.text
  for (const phrase of asciiPhrases)
    left = left.replace(phrase, (found: string, at: number) =>
      // A stamp set in capitals beside small letters belongs to no phrase.
      oneSet(name.printed.slice(at, at + found.length)) ? found.replace(/\S/g, '·') : found,
    )
  const mat = /(?<!\p{L})mat(?!\p{L})/u.exec(left)
  if (!mat) return null
  const others = name.printed.slice(0, mat.index) + name.printed.slice(mat.index + 3)
  const stamped = setOf(name.printed.slice(mat.index, mat.index + 3)) === 'upper'
  return (stamped && setOf(others) !== 'upper') || !/\p{L}/u.test(others) ? 'sure' : 'doubtful'
}

/** `Công văn mật 780`: nothing but a kind of document and the degree. */
const label =
  /^[\s|]*(?:(?:công|văn|bản|tài|liệu|hồ|sơ|kế|hoạch|phương|án|báo|cáo|quyết|định|tờ|trình|phụ|lục|danh|sách|file|scan|copy|of|sao|new|cv|vb|tl|hs|kh|pa|bc|qđ|tb|ubnd|số|dự|thảo)[\s|]+)+(?:tối |tuyệt )?(?:bí )?mật[\s|]*$/u

/** The same of `bi mat`, which with no more to it names no field of work. */
const asciiLabel =
  /^[\s|]*(?:(?:cong|van|tai|lieu|ho|so|ke|hoach|phuong|an|bao|cao|file|scan|cv|vb|tl|hs|kh|pa|bc|qd|ubnd)[\s|]+)*(?:toi |tuyet |tuyet doi )?(?:bi ?mat|bí mật)[\s|]*$/u

function oneSet(printed: string): boolean {
  const sets = (printed.match(/\p{L}+/gu) ?? []).map(setOf)
  return sets.every((set) => set === 'upper') || sets.every((set) => set !== 'upper')
}

/** Words with one blank between them, other breaks as ` | `; `VanBanMat` is three words, `m4t` and `m@t` one. */
function apart(printed: string): { text: string; printed: string } {
  const words = printed
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replace(/[ _.+\-–\t]+/gu, ' ')
    .split(' ')
    .map((word) => (bareDegree(signsAsLetters(word.toLowerCase())) ? signsAsLetters(word) : word))
    .join(' ')
    .replace(/[^\p{L} ]+/gu, ' | ')
    .replace(/ {2,}/g, ' ')
  return { text: words.toLowerCase(), printed: words }
}
