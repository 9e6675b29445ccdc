type Word = string | ((...given: never[]) => string)

export interface Words {
  readonly [name: string]: Word | Words
}

/** The same shape in the other language: what is a sentence with a number in it is one in both. */
type Same<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer Given) => string
      ? (...given: Given) => string
      : Same<T[K]>
}

export interface Both<T> {
  readonly vi: Same<T>
  readonly en: Same<T>
}

/** What a page says, in Vietnamese and in English; one that lacks a word does not compile. */
export function both<const T extends Words>(vi: T, en: Same<T>): Both<T> {
  return { vi: vi as unknown as Same<T>, en }
}

export type Language = keyof Both<Words>
