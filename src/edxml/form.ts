/** What may stand in an element of a message: these children, these attributes, and this kind of text. */
export interface Form {
  /** `*` marks those that may be repeated. */
  readonly children: Readonly<Record<string, Form>>
  readonly attributes: readonly string[]
  readonly text: TextForm
}

/**
 * `printed` is looked at for marks; `named` is number, symbol or subject, which the gate judges by rules of their own;
 * `fileName` is judged as one. A value of a signature is whatever passes its own test, and nothing else of it is read.
 */
export type TextForm = 'none' | 'printed' | 'named' | 'fileName' | ((value: string) => boolean)

export const leaf: Form = { children: {}, attributes: [], text: 'printed' }

export function leaves(...names: string[]): Record<string, Form> {
  return Object.fromEntries(names.map((name) => [name, leaf]))
}

export function of(children: Record<string, Form>, ...attributes: string[]): Form {
  return { children, attributes, text: 'none' }
}

export function text(form: TextForm, ...attributes: string[]): Form {
  return { children: {}, attributes, text: form }
}
