/** Where `now` comes from. Steps of the flow are handed one; nothing below them reads it. */
import { Explained } from './errors.ts'

export interface Clock {
  now(): Date
}

/** Real time, or time that runs `speed` times as fast since the machine's clock showed `epochMs`. */
export interface AcceleratedClock extends Clock {
  readonly origin: Date
  readonly epochMs: number
  readonly speed: number
}

export interface ManualClock extends Clock {
  set(instant: Date): void
  advance(ms: number): void
}

export const wallClock: Clock = { now: () => new Date() }

/** Every process that is given the same three values sees the same time. */
export function acceleratedClock(from: {
  readonly origin: Date
  readonly epochMs: number
  readonly speed: number
  /** Left out: this machine's own. */
  readonly real?: Clock
}): AcceleratedClock {
  const { origin, epochMs, speed, real = wallClock } = from
  const startMs = origin.getTime()
  return {
    origin,
    epochMs,
    speed,
    now: () => new Date(startMs + (real.now().getTime() - epochMs) * speed),
  }
}

/** Stands still until it is told otherwise. */
export function manualClock(start: Date): ManualClock {
  let current = start.getTime()
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = instant.getTime()
    },
    advance: (ms) => {
      current += ms
    },
  }
}

/** `wall`, or `2026-03-02T00:00:00.000Z @ 1772409600000 x 600`: origin, the machine's milliseconds, speed. Real time is what `real` says it is. */
export function parseClock(text: string, real: Clock = wallClock): Clock {
  if (text.trim() === 'wall') return real
  const [, origin = '', epoch = '', factor = ''] =
    /^\s*(\S+)\s*@\s*(\d+)\s*x\s*(\d+(?:\.\d+)?)\s*$/.exec(text) ?? []
  const startMs = /^\d{4}-\d{2}-\d{2}T\S*(Z|[+-]\d{2}:\d{2})$/.test(origin)
    ? Date.parse(origin)
    : Number.NaN
  const epochMs = Number(epoch)
  const speed = Number(factor)
  if (Number.isNaN(startMs) || !Number.isSafeInteger(epochMs) || !(speed > 0)) {
    throw new Explained(
      `the clock is not readable: ${JSON.stringify(text)}; write wall, or <instant with its zone> @ <milliseconds> x <speed above 0>`,
      2,
    )
  }
  return acceleratedClock({ origin: new Date(startMs), epochMs, speed, real })
}

/** What `parseClock` reads back in another process; a manual clock cannot be shared that way. */
export function formatClock(clock: Clock): string {
  if (clock === wallClock) return 'wall'
  if (isAccelerated(clock)) {
    return `${clock.origin.toISOString()} @ ${clock.epochMs} x ${decimal(clock.speed)}`
  }
  throw new Error('only the wall clock and an accelerated clock can be written down')
}

function isAccelerated(clock: Clock): clock is AcceleratedClock {
  return 'origin' in clock && 'epochMs' in clock && 'speed' in clock
}

/** Without an exponent, which `String` writes for speeds below a millionth. */
function decimal(speed: number): string {
  return String(speed).includes('e') ? speed.toFixed(20) : String(speed)
}
