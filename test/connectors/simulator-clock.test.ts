import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceleratedClock,
  formatClock,
  manualClock,
  parseClock,
  wallClock,
} from '#src/domain/clock.ts'

const origin = new Date('2026-03-02T07:00:00+07:00')

describe('a clock', () => {
  it('runs as many times faster as it is told, from its origin', () => {
    const epochMs = Date.now() - 10_000
    const { now } = acceleratedClock({ origin, epochMs, speed: 3600 })
    const hours = (now().getTime() - origin.getTime()) / 3_600_000
    expect(hours).toBeGreaterThanOrEqual(10)
    const later = acceleratedClock({ origin, epochMs: Date.now() + 10_000, speed: 2 })
    expect(later.now().getTime()).toBeLessThan(origin.getTime())
  })

  it('is the same clock in the process that reads what another has written', () => {
    const instants = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    const epochs = fc.integer({ min: 0, max: 4_102_444_800_000 })
    const speeds = fc.double({ min: 0.001, max: 100_000, noNaN: true })
    fc.assert(
      fc.property(instants, epochs, speeds, (start, epochMs, speed) => {
        const clock = acceleratedClock({ origin: start, epochMs, speed })
        expect(parseClock(formatClock(clock))).toMatchObject({ origin: start, epochMs, speed })
      }),
    )
    expect(parseClock(formatClock(wallClock))).toBe(wallClock)
  })

  it.each([
    '',
    'walls',
    '2026-03-02 @ 1 x 1',
    '2026-03-02T00:00:00 @ 1 x 1',
    '2026-13-02T00:00:00Z @ 1 x 1',
    '2026-03-02T00:00:00Z @ 1 x 0',
    '2026-03-02T00:00:00Z @ 1.5 x 1',
    '2026-03-02T00:00:00Z @ 1 x -1',
  ])('refuses %j and says how to write one', (text) => {
    expect(() => parseClock(text)).toThrow(/write wall, or/)
  })

  it('stands still by hand until it is moved, and cannot be shared', () => {
    const clock = manualClock(origin)
    clock.advance(90_000)
    expect(clock.now().toISOString()).toBe('2026-03-02T00:01:30.000Z')
    clock.set(new Date(0))
    expect(clock.now().getTime()).toBe(0)
    expect(() => formatClock(clock)).toThrow()
  })
})
