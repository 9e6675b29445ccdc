import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Memory, Seen } from './life.ts'

/**
 * What this machine remembers of its store while no process runs. A file that cannot be read remembers nothing, and one
 * that cannot be written costs no more: the keys and the other processes remember as well.
 */
export function memoryIn(file: string): Memory {
  let known = read(file)
  return {
    load: () => known,
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
