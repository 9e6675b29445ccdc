import { isDegree, isNameOfSecrecy, sameName } from '#src/domain/unnamed-field.ts'
import { stepsOf } from './field.ts'
import type { RestProfile } from './profile.ts'

/**
 * What a source says where no line of the profile looks: a field named as one of secrecy, or named like a field of the
 * gate but for letters that nobody tells apart, and a value that is a degree. By its path, never by its value.
 */
export function unnamedInItem(item: unknown, profile: RestProfile): string[] {
  return [...new Set(suspicious(item, '', knownOf(profile).ofItem))]
}

/** The same of the row of a file. */
export function unnamedInFile(row: unknown, profile: RestProfile): string[] {
  return [...new Set(suspicious(row, '', knownOf(profile).ofFile))]
}

interface Known {
  /** Fields that the profile names or lists as known; what lies in them is looked at by whoever names them. */
  readonly paths: ReadonlySet<string>
  readonly isSuspect: (path: string, name: string) => boolean
}

const knownByProfile = new WeakMap<RestProfile, { ofItem: Known; ofFile: Known }>()

function knownOf(profile: RestProfile): { ofItem: Known; ofFile: Known } {
  const known = knownByProfile.get(profile)
  if (known) return known
  const { map, files, detail } = profile
  const ofItem = [
    ...[map.id, map.code, map.number, map.symbol, map.subject, map.summary, map.replaces],
    ...['path' in map.issuer ? map.issuer.path : undefined, map.typeName.path, map.issuedOn.path],
    ...[map.signer.name, map.signer.position, map.signer.competence],
    ...[map.receivers?.path, map.dueOn?.path, ...Object.values(map.fields)],
    ...[...map.texts, ...map.fileNames, ...map.known, files?.list ? undefined : files?.items],
    ...[detail === 'row' ? undefined : detail.url, files?.list?.url],
  ]
  const ofFile = files
    ? [
        ...[files.id, files.name, files.mediaType, files.size, files.fullText?.field],
        ...[files.url, files.content, ...files.known],
      ]
    : []
  const made = {
    ofItem: knownFields(ofItem, Object.values(map.fields)),
    ofFile: knownFields(ofFile, []),
  }
  knownByProfile.set(profile, made)
  return made
}

function knownFields(named: readonly (string | undefined)[], ofGate: readonly string[]): Known {
  const paths = new Set(named.flatMap((path) => (path === undefined ? [] : waysOf(path))))
  const names = new Set(ofGate.flatMap(waysOf).map(sameName))
  // The names of a source's fields are few, and asked about once for each row.
  const asked = new Map<string, boolean>()
  const isSuspect = (path: string, name: string) => {
    const answer = asked.get(path) ?? (isNameOfSecrecy(name) || names.has(sameName(path)))
    if (asked.size < mostNames && path.length <= longestName) asked.set(path, answer)
    return answer
  }
  return { paths, isSuspect }
}

/** A path of the profile as the walk below meets it: one field of that very name, or fields of fields. */
function waysOf(path: string): string[] {
  const nested = stepsOf(path).filter((step) => !/^\d+$/.test(step))
  return path.startsWith('/') ? [nested.join('/')] : [path, nested.join('/')]
}

const mostNames = 1000
const longestName = 100
/** Deeper than any item; what lies below is not looked at by anybody and refused. */
const mostLevels = 12

function* suspicious(node: unknown, path: string, known: Known, level = 0): Generator<string> {
  if (typeof node === 'string' && isDegree(node)) yield path
  if (typeof node !== 'object' || node === null) return
  if (level > mostLevels) return yield path
  if (Array.isArray(node)) {
    for (const one of node) yield* suspicious(one, path, known, level + 1)
    return
  }
  for (const name of Object.keys(node)) {
    const inner = path === '' ? name : `${path}/${name}`
    if (known.paths.has(inner)) continue
    if (known.isSuspect(inner, name)) yield inner
    else yield* suspicious((node as Record<string, unknown>)[name], inner, known, level + 1)
  }
}
