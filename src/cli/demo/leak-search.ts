/** Looks for strings that must not be anywhere, and proves by strings that must be there that it can see. */
import { formsOfCanary, uncertain } from './forms.ts'
import { type Needle, Needles } from './needles.ts'
import { type Database, folder, type Piece, type Place, tables } from './places.ts'

export interface Find {
  readonly name: string
  readonly form: string
  readonly place: string
  /** The first file, table or key. */
  readonly where: string
  readonly times: number
}

/** What is stored for certain: each must be found in its place, in each of these forms. */
export interface Control {
  readonly place: string
  readonly needle: Needle
}

export interface Report {
  readonly leaks: readonly Find[]
  /** Controls that were not found. The search proves nothing while there are any. */
  readonly blind: readonly string[]
  readonly searchedBytes: Readonly<Record<string, number>>
}

/**
 * `decoys` are made like the canaries and belong to nothing. One that is found means that a form is found by
 * chance and proves nothing; four-byte integers are, and count only where far more of the canaries are found.
 */
export async function search(options: {
  readonly places: readonly Place[]
  readonly canaries: readonly Needle[]
  readonly decoys?: readonly Needle[]
  readonly controls?: readonly Control[]
}): Promise<Report> {
  const { places, canaries, decoys = [], controls = [] } = options
  const owner = new Map<Needle, 'canary' | 'decoy' | 'control'>()
  for (const needle of canaries) owner.set(needle, 'canary')
  for (const needle of decoys) owner.set(needle, 'decoy')
  for (const { needle } of controls) owner.set(needle, 'control')
  const needles = new Needles([...owner.keys()])
  const searchedBytes: Record<string, number> = {}
  const finds = new Map<string, { needle: Needle; place: string; where: string; times: number }>()
  const idOf = new Map([...owner.keys()].map((needle, at) => [needle, at]))

  for (const place of places) {
    let bytes = 0
    for await (const piece of place.pieces(needles.overlap)) {
      bytes += piece.bytes.length
      needles.scan(piece.bytes, (needle, at) => {
        if (isSeenWholeElsewhere(piece, needle, at, needles.margin)) return
        const key = `${idOf.get(needle)} ${place.name}`
        const known = finds.get(key)
        if (known) known.times += 1
        else finds.set(key, { needle, place: place.name, where: piece.where, times: 1 })
      })
    }
    searchedBytes[place.name] = bytes
  }

  const all = [...finds.values()]
  const of = (kind: 'canary' | 'decoy') => all.filter(({ needle }) => owner.get(needle) === kind)
  const chance = of('decoy').filter(({ needle }) => !isUncertain(needle))
  return {
    leaks: [
      ...of('canary').filter(({ needle }) => !isUncertain(needle)),
      ...moreThanByChance(of('canary'), of('decoy')),
    ].map(({ needle, place, where, times }) => ({
      name: needle.name,
      form: needle.form,
      place,
      where,
      times,
    })),
    blind: [
      ...controls
        .filter(
          ({ place, needle }) =>
            !all.some((find) => find.needle === needle && find.place === place),
        )
        .map(({ place, needle }) => `${needle.name} as ${needle.form} in ${place}`),
      ...chance.map(
        ({ needle, place, where }) =>
          `${needle.name} belongs to nothing and was found as ${needle.form} in ${place} (${where})`,
      ),
    ],
    searchedBytes,
  }
}

function isUncertain({ form }: Needle): boolean {
  return form.startsWith(uncertain)
}

/** Distinct names, not occurrences: one accidental value may stand in a thousand pages. */
function moreThanByChance<F extends { needle: Needle; place: string }>(
  canaries: readonly F[],
  decoys: readonly F[],
): F[] {
  const namesIn = (finds: readonly F[], place: string) =>
    new Set(
      finds.filter((f) => f.place === place && isUncertain(f.needle)).map((f) => f.needle.name),
    ).size
  const suspicious = new Set(
    canaries
      .map(({ place }) => place)
      .filter((place) => namesIn(canaries, place) > 10 + 3 * namesIn(decoys, place)),
  )
  return canaries.filter(({ needle, place }) => isUncertain(needle) && suspicious.has(place))
}

/** At the ragged edge of a piece the surroundings are unknown; its neighbour has them. */
function isSeenWholeElsewhere(
  { bytes, goesOn }: Piece,
  needle: Needle,
  at: number,
  margin: number,
): boolean {
  if (goesOn.before && at < margin) return true
  return goesOn.after && at + needle.bytes.length > bytes.length - margin
}

/**
 * The search of the demo: how many of the canaries were found in any table or file, and how many of the
 * controls, without which it proves nothing. `finds` says of each canary where, and in which form.
 */
export async function searchForLeaks(options: {
  databases: readonly Database[]
  folders: readonly string[]
  canaries: readonly string[]
  controls: readonly string[]
}): Promise<{ leaks: number; controlsFound: number; finds: readonly Find[] }> {
  const { leaks } = await search({
    places: [
      ...options.databases.map((db) => tables('tables', db)),
      ...options.folders.map((path) => folder(path, path)),
    ],
    canaries: [...options.canaries, ...options.controls].flatMap(formsOf),
  })
  const found = new Set(leaks.map(({ name }) => name))
  return {
    leaks: options.canaries.filter((text) => found.has(text)).length,
    controlsFound: options.controls.filter((text) => found.has(text)).length,
    finds: leaks.filter(({ name }) => options.canaries.includes(name)),
  }
}

function formsOf(canary: string): Needle[] {
  return formsOfCanary(canary, canary).filter((needle) => !isUncertain(needle))
}
