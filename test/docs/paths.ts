import { posix } from 'node:path'
import type { Library } from './library.ts'
import { relativeLinksOf } from './markdown.ts'

type Exists = (path: string) => boolean

/** Links of one document that lead to no file of the repository, or to no heading of it. */
export function brokenLinks(
  document: string,
  markdown: string,
  { anchors }: Library,
  exists: Exists,
): string[] {
  return relativeLinksOf(markdown).filter((link) => {
    const [target, anchor] = decodeURIComponent(link).normalize('NFC').split('#') as [
      string,
      string | undefined,
    ]
    const file =
      target === '' ? document : posix.normalize(posix.join(posix.dirname(document), target))
    if (file.startsWith('..') || !exists(file)) return true
    return anchor !== undefined && anchors.get(file)?.has(anchor) !== true
  })
}

const named =
  /(?<![\w/.#-])(?:src|connectors|jobs|config|test|bench|deploy)\/(?:[\w.*/-]|\{[\w,./-]+\})*/g

/** Files and folders that a document names and the repository does not have. */
export function missingPaths(markdown: string, exists: Exists): string[] {
  return [...markdown.matchAll(named)]
    .flatMap(([path]) => alternatives(path))
    .map((path) => path.replace(/[.,-]+$/, ''))
    .filter((path) => !exists(path.includes('*') ? path.slice(0, path.indexOf('*')) : path))
}

/** `bench/{main,edxml}.ts` -> both. */
function alternatives(path: string): string[] {
  const braces = /^(.*?)\{([^}]*)\}(.*)$/.exec(path)
  if (!braces) return [path]
  const [, before, list, after] = braces
  return list!.split(',').flatMap((one) => alternatives(`${before}${one}${after}`))
}

/** The rooms that a map names in the first column of its table. */
export function roomsOf(map: string): string[] {
  const cells = [...map.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!)
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w./-]+\/[\w./-]*)`/g)].map(([, at]) => at!))
}

/** Of these files and folders, those that no room of the map is or holds. */
export function unmapped(entries: readonly string[], rooms: readonly string[]): string[] {
  const known = new Set(rooms.map((room) => room.replace(/\/$/, '')))
  return entries.filter((entry) => !known.has(entry))
}
