import type { LocalDate } from '#src/domain/local-date.ts'
import { readDate, readTime } from './dates.ts'
import type { Problems } from './problem.ts'
import type { Element } from './scan.ts'

/**
 * Takes values out of one element, by name and in any order. What stands twice is no value: which of the two
 * would be meant cannot be told, and format.ts has reported it.
 */
export class Fields {
  readonly #element: Element | null
  readonly #problems: Problems
  readonly path: string

  constructor(element: Element | null, path: string, problems: Problems) {
    this.#element = element
    this.#problems = problems
    this.path = path
  }

  get isPresent(): boolean {
    return this.#element !== null
  }

  /** An element without any value in it, which the axis leaves where it dropped the values (wire §1.2). */
  get isEmpty(): boolean {
    return this.#element === null || !hasText(this.#element)
  }

  has(name: string): boolean {
    return this.#named(name).length > 0
  }

  text(name: string): string | null {
    const text = this.#single(name)?.text.trim() ?? ''
    return text === '' ? null : text
  }

  required(name: string): string | null {
    const text = this.text(name)
    if (text === null) this.#problems.note('missing', `${this.path}/${name}`)
    return text
  }

  date(name: string): LocalDate | null {
    return this.#read(name, readDate, 'dateUnreadable')
  }

  requiredDate(name: string): LocalDate | null {
    this.required(name)
    return this.date(name)
  }

  time(name: string): Date | null {
    return this.#read(name, readTime, 'timeUnreadable')
  }

  /** One of 0 to `last`, without sign, leading zero or words. */
  code(name: string, last: number): number | null {
    const read = (text: string) => (/^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : null)
    const within = (value: number | null) => (value !== null && value <= last ? value : null)
    return this.#read(name, (text) => within(read(text)), 'codeUnreadable')
  }

  flag(name: string, no: string, yes: string): boolean | null {
    const read = (text: string) => (text === yes ? true : text === no ? false : null)
    return this.#read(name, read, 'codeUnreadable')
  }

  /** The only child of this name; without one, fields that are all null. */
  group(name: string): Fields {
    return new Fields(this.#single(name), `${this.path}/${name}`, this.#problems)
  }

  groups(name: string): Fields[] {
    const path = `${this.path}/${name}`
    return this.#named(name)
      .map((element) => new Fields(element, path, this.#problems))
      .filter((fields) => !fields.isEmpty)
  }

  texts(name: string): string[] {
    return this.#named(name)
      .map((element) => element.text.trim())
      .filter((text) => text !== '')
  }

  #read<T>(
    name: string,
    read: (text: string) => T | null,
    code: 'dateUnreadable' | 'timeUnreadable' | 'codeUnreadable',
  ): T | null {
    const text = this.text(name)
    const value = text === null ? null : read(text)
    if (text !== null && value === null) this.#problems.note(code, `${this.path}/${name}`)
    return value
  }

  #single(name: string): Element | null {
    const found = this.#named(name)
    return found.length === 1 ? found[0]! : null
  }

  #named(name: string): Element[] {
    return this.#element?.children.filter((child) => child.name === name) ?? []
  }
}

function hasText(element: Element): boolean {
  return element.text.trim() !== '' || element.children.some(hasText)
}
