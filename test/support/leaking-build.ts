/**
 * Preloaded into a service under test: puts a statement of its own before a line of our source, in memory,
 * so that the search for leaks can be shown builds that leak. A line that is not there is an error.
 */
import { registerHooks } from 'node:module'

export interface Patch {
  readonly file: string
  /** The beginning of the line, as written; there must be one of it. */
  readonly before: string
  readonly insert: string
  /** Also takes away what is written at `before`. */
  readonly instead?: boolean
}

const patches: Patch[] = JSON.parse(process.env.CHIDAO_TEST_LEAK ?? '[]')

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const ours = patches.filter(({ file }) => url.endsWith(`/${file}`))
    if (ours.length === 0 || loaded.source === undefined) return loaded
    const original = loaded.source
    const source = String(original instanceof Uint8Array ? Buffer.from(original) : original)
    return { ...loaded, source: ours.reduce(patched, source) }
  },
})

function patched(source: string, { file, before, insert, instead }: Patch): string {
  if (source.split(before).length !== 2)
    throw new Error(`${file} has not exactly one line that begins with: ${before}`)
  return source.replace(before, () => (instead ? insert : `${insert};${before}`))
}
