import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lanes } from '#src/queue.ts'
import { addressOf, type Opened, openedOps, type QueuePlaces, redisPlace } from './opened.ts'

let places: QueuePlaces

beforeAll(async () => {
  places = await redisPlace()
})
afterAll(() => places[Symbol.asyncDispose]())

interface Lane {
  readonly name: string
  readonly counts: Record<string, number>
  readonly jobs: { readonly data: unknown }[]
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
    const pass = randomUUID()
    await o.queues.ring('take-window', { pass, kind: 'head' })
    const shown = await lanesShown(o, 'urgent')
    expect(shown.map(({ name }) => name).sort()).toEqual([...lanes].sort())
    const urgent = shown.find(({ name }) => name === 'urgent')!
    expect(urgent.counts.waiting).toBeGreaterThanOrEqual(1)
    expect(urgent.jobs.map(({ data }) => data)).toContainEqual({ pass, kind: 'head' })
    const stats = (await (await o.get('/queues/api/redis/stats')).json()) as { backend: string }
    expect(stats.backend).toBe(kind)
  })

  it('shows of a job row ids and windows, whatever else was put there by mistake', async () => {
    await using o = await opened()
    const pass = randomUUID()
    const mistake = {
      pass,
      from: '2026-09-01',
      subject: 'Về việc QZBDF',
      ref: 'QZBDF/1',
      code: '780/UBND-QZBDF',
      kind: { title: 'QZBDF' },
      source: 'Sở QZBDF',
      constructor: 'QZBDF',
    }
    const lane = o.queues.lanes.get('normal')!
    const { id } = await lane.add('take-window', mistake)
    await lane.upsertJobScheduler('s', { every: 60_000 }, { name: 'take-window', data: mistake })
    const pages = await Promise.all(
      [
        '/queues/api/queues?activeQueue=normal&status=latest&page=1&jobsPerPage=10',
        `/queues/api/queues/normal/${id}`,
        `/queues/api/queues/normal/${id}/flow`,
        `/queues/api/queues/normal/${id}/logs`,
        '/queues/api/job-schedulers',
      ].map(async (path) => (await o.get(path)).text()),
    )
    for (const page of pages) expect(page).not.toContain('QZBDF')
    expect(JSON.parse(pages[1]!).job.data).toEqual({ pass, from: '2026-09-01' })
    expect(pages[4]).toContain(pass)
  })

  it('refuses every request that would change something', async () => {
    await using o = await opened()
    await o.queues.ring('take-window', { pass: randomUUID(), kind: 'head' })
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
