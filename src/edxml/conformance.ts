import type { Form } from './form.ts'
import { edxml } from './format.ts'
import { printableName } from './names.ts'
import type { Problems } from './problem.ts'
import type { Element } from './scan.ts'

/** What a message says, whatever becomes of its values: the gate looks at all of it. */
export interface Said {
  /** Every text that is judged by no rule of its own, every value of an attribute, every comment and instruction. */
  readonly texts: readonly string[]
  readonly fileNames: readonly string[]
}

/**
 * Holds a message against the known form. Reports every element and attribute that has no place where it stands, what
 * stands twice, and text between elements, and returns their names for the gate, with all that the message says.
 */
export function compareWithForm(
  root: Element,
  asides: readonly string[],
  problems: Problems,
): { unknownElements: string[]; said: Said } {
  const comparison = new Comparison(problems)
  comparison.element(root, edxml, 'edXML')
  const { unknown, texts, fileNames } = comparison
  for (const aside of asides) texts.add(aside)
  return { unknownElements: [...unknown], said: { texts: [...texts], fileNames: [...fileNames] } }
}

class Comparison {
  readonly unknown = new Set<string>()
  readonly texts = new Set<string>()
  readonly fileNames = new Set<string>()
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  element(element: Element, form: Form, path: string): void {
    this.#attributes(element, form, path)
    this.#text(element, form, path)
    const seen = new Set<string>()
    for (const child of element.children) {
      const name = printableName(child.name)
      const repeatable = form.children[`${child.name}*`]
      const childForm = repeatable ?? own(form.children, child.name)
      if (!childForm) {
        const misspelt = name === 'Business' && element.name === 'TraceHeaderList'
        this.#problems.note(misspelt ? 'businessMisspelt' : 'unknownElement', `${path}/${name}`)
        this.#note(name)
        this.#everythingIn(child)
        continue
      }
      const repeats = !repeatable && seen.has(child.name)
      if (repeats) {
        this.#problems.note(
          name === 'Bussiness' ? 'severalBussiness' : 'repeated',
          `${path}/${name}`,
        )
        this.#note(name)
        this.#everythingIn(child)
      }
      seen.add(child.name)
      this.element(child, childForm, `${path}/${name}`)
    }
  }

  #attributes(element: Element, form: Form, path: string): void {
    for (const { name, value } of element.attributes) {
      if (form.attributes.includes(name) || isNil(name, value, element)) continue
      this.#problems.note('unknownAttribute', `${path}/@${printableName(name)}`)
      this.#note(`@${printableName(name)}`)
    }
  }

  #text({ name, text, content }: Element, form: Form, path: string): void {
    if (text.trim() === '' || content !== null) return
    if (typeof form.text === 'function') {
      if (form.text(text)) return
      this.#problems.note('signatureMalformed', path)
      this.#note(name)
    }
    if (form.text === 'none') {
      this.#problems.note('strayText', path)
      this.#note(`${name}/text()`)
    }
    if (form.text === 'fileName') this.fileNames.add(text.trim())
    else if (form.text !== 'named') this.texts.add(text.trim())
  }

  /** Of what has no place, no text is judged by a rule of its own. */
  #everythingIn(element: Element): void {
    if (element.text.trim() !== '') this.texts.add(element.text.trim())
    for (const child of element.children) this.#everythingIn(child)
  }

  #note(name: string): void {
    if (this.unknown.size < 100) this.unknown.add(name)
  }
}

/** `xsi:nil`, as .NET writes it on a member without a value. */
function isNil(name: string, value: string, { text, children }: Element): boolean {
  if (name !== 'nil') return false
  if (value === 'false' || value === '0') return true
  return (value === 'true' || value === '1') && text.trim() === '' && children.length === 0
}

function own(children: Form['children'], name: string): Form | undefined {
  return Object.hasOwn(children, name) ? children[name] : undefined
}
