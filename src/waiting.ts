/** Waiting for another process: it is said for whom, it heeds a stop, and it has an end. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Explained } from './domain/errors.ts'

export interface Waiting {
  readonly say: (sentence: string) => void
  readonly stop?: AbortSignal | undefined
  readonly limitMs?: number
}

/** Whom this process waits for, in both languages, and what a person does about it when it lasts. */
export interface Awaited {
  readonly vi: string
  readonly en: string
  readonly advice: string
}

export const aloud: Waiting = {
  say: (sentence) => void process.stderr.write(`chidao: ${sentence}\n`),
}

const lookEveryMs = 50
/** Two commands at the same moment wait for each other without a word. */
const firstWordMs = 1_000
const longestMs = 120_000
/** Until the end of the wait. */
const words = 8

/** Looks until it has found something. */
export async function waitFor<T>(
  look: () => Promise<T | null>,
  whom: () => Awaited,
  { say, stop, limitMs = longestMs }: Waiting,
): Promise<T> {
  const from = performance.now()
  const everyMs = limitMs / words
  let wordAt = from + Math.min(firstWordMs, everyMs)
  for (;;) {
    stop?.throwIfAborted()
    const found = await look()
    if (found !== null) return found
    const now = performance.now()
    const { vi, en, advice } = whom()
    if (now > from + limitMs)
      throw new Explained(
        `Đã chờ ${vi} quá ${limitMs / 1000} giây. Waited ${limitMs / 1000} s for ${en}, and no longer. ${advice}`,
      )
    if (now > wordAt) {
      say(`Đang chờ ${vi}. Waiting for ${en}.`)
      wordAt = now + everyMs
    }
    await sleep(lookEveryMs)
  }
}
