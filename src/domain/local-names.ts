/**
 * Names of a province's own with Mật in them (`Mật Sơn`, `Đồng Mật`), as its profile lists them. In a text they are replaced
 * by letters that say nothing; only the whole name counts, as it is listed or all in capitals, for `MẬT Sơn La` begins
 * with a stamp.
 */
export function withoutLocalNames(names: readonly string[] | undefined): (text: string) => string {
  return replacing(names, inTexts, ({ listed }) => [listed, listed.toUpperCase()], String.raw`\s+`)
}

/** The same in names of files, where diacritics and blanks get lost. */
export function withoutLocalNamesInFiles(
  names: readonly string[] | undefined,
): (name: string) => string {
  return replacing(
    names,
    inFiles,
    ({ listed, bare }) => [
      ...[listed, listed.toUpperCase(), listed.toLowerCase()],
      ...[bare, bare.toUpperCase(), bare.toLowerCase()],
    ],
    String.raw`[\s_.\-]+`,
  )
}

interface Name {
  readonly listed: string
  readonly bare: string
}

type Kept = WeakMap<readonly string[], (text: string) => string>
const inTexts: Kept = new WeakMap()
const inFiles: Kept = new WeakMap()

function replacing(
  names: readonly string[] | undefined,
  kept: Kept,
  forms: (name: Name) => string[],
  gap: string,
): (text: string) => string {
  if (!names || names.length === 0) return asItIs
  const known = kept.get(names)
  if (known) return known
  const written = names
    .map((name) => name.normalize('NFC').trim())
    .flatMap((listed) => forms({ listed, bare: withoutDiacritics(listed) }))
    .map((form) => form.split(/\s+/).map(RegExp.escape).join(gap))
  const whole = new RegExp(`(?<![\\p{L}\\p{N}])(?:${written.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
  const replace = (text: string) => {
    const composed = text.normalize('NFC')
    const left = composed.replace(whole, (found) =>
      found.replace(/\p{Lu}/gu, 'A').replace(/\p{Ll}/gu, 'a'),
    )
    return left === composed ? text : left
  }
  kept.set(names, replace)
  return replace
}

const asItIs = (text: string) => text

function withoutDiacritics(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
}
