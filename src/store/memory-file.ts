import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Memory, Seen } from './life.ts'

/**
 * What this machine remembers of its store: what one of its processes has seen, each knows, and the next one that starts. A
 * file that cannot be read remembers nothing, and one that cannot be written costs no more: the keys remember as well.
 */
export function memoryIn(file: string): Memory {
  let known: Seen | null = null
  return {
    load() {
      const told = read(file)
      if (told && !(told.storeId === known?.storeId && told.generation < known.generation))
        known = told
      return known
    },
    keep(seen) {
      if (JSON.stringify(seen) === JSON.stringify(known)) return
      known = seen
      write(file, seen)
    },
  }
}

function read(file: string): Seen | null {
  try {
    const { storeId, generation, keysGeneration } = JSON.parse(readFileSync(file, 'utf8'))
    const isWhole =
      typeof storeId === 'string' && [generation, keysGeneration].every(Number.isSafeInteger)
    return isWhole ? { storeId, generation, keysGeneration } : null
  } catch {
    return null
  }
}

function write(file: string, seen: Seen): void {
  const unfinished = `${file}.${process.pid}`
  try {
    writeFileSync(unfinished, JSON.stringify(seen), { mode: 0o600 })
    renameSync(unfinished, file)
  } catch {}
}
