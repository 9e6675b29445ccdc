import type { NamedDocument } from './directive.ts'
import { fold, isTooMuch } from './letters.ts'
import { withoutTails } from './name-of-file.ts'
import { suffixPartsOf } from './secret-suffix.ts'
import { unwrappedReadings } from './transfer-encoding.ts'

type OwnCode = Omit<NamedDocument, 'subject'>

/**
 * A degree's letters in the name of a file that repeats a code, its document's own or one that is written like it:
 * `780M_signed`, `3637-NC-M`, `780_UBND-NC-TM`, `M_780`, `780(TM)`. In other names M is a size, a sheet or a metre.
 */
export function suffixInName(name: string, harmless: readonly string[], own: OwnCode): boolean {
  if (isTooMuch(name)) return false
  const listed = new Set(
    // A name keeps brackets, and no other sign: `780_UBND-M` is of 780/UBND-M.
    harmless.map((suffix) =>
      suffixPartsOf(suffix)
        .at(-1)
        ?.suffix.replace(/^[^\p{L}(]/u, ''),
    ),
  )
  return [name, ...unwrappedReadings(name)].some((one) => {
    const words = wordsOf(fold(withoutTails(one)).printed)
    if (words.length > mostWords) return false
    const repeats = repeatsCode(words, own)
    return words.some(
      (word, nth) =>
        isDegree(words, nth, repeats, own) &&
        !listed.has((word.isBracketed ? '(' : '') + word.text.toLowerCase()),
    )
  })
}

/** No code has so many parts; a name of more is judged by what it says. */
const mostWords = 100

interface Word {
  readonly text: string
  readonly isNumber: boolean
  /** Nothing stands between it and the next word. */
  readonly isGlued: boolean
  readonly isBracketed: boolean
}

function wordsOf(printed: string): Word[] {
  return [...printed.matchAll(/\p{L}+|\p{N}+/gu)].map(({ 0: text, index }) => {
    const end = index + text.length
    return {
      text,
      isNumber: /\p{N}/u.test(text),
      isGlued: /^[\p{L}\p{N}]/u.test(printed.slice(end, end + 1)),
      isBracketed:
        /[([{] ?$/.test(printed.slice(Math.max(0, index - 2), index)) &&
        /^ ?[)\]}]/.test(printed.slice(end, end + 2)),
    }
  })
}

function isDegree(words: readonly Word[], nth: number, repeats: boolean, own: OwnCode): boolean {
  const { text, isGlued, isBracketed } = words[nth]!
  const before = words[nth - 1]
  const after = words[nth + 1]
  // Kon Tum is a province.
  if (/^tum$/i.test(text) && /^kon$/i.test(before?.text ?? '')) return false
  if (isBracketed && /^(?:m|tm|t(?:u|y|uy)m)$/i.test(text)) return true
  if (/^(?:T[uy]M|TuyM)$/.test(text)) return true
  if (words.length === 1) return /^m$/i.test(text)
  if (!repeats) return false
  // Registers of secret documents have names of their own: `VBM-12`, `CVM_05`.
  if (/^(?:vb|cv)m$/i.test(text)) return true
  // `M01` is a sheet or a form, unless it is the number of this document.
  const isOfSheet =
    isGlued && after?.isNumber === true && !isOwnNumber(after, own) && !words.some(isOrgan)
  if (/^(?:m|TUM|TYM|TUYM)$/.test(text) || text === 'M') return !isOfSheet
  // TM is also thuyết minh, thương mại and thay mặt: it counts where a code has its suffix.
  if (!/^(?:TM|tm)$/.test(text)) return false
  const codeWords = words.filter((word) => !word.isNumber && word !== words[nth])
  const isLast = words.slice(nth + 1).every((word) => word.isNumber)
  const hasOwn = words.some((word) => isOwnNumber(word, own))
  return (
    (isLast && (hasOwn || codeWords.length > 0)) ||
    (before?.isNumber === true && codeWords.some(isOrgan))
  )
}

/** A number among nothing but abbreviations, at the front or behind a kind of document or an office. */
function repeatsCode(words: readonly Word[], own: OwnCode): boolean {
  const [first] = words
  if (!first) return false
  const letters = words.filter((word) => !word.isNumber)
  const parts = new Set((own.symbol ?? '').toLowerCase().match(/\p{L}+/gu) ?? [])
  const isKnown = ({ text }: Word) => known.test(text) || parts.has(text.toLowerCase())
  if (!letters.every((word) => isKnown(word) || isAbbreviation(word.text))) return false
  if (!words.some((word) => word.isNumber)) return isOrgan(first)
  return (
    first.isNumber ||
    isKnown(first) ||
    (first.isGlued && words[1]?.isNumber === true) ||
    words.some((word) => isOwnNumber(word, own))
  )
}

const known =
  /^(?:ubnd|hđnd|hdnd|ub|vp|tu|cv|vb|qđ|qd|kh|ct|tb|pa|bc|ttr|cđ|cd|nq|bb|hd|vbm|cvm|m|tm|t[uy]m|tuym)$/i

function isOrgan({ text }: Word): boolean {
  return /^(?:ubnd|hđnd|hdnd|ub|cv|vb|qđ|qd|kh|ct|tb|pa|bc)$/i.test(text)
}

/** `NC`, `KGVX`, `nnmt`: in capitals or without a vowel, and no syllable. */
function isAbbreviation(text: string): boolean {
  if (text.length > 6) return false
  return (
    !/[aeiouyàáảãạăâđèéẻẽẹêìíỉĩịòóỏõọôơùúủũụưỳýỷỹỵ]/i.test(text.normalize('NFC')) ||
    (text === text.toUpperCase() && text.length <= 5)
  )
}

function isOwnNumber({ text, isNumber }: Word, { number }: OwnCode): boolean {
  const own = /\d+/.exec(number ?? '')?.[0].replace(/^0+/, '')
  return isNumber && own !== undefined && own !== '' && text.replace(/^0+/, '') === own
}
