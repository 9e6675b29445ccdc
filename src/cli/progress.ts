import cliProgress from 'cli-progress'
import { hasColours } from './colour.ts'

// A CommonJS package whose names Node cannot see.
const { Format, Presets, SingleBar } = cliProgress

/** How far a long command is. Its words are the command's own, never a document's. */
export interface Progress {
  /** What is being worked on, and how much of the total is done. */
  at(done: number, doing?: string): void
  /** Writes a line that stays, above the bar. */
  aside(write: () => void): void
  end(): void
}

export interface ProgressOptions {
  readonly total: number
  /** `--json`, or whatever else a program reads. */
  readonly quiet: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stream?: NodeJS.WriteStream
}

/** A bar on a terminal; nothing at all in a pipe, under CI, or where plain output is wanted (NO_COLOR, TERM=dumb). */
export function openProgress(options: ProgressOptions): Progress {
  const { total, quiet, env, stream = process.stderr } = options
  const isWanted = !quiet && stream.isTTY && hasColours(stream) && !env.CI
  return isWanted ? bar(total, stream) : silence
}

const silence: Progress = { at() {}, aside: (write) => write(), end() {} }

function bar(total: number, stream: NodeJS.WriteStream): Progress {
  const shown = new SingleBar(
    {
      format: (options, { progress }, { doing }) =>
        `${Format.BarFormat(progress, options)} ${String(Math.round(progress * 100)).padStart(3)} %  ${doing}`,
      stream,
      barsize: 24,
      clearOnComplete: true,
      linewrap: false,
    },
    Presets.shades_classic,
  )
  let done = 0
  let doing = ''
  const show = () => shown.start(total, done, { doing })
  // A command that fails leaves the terminal as it was: the bar gone, its own settings back.
  const hide = () => shown.stop()
  process.once('exit', hide)
  show()
  return {
    at(now, doingNow = doing) {
      done = Math.min(now, total)
      doing = doingNow
      shown.update(done, { doing })
    },
    // The bar goes back to where it was first drawn when it is cleared, so it may not stay while a line is written.
    aside(write) {
      hide()
      write()
      show()
    },
    end() {
      process.off('exit', hide)
      hide()
    },
  }
}
