import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import { type Ops, startOps } from '#src/ops/ops.ts'
import { type LaneQueues, openQueues } from '#src/queue.ts'
import { type TestApp, testApp } from '#test/support/app.ts'

export const password = 'mật khẩu của bài thử'
export const tokenOfTheSource = 'the-token-that-no-page-may-show'

export interface OpenedPages extends AsyncDisposable {
  readonly t: TestApp
  readonly queues: LaneQueues
  readonly ops: Ops
  /** A page as a browser would ask for it. */
  get(path: string, headers?: Record<string, string>): Promise<Response>
  text(path: string, headers?: Record<string, string>): Promise<string>
}

/** Monday morning in Vietnam. */
export const monday = new Date('2026-09-07T02:00:00Z')

/** The real server over a real store and queue; nobody works, and its one source answers nothing. */
export async function openedPages(): Promise<OpenedPages> {
  const t = await testApp(
    [
      simulatedRestProfile({
        baseUrl: 'http://127.0.0.1:9',
        token: tokenOfTheSource,
        importFrom: '2026-06-01',
        liveFrom: '2026-06-01',
      }),
    ],
    { clock: manualClock(monday) },
  )
  const queues = await openQueues({ kind: 'none' })
  const ops = await startOps(t.app, queues, {
    host: '127.0.0.1',
    port: 0,
    password,
    token: null,
    role: 'all',
  })
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(ops.address + path, {
      headers: {
        authorization: `Basic ${Buffer.from(`chidao:${password}`).toString('base64')}`,
        ...headers,
      },
      redirect: 'manual',
    })
  return {
    t,
    queues,
    ops,
    get,
    text: async (path, headers) => (await get(path, headers)).text(),
    async [Symbol.asyncDispose]() {
      await ops.close()
      await queues.close()
      await t[Symbol.asyncDispose]()
    },
  }
}
