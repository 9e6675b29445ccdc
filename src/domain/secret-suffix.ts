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
  const compact = fold(symbol).text.replace(/(?<=[^\p{L}\p{N}])\s+/gu, '')
  return [...compact.matchAll(/\p{L}+/gu)].map(({ 0: letters, index }) => {
    const [sign = ''] = /[^\p{L}\p{N}\s]$/u.exec(compact.slice(Math.max(0, index - 2), index)) ?? []
    return { letters, suffix: (/[\p{Pd}\u2212]/u.test(sign) ? '-' : sign) + letters }
  })
}
