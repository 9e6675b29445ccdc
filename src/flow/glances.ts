import { setTimeout as sleep } from 'node:timers/promises'
import type { ListedMessage } from '#connectors/connector.ts'
import type { Reading } from './reading.ts'

const glanceMs = 2_000
const mostPages = 5

/**
 * Looks at both ends of a list again while what it listed is being read: new rows arrive at one of them, and a reading of
 * thousands takes minutes. What is met is only handed to `take`; a list that cannot be had is the reading's to name.
 */
export function glances(
  { source, pass, listedTo }: Reading,
  take: (item: ListedMessage) => Promise<void>,
): AsyncDisposable {
  const ended = new AbortController()
  const { connector } = source
  const window = { from: pass.from, until: pass.until }

  async function look(first: string | null): Promise<boolean> {
    let page = first
    for (let n = 0; n < mostPages; n++) {
      const answer = await connector.list(window, page)
      if (!answer.ok || ended.signal.aborted) return false
      for (const item of answer.value.items) if (!item.unreadable) await take(item)
      page = answer.value.next
      if (first === null || page === null) return true
    }
    return true
  }

  async function untilEnded(): Promise<void> {
    while (await isWaitedFor()) {
      const end = listedTo()
      if ((await look(null)) && end !== null) await look(end)
    }
  }

  const isWaitedFor = () =>
    sleep(glanceMs, true, { signal: ended.signal, ref: false }).catch(() => false)

  const running = untilEnded()
  // Thrown at whoever waits for the end, below.
  running.catch(() => {})
  return {
    async [Symbol.asyncDispose]() {
      ended.abort()
      await running
    },
  }
}
