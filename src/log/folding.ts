/** What is said again within this time is counted, and written once. */
const foldedMs = 60_000

type Told = Readonly<Record<string, unknown>>

interface Folded {
  count: number
  latest: Told
  readonly write: (told: Told) => void
}

/** What is still to be told, of every log of this process, should it end before its minute does. */
const untold = new Set<Folded>()
process.on('exit', tellAll)

function tellAll(): void {
  for (const folded of untold) tell(folded)
}

function tell(folded: Folded): void {
  untold.delete(folded)
  if (folded.count > 0) folded.write({ ...folded.latest, repeated: folded.count })
  folded.count = 0
}

/**
 * Writes a line at most once a minute: the first at once, and those that follow as one with their number, when the minute
 * is over or the process ends. A fault that lasts must not fill the disk that also holds the files.
 */
export function folding(write: (told: Told) => void) {
  const lines = new Map<string, Folded>()

  function open(key: string): void {
    const folded: Folded = { count: 0, latest: {}, write }
    lines.set(key, folded)
    const timer = setInterval(() => {
      if (folded.count > 0) return tell(folded)
      clearInterval(timer)
      lines.delete(key)
    }, foldedMs)
    timer.unref()
  }

  return {
    say(key: string, told: Told): void {
      const folded = lines.get(key)
      if (!folded) {
        open(key)
        write(told)
        return
      }
      folded.count++
      folded.latest = told
      untold.add(folded)
    },
    /** What has been counted so far is written now. */
    flush(): void {
      for (const folded of lines.values()) tell(folded)
    },
  }
}
