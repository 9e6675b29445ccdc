/** Where the machine may write the memory of a process to its disk, beyond what a purge can reach. */
import { readFile } from 'node:fs/promises'

export interface MemoryOnDisk {
  /** Devices and files that swap is on and that are not known to live in memory or under a device mapper. */
  readonly swaps: readonly string[]
  readonly hibernates: boolean
}

export async function memoryOnDisk(
  read: (path: string) => Promise<string> = (path) => readFile(path, 'utf8').catch(() => ''),
): Promise<MemoryOnDisk> {
  const [, ...swaps] = (await read('/proc/swaps')).split('\n')
  const states = (await read('/sys/power/state')).trim().split(/\s+/)
  const resume = (await read('/sys/power/resume')).trim()
  return {
    swaps: swaps
      .map((line) => line.split(/\s+/)[0]!)
      .filter((device) => device !== '' && !/^\/dev\/(zram|dm-|mapper\/)/.test(device)),
    hibernates: states.includes('disk') && resume !== '' && resume !== '0:0',
  }
}

/** In one sentence, with what to do; null where nothing was found. */
export function tellMemoryOnDisk({ swaps, hibernates }: MemoryOnDisk): string | null {
  const found = [
    ...(swaps.length > 0
      ? [
          `swap ${swaps.join(', ')} có thể giữ nội dung đã xóa; tắt (swapoff) hoặc mã hóa / swap may keep what was purged: turn it off or encrypt it`,
        ]
      : []),
    ...(hibernates
      ? [
          'máy có thể ngủ đông (ghi bộ nhớ ra đĩa); tắt ngủ đông / the machine can hibernate, which writes memory to the disk: turn it off',
        ]
      : []),
  ]
  return found.length > 0 ? found.join('; ') : null
}
