/** What can be typed after one command. */
export interface Page {
  /** `replies settle`; empty for the program itself. */
  readonly path: string
  readonly commands: readonly Word[]
  readonly options: readonly OptionWords[]
  readonly argument: Values
}

export interface Word {
  readonly word: string
  readonly about: string
}

export interface OptionWords {
  /** `--json`, or both of `-h` and `--help`. */
  readonly flags: readonly string[]
  readonly about: string
  /** Null: the option stands alone. */
  readonly value: Values | null
  /** Takes as many values as follow. */
  readonly many: boolean
}

/** What may stand for a value: known words, a source of the configuration, a file, or anything. */
export type Values = readonly string[] | 'source' | 'file' | 'anything'
