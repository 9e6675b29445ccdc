import { fold } from './letters.ts'

/**
 * A part of a symbol, or of a number, that abbreviates a degree of secrecy: `-M`, `/M`, `(M)`, `-TM`, `-TuM`. The
 * law knows none, offices write them (domain dossier §2.2). M counts wherever it stands alone; TM and TuM, which
 * units also use, only as the last letters.
 */
export function secretSuffix(symbol: string, harmless: readonly string[]): boolean {
  const listed = new Set(harmless.map((suffix) => partsOf(suffix).at(-1)?.suffix))
  const parts = partsOf(symbol)
  return parts.some(
    ({ letters, suffix }, at) =>
      (/^(?:m|mật|mat|tốimật|tuyệtmật|toimat|tuyetmat)$/.test(letters) ||
        (/^(?:tm|tum|tym|tuym)$/.test(letters) && at === parts.length - 1)) &&
      !listed.has(suffix),
  )
}

interface Part {
  readonly letters: string
  /** With the sign before it, `-m` or `(m`, as profiles list it. */
  readonly suffix: string
}

function partsOf(symbol: string): Part[] {
  return [...fold(symbol).text.matchAll(/([^\p{L}\p{N}]*)(\p{L}+|\p{N}+)/gu)]
    .filter(({ 2: word = '' }) => /\p{L}/u.test(word))
    .map(({ 1: between = '', 2: letters = '' }) => {
      const sign = between.replace(/\s+/g, '').slice(-1)
      return { letters, suffix: (/[\p{Pd}\u2212]/u.test(sign) ? '-' : sign) + letters }
    })
}
