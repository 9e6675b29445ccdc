import { problem, Unreadable } from './problem.ts'

/**
 * The same chunks until the signal is raised, then `outOfTime`, also while the source is silent. A source
 * that breaks by itself breaks this with its own error.
 */
export async function* interruptible(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  let finished = false
  try {
    while (true) {
      const next = await nextOrInterrupted(chunks, signal)
      if (next.done) {
        finished = true
        return
      }
      yield next.value
    }
  } finally {
    // Not awaited: a source that hangs would hang this too.
    if (!finished) chunks.return?.().catch(() => undefined)
  }
}

function nextOrInterrupted<T>(
  chunks: AsyncIterator<T>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<T>> {
  if (!signal) return chunks.next()
  return new Promise((resolve, reject) => {
    const interrupt = () => reject(new Unreadable(problem('outOfTime')))
    if (signal.aborted) return interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    chunks
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', interrupt))
  })
}
