/** How people and systems write the same name: with blanks, `_` or `-`, in any set of case, with and without diacritics. */
export function spellingsOf(name: string): string[] {
  const words = name.replace(/[ _-]+/g, ' ')
  const all = [words, withoutDiacritics(words)].flatMap((written) =>
    [written, written.toLowerCase(), written.toUpperCase()].flatMap((set) =>
      [' ', '_', '-'].map((sign) => set.replaceAll(' ', sign)),
    ),
  )
  return [...new Set(all)]
}

export function withoutDiacritics(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
}
