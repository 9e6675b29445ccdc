/**
 * Where a value stands in an answer or an item. A JSON pointer (RFC 6901) begins with `/`: `/pagination/total`, and ``
 * is the whole. Anything else is the name of one field, dots and all: `@odata.count`. Where no field has that very name,
 * names joined by dots are fields of fields.
 */
import { WrongShape } from '../http/unreadable.ts'

export const fieldPath = /^(?:(?:\/(?:[^~/]|~[01])*)*|[^/{}\s](?:[^{}]*[^{}\s])?)$/

/** `undefined` where the path ends before its time, also at names every object inherits. */
export function valueAt(root: unknown, path: string): unknown {
  const steps = stepsOf(path)
  if (path === '' || path.startsWith('/')) return follow(root, steps)
  const named = own(root, path)
  if (steps.length === 1) return named
  const nested = follow(root, steps)
  // Which of the two is meant nobody can tell.
  if (named !== undefined && nested !== undefined) throw new WrongShape()
  return named === undefined ? nested : named
}

export function stepsOf(path: string): string[] {
  if (path === '') return []
  if (!path.startsWith('/')) return path.split('.')
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function follow(root: unknown, steps: readonly string[]): unknown {
  let node = root
  for (const step of steps) node = own(node, step)
  return node
}

function own(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined
  if (Array.isArray(node) && !/^(?:0|[1-9]\d*)$/.test(name)) return undefined
  return (node as Record<string, unknown>)[name]
}
