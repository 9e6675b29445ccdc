import { fold } from './letters.ts'

/**
 * Whether a field only says that nothing is said in it. The subject of a tuyệt mật document is not written (NĐ 63/2026),
 * and a clerk or a system writes `Không ghi trích yếu`, `V/v …`, `(trống)` or `null` instead of leaving the field empty.
 */
export function saysNothing(subject: string | null): boolean {
  if (subject === null) return true
  const words = fold(subject.slice(0, longestPlaceholder + 1)).text.match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length === 0 || (words.length === 1 && isLessThanAWord(words[0]!))) return true
  if (subject.length > longestPlaceholder) return false
  return (
    words.every((word) => empty.has(word)) ||
    (words.every((word) => empty.has(word) || ofNothing.has(word)) &&
      words.some((word) => denials.has(word)))
  )
}

/** One syllable or figure; what is longer is a foreign name, and a letter that means nothing is of a trial message. */
function isLessThanAWord(word: string): boolean {
  return /\p{N}/u.test(word) || (word.length > 1 && word.length <= longestSyllable)
}

/** Whether a number is given: `chưa cấp`, `0`, `000`, `-1` and `../` are none. */
export function isNumberGiven(number: string | null): boolean {
  const written = number?.normalize('NFKC').trim() ?? ''
  return /[1-9]/.test(written) && !/^[-−–]\s*\d/.test(written)
}

const longestPlaceholder = 80
const longestSyllable = 7

const wordsIn = (text: string) => new Set(text.split(' '))

/** Headings and values of programs, which say nothing by themselves. */
const empty = wordsIn(
  'trích yếu v vv x k m tm về việc nội dung n a na null undefined nil none nan empty blank test xx xxx công văn bản tài liệu',
)
const denials = wordsIn('không ko chưa trống rỗng ẩn hạn bỏ none null')
/** What is denied. */
const ofNothing = wordsIn(
  'không ko chưa trống rỗng ẩn hạn chế bỏ để được có ghi hiển thị nhập nêu công khai bố thể hiện thông tin cung cấp cập nhật gì theo quy định này vào sổ trường dữ',
)
