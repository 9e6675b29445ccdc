/** Which keys of the profile led to nothing in anything that was seen. For a rehearsal: a reading does without what is not there. */
import { valueAt } from './field.ts'
import type { RestProfile } from './profile.ts'

export class SeenKeys {
  readonly #ofItems: ReadonlyMap<string, string>
  readonly #ofFiles: ReadonlyMap<string, string>
  readonly #met = new Set<string>()
  #details = 0
  #files = 0

  constructor(profile: RestProfile) {
    const { map, files } = profile
    this.#ofItems = given({
      'map.symbol': map.symbol,
      'map.summary': map.summary,
      'map.replaces': map.replaces,
      'map.signer.name': map.signer.name,
      'map.signer.position': map.signer.position,
      'map.signer.competence': map.signer.competence,
      'map.receivers': map.receivers?.path,
      'map.dueOn': map.dueOn?.path,
      ...Object.fromEntries(map.texts.map((path, at) => [`map.texts.${at}`, path])),
    })
    this.#ofFiles = given({ 'files.size': files?.size, 'files.mediaType': files?.mediaType })
  }

  row(row: unknown): void {
    this.#look(row, this.#ofItems)
  }

  detail(item: unknown, files: readonly unknown[]): void {
    this.#details++
    this.#look(item, this.#ofItems)
    for (const row of files) {
      this.#files++
      this.#look(row, this.#ofFiles)
    }
  }

  /** None before a whole document was seen, for a row need not show all of it. */
  get unmet(): string[] {
    const asked = [
      ...(this.#details > 0 ? this.#ofItems.keys() : []),
      ...(this.#files > 0 ? this.#ofFiles.keys() : []),
    ]
    return asked.filter((key) => !this.#met.has(key))
  }

  #look(item: unknown, keys: ReadonlyMap<string, string>): void {
    for (const [key, path] of keys)
      if (!this.#met.has(key) && isThere(item, path)) this.#met.add(key)
  }
}

function given(keys: Readonly<Record<string, string | undefined>>): Map<string, string> {
  return new Map(
    Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function isThere(item: unknown, path: string): boolean {
  try {
    return valueAt(item, path) !== undefined
  } catch {
    // Two fields answer to the path.
    return true
  }
}
