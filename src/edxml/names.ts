/** `name` with its prefix. */
export interface Attribute {
  readonly name: string
  readonly value: string
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The name of an element is written by whoever sent the message, so it is kept short and plain. */
export function printableName(name: string): string {
  return /^[\p{L}\p{N}_.:-]{1,64}$/u.test(name) ? name : '(unprintable name)'
}
