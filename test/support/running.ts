/** The whole service in this process, over one source that issues a document when it is told to. */
import { expect } from 'vitest'
import type { App } from '#src/app.ts'
import { acceleratedClock, type Clock } from '#src/domain/clock.ts'
import type { QueuePlace } from '#src/queue.ts'
import { type Service, startService } from '#src/service.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { start, type TestApp, testApp } from '#test/support/app.ts'

export interface Running extends AsyncDisposable {
  readonly t: TestApp
  readonly service: Service
  readonly register: Awaited<ReturnType<typeof openRegister>>
  /** Another process on the same store and the same queue. */
  another(): Promise<{ app: App; service: Service }>
  /** A document is issued; its reference. */
  issue(): string
  /** A document that is issued now is staged, whatever carries the work; resolves with the head readings begun for it. */
  works(): Promise<number>
}

export async function running(
  queue: QueuePlace | ((databaseUrl: string) => QueuePlace),
  { pollMs = 300, sweepMs = 200, clock }: { pollMs?: number; sweepMs?: number; clock?: Clock } = {},
): Promise<Running> {
  const rows: Row[] = [row(1)]
  const register = await openRegister(rows)
  const now = clock ?? acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  const t = await testApp([profileAt(register.address)], { clock: now, leaseMs: 3000 })
  const settings = {
    queue: typeof queue === 'function' ? queue(t.url) : queue,
    databaseUrl: t.url,
    pollMs,
    sweepMs,
  }
  const services: Service[] = [await startService(t.app, settings)]
  const { store } = t.app
  const issue = () => {
    rows.push(row(rows.length + 1))
    return String(rows.length)
  }
  return {
    t,
    service: services[0]!,
    register,
    issue,
    async another() {
      const app = await t.another()
      const service = await startService(app, settings)
      services.push(service)
      return { app, service }
    },
    async works() {
      const count = async (sql: string) => Number((await store.db.raw(sql)).rows[0].n)
      const before = await count(headReadings)
      issue()
      await expect
        .poll(async () => (await store.overview.files()).stored, { timeout: 60_000 })
        .toBe(rows.length)
      return (await count(headReadingsUntilTheLast)) - before
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) await service.stop()
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

export const headReadings = `select count(*) as n from sync.pass where kind = 'head'`

/** Those that had begun when the one that met the newest document had. */
export const headReadingsUntilTheLast = `${headReadings} and opened_at <= (
  select p.opened_at from sync.intake i join sync.pass p on p.id = i.pass_id order by i.seen_at desc limit 1)`
