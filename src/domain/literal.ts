/** A value as a source writes it; `1` and `"1"` are different literals. */
export type Literal = string | number | boolean | null

/**
 * Whether a value is one of the literals that a profile lists, as a reader sees it: neither the Unicode form of its letters
 * nor the white space around them can be seen, and nothing else is alike.
 */
export function isOneOf(literals: readonly Literal[], value: unknown): boolean {
  if (literals.includes(value as Literal)) return true
  if (typeof value !== 'string') return false
  const seen = asSeen(value)
  return literals.some((literal) => asSeen(literal) === seen)
}

/** The form in which literals and texts are compared. */
export function asSeen(value: string): string
export function asSeen(value: Literal): Literal
export function asSeen(value: Literal): Literal {
  return typeof value === 'string' ? value.normalize('NFC').trim() : value
}
