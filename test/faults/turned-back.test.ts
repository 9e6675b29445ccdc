/** The store goes back under a service that runs: nothing that it forgot is shown again, sent again, or in its way. */
import { expect, it } from 'vitest'
import { purgeByHand } from '#src/flow/purge.ts'
import type { QueuePlace } from '#src/queue.ts'
import { openDatabase } from '#src/store/database.ts'
import { running } from '#test/support/running.ts'
import { keepFor } from '#test/support/turned-back.ts'

const queues: Readonly<Record<string, (url: string) => QueuePlace>> = {
  postgres: (url) => ({ kind: 'postgres', url }),
  none: () => ({ kind: 'none' }),
}
const back: Readonly<Record<string, readonly ('store' | 'keys')[]>> = {
  'the store': ['store'],
  'the store and the keys': ['store', 'keys'],
}
const cases = Object.keys(queues).flatMap((queue) =>
  Object.keys(back).map((what) => [queue, what] as const),
)

it.each(cases)(
  'with the queue in %s, hides again what was purged, sends no reply twice, and works on: %s',
  async (queue, what) => {
    await using s = await running(queues[queue]!)
    const { app } = s.t
    const ask = async (sql: string, values: unknown[] = []) =>
      (await app.store.db.raw(sql, values as never)).rows
    const ticked = async () => {
      const [{ generation }] = await ask(`select generation from sync.life`)
      await expect
        .poll(async () => (await ask(`select generation from sync.life`))[0].generation, wait)
        .toBeGreaterThan(generation + 1)
    }
    await s.works()
    await s.works()
    const [first, second] = (await ask(`select id from tracking.directives order by code`)).map(
      ({ id }: { id: string }) => id,
    )
    const task = JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])
    const [{ id: assignment }] = await ask(`select tracking.classify(?, ?, 'cv') as id`, [
      second,
      task,
    ])
    await expect.poll(() => ask(`select from sync.writing`), wait).toEqual([])
    const store = await keepFor(s.t.url)
    const keys = await keepFor(`${s.t.url}_keys`)

    // Each is retried: the connections of the service and of this test were cut.
    await expect
      .poll(
        () => purgeByHand(app, first!, { actor: 'q', authority: 'CV 1' }).catch(() => null),
        wait,
      )
      .not.toBeNull()
    const completed = JSON.stringify({
      outcome: 'completed',
      completedOn: '2026-03-04',
      explanation: 'xong',
    })
    await ask(`select tracking.reply(?, ?, 'dv')`, [assignment, completed])
    await expect.poll(() => s.register.state.replies.length, wait).toBe(1)
    await ticked()

    await store.putBack(back[what]!.includes('keys') ? keys.putBack : undefined)
    const happened = () =>
      ask(`select detail from sync.history where event = 'storeWentBack'`).catch(() => [])
    await expect.poll(happened, wait).toHaveLength(1)
    const shown = async () =>
      (await ask(`select id from tracking.directives where id = ?`, [first])).length
    await expect.poll(shown, wait).toBe(0)
    const issued = s.issue()
    const arrived = () =>
      ask(`select from sync.directive where source_ref = ? and withheld_at is null`, [issued])
    await expect.poll(arrived, wait).toHaveLength(1)
    await ticked()
    expect(await shown()).toBe(0)
    expect(await happened()).toHaveLength(1)
    expect(s.register.state.replies).toHaveLength(1)
  },
  180_000,
)

it('sweeps on while the keys cannot say how old they are', async () => {
  await using s = await running(queues.none!)
  const keys = openDatabase({ url: `${s.t.url}_keys`, poolSize: 1 })
  await keys.raw(`drop table store_life`)
  await keys.destroy()
  const { db } = s.t.app.store
  const ended = async () => (await db.raw(`select ended_at as at from sync.sweep`)).rows[0].at
  const { rows } = await db.raw(`select clock_timestamp() as at`)
  await expect.poll(async () => (await ended()) > rows[0].at, wait).toBe(true)
  await s.works()
  expect(s.t.logged.join('')).toContain('"sweepFailed"')
}, 120_000)

const wait = { timeout: 60_000, interval: 100 }
