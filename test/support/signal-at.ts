/**
 * Preloaded into a service under test: sends it a signal right before a line of its own source, the n-th
 * time that line is reached. The product needs no hooks for this; a line that is not found, or found twice, is an error.
 */
import { registerHooks } from 'node:module'

interface SignalAt {
  readonly file: string
  /** The beginning of the line, as written. */
  readonly line: string
  readonly signal: 'SIGKILL' | 'SIGSTOP'
  readonly time: number
}

const wanted: SignalAt | null = JSON.parse(process.env.CHIDAO_TEST_SIGNAL_AT ?? 'null')

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!wanted || !url.endsWith(`/${wanted.file}`) || loaded.source === undefined) return loaded
    const source = String(
      loaded.source instanceof Uint8Array ? Buffer.from(loaded.source) : loaded.source,
    )
    const at = source.indexOf(wanted.line)
    if (at === -1) throw new Error(`${wanted.file} has no line that begins with: ${wanted.line}`)
    if (source.includes(wanted.line, at + 1))
      throw new Error(`${wanted.file} has more than one line that begins with: ${wanted.line}`)
    const trap = `if ((globalThis.__reached = (globalThis.__reached ?? 0) + 1) === ${wanted.time}) process.kill(process.pid, '${wanted.signal}');`
    return { ...loaded, source: `${source.slice(0, at)}${trap}${source.slice(at)}` }
  },
})
