import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lanes } from '#src/queue.ts'
import { startWorkers } from '#src/worker.ts'
import { addressOf, type Opened, openedOps, type QueuePlaces, redisPlace } from './opened.ts'

let places: QueuePlaces

beforeAll(async () => {
  places = await redisPlace()
})
afterAll(() => places[Symbol.asyncDispose]())

interface Lane {
  readonly name: string
  readonly counts: Record<string, number>
  readonly jobs: { readonly name: string; readonly data: unknown; readonly returnValue: unknown }[]
  readonly readOnlyMode: boolean
}

async function lanesShown(opened: Opened, active: string): Promise<Lane[]> {
  const answer = await opened.get(
    `/queues/api/queues?activeQueue=${active}&status=latest&page=1&jobsPerPage=10`,
  )
  return ((await answer.json()) as { queues: Lane[] }).queues
}

describe.each(['postgres', 'redis'] as const)('the board over %s', (kind) => {
  const opened = () => openedOps({}, kind === 'redis' ? places.redis : undefined)

  it('shows every lane, a ring that waits, and what it is kept in', async () => {
    await using o = await opened()
    await o.queues.ring('take-head')
    const shown = await lanesShown(o, 'urgent')
    expect(shown.map(({ name }) => name).sort()).toEqual([...lanes].sort())
    const urgent = shown.find(({ name }) => name === 'urgent')!
    expect(urgent.counts.waiting).toBeGreaterThanOrEqual(1)
    expect(urgent.jobs).toContainEqual(expect.objectContaining({ name: 'take-head', data: {} }))
    const stats = (await (await o.get('/queues/api/redis/stats')).json()) as { backend: string }
    expect(stats.backend).toBe(kind)
  })

  it('shows of a job what was done and how it ended, whatever else was put there by mistake', async () => {
    await using o = await opened()
    const mistake = {
      job: 'take-window',
      ms: 12,
      subject: 'Về việc QZBDF',
      ref: 'QZBDF/1',
      code: '780/UBND-QZBDF',
      kind: { title: 'QZBDF' },
      ended: 'Sở QZBDF',
      constructor: 'QZBDF',
    }
    const lane = o.queues.lanes.get('normal')!
    const { id } = await lane.add('take-window', mistake)
    const pages = await Promise.all(
      [
        '/queues/api/queues?activeQueue=normal&status=latest&page=1&jobsPerPage=10',
        `/queues/api/queues/normal/${id}`,
        `/queues/api/queues/normal/${id}/flow`,
        `/queues/api/queues/normal/${id}/logs`,
      ].map(async (path) => (await o.get(path)).text()),
    )
    for (const page of pages) expect(page).not.toContain('QZBDF')
    expect(JSON.parse(pages[1]!).job.data).toEqual({ job: 'take-window', ms: 12 })
  })

  it('shows what was done under a ring, how it ended and how long it took', async () => {
    await using o = await opened()
    const place = kind === 'redis' ? places.redis : ({ kind: 'postgres', url: o.t.url } as const)
    const done = { job: 'take-head', ended: 'open', ms: 12 } as const
    const claimer = { wake() {}, heed: async () => done, close: async () => {} }
    const workers = await startWorkers(o.t.app, place, await o.t.app.store.life.identity(), claimer)
    await o.queues.ring('settle-intake')
    const returned = async () =>
      (await lanesShown(o, 'urgent'))
        .find(({ name }) => name === 'urgent')!
        .jobs.map(({ returnValue }) => returnValue)
    await expect.poll(returned, { timeout: 20_000 }).toContainEqual(done)
    await workers.close(1000)
  })

  it('refuses every request that would change something', async () => {
    await using o = await opened()
    await o.queues.ring('take-head')
    const before = await lanesShown(o, 'urgent')
    const writing = o.routes.filter(
      ({ method, url }) => url.startsWith('/queues') && !['GET', 'HEAD'].includes(method),
    )
    expect(writing.length).toBeGreaterThan(15)
    for (const { method, url } of writing) {
      const { status } = await o.get(addressOf(url), 'administrator', method)
      expect(status, `${method} ${url}`).toBe(405)
    }
    const after = await lanesShown(o, 'urgent')
    expect(after).toEqual(before)
    expect(after.every(({ readOnlyMode }) => readOnlyMode)).toBe(true)
    for (const lane of o.queues.lanes.values()) expect(await lane.isPaused()).toBe(false)
  })
})
