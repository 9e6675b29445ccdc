import { expect, it } from 'vitest'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { start } from '#test/support/app.ts'
import { emptyStage } from '#test/support/kill-stage.ts'
import { startServiceProcess } from '#test/support/service-process.ts'

it('does not wait for what was handed back when it is told to stop', async () => {
  const register = await openRegister([row(1)])
  register.state.fault = 'silent'
  const profile = profileAt(register.address)
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using stage = await emptyStage({
    profile: { ...profile, limits: { ...profile.limits, answerTimeoutMs: 60_000 } },
    clock,
    eligible: 0,
    complete: 'true',
    received: () => [],
  })
  const service = await startServiceProcess({ ...stage.settings, clock: formatClock(clock) })
  await expect.poll(() => register.state.asked.length, { timeout: 60_000 }).toBeGreaterThan(0)
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.logged('stopped')).toBe(1)
  // Whoever asks a closed pool for a connection waits until this.
  expect(service.output()).not.toContain('KnexTimeoutError')
  const held = await stage.client.query(
    `select from sync.pass where state = 'running' and lease_until > clock_timestamp()`,
  )
  expect(held.rowCount).toBe(0)
  await register.close()
}, 120_000)
