/** How a command that runs until it is told to stop comes to its end. */

/** Longer than a service takes to hand back what it holds, and shorter than a supervisor waits before it kills. */
const graceMs = 12_000

/** Nothing went wrong: somebody told the process to stop. */
export class ToldToStop extends Error {}

/** Aborted by the first SIGTERM or SIGINT. A second one ends the process at once, as does the end of the grace period. */
export function toldToStop(): AbortSignal {
  const told = new AbortController()
  const signals = ['SIGTERM', 'SIGINT'] as const
  const tell = () => {
    for (const signal of signals) process.off(signal, tell)
    endAtLast(1)
    told.abort(new ToldToStop())
  }
  for (const signal of signals) process.once(signal, tell)
  return told.signal
}

/** What was under way when the stop came may fail of it; that is no failure to tell anybody about. */
export async function quietlyEnded<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    stop.throwIfAborted()
    throw error
  }
}

/** The last resort: a process that should be over and still has something open ends all the same. */
export function endAtLast(code: number): void {
  setTimeout(() => {
    process.stderr.write(
      `chidao: kết thúc quá ${graceMs / 1000} giây, còn mở. The process took longer than ${graceMs / 1000} s to end and had this still open: ${openResources()}. What it held goes to the other processes when its leases run out.\n`,
    )
    process.exit(code)
  }, graceMs).unref()
}

function openResources(): string {
  const counted = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo())
    counted.set(kind, (counted.get(kind) ?? 0) + 1)
  return [...counted].map(([kind, count]) => `${count} × ${kind}`).join(', ') || '–'
}
