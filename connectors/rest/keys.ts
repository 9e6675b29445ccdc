/** Which key of the profile leads to nothing, in an answer or a document that cannot be understood. Says nothing of what they hold. */
import { valueAt } from './field.ts'
import type { RestProfile } from './profile.ts'
import { idFrom } from './wire-values.ts'

/** Undefined also where every key leads to something. */
export function keyWithout(
  operation: string,
  answer: unknown,
  { list, detail, reply }: RestProfile,
): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const lacks = (path: string | undefined) => path !== undefined && isAbsent(answer, path)
  switch (operation) {
    case 'list':
      if (lacks(list.success?.field)) return 'list.success.field'
      if (lacks(list.items)) return 'list.items'
      return lacks(list.total) ? 'list.total' : undefined
    case 'read':
      return detail !== 'row' && lacks(detail.success?.field) ? 'detail.success.field' : undefined
    case 'lookUp': {
      const lookUp = reply?.lookUp
      if (!lookUp || lookUp === 'none') return undefined
      if (lacks(lookUp.success?.field)) return 'reply.lookUp.success.field'
      return lacks(lookUp.items) ? 'reply.lookUp.items' : undefined
    }
    default:
      return undefined
  }
}

/** Of one document, and of the rows of its files where they stand in it. */
export function keyWithoutIn(
  item: unknown,
  { detail, map, files }: RestProfile,
): string | undefined {
  if (typeof item !== 'object' || item === null)
    return detail === 'row' || detail.root === undefined ? undefined : 'detail.root'
  if (idFrom(at(item, map.id)) === null) return 'map.id'
  if (!files) return undefined
  const rows = files.list ? [] : at(item, files.items)
  if (rows === undefined) return files.list ? 'files.list' : 'files.items'
  if (!Array.isArray(rows)) return 'files.items'
  for (const key of ['name', 'id', 'url', 'content'] as const) {
    const path = files[key]
    if (path !== undefined && rows.some((row) => isAbsent(row, path))) return `files.${key}`
  }
  return undefined
}

function isAbsent(root: unknown, path: string): boolean {
  return at(root, path) === undefined
}

function at(root: unknown, path: string): unknown {
  try {
    return valueAt(root, path)
  } catch {
    // Two fields answer to the path: it leads to something.
    return null
  }
}
