import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import { type Ops, startOps } from '#src/ops/ops.ts'
import { type LaneQueues, openQueues } from '#src/queue.ts'
import { addAccounts, opsSettings } from '#test/ops/opened.ts'
import { type TestApp, testApp } from '#test/support/app.ts'

export const tokenOfTheSource = 'the-token-that-no-page-may-show'

export interface OpenedPages extends AsyncDisposable {
  readonly t: TestApp
  readonly queues: LaneQueues
  readonly ops: Ops
  /** What a browser of the administrator, or of somebody who may only look, holds. */
  readonly sessions: { readonly viewer: string; readonly administrator: string }
  /** A page as the browser of the administrator would ask for it. */
  get(path: string, cookies?: string, as?: 'viewer' | 'administrator'): Promise<Response>
  text(path: string, cookies?: string): Promise<string>
  /** The form of a page, filled in and sent. */
  submit(
    page: string,
    to: string,
    fields: Readonly<Record<string, string>>,
    as?: 'viewer' | 'administrator',
  ): Promise<Response>
}

/** Monday morning in Vietnam. */
export const monday = new Date('2026-09-07T02:00:00Z')

/** The real server over a real store and queue; nobody works. */
export async function openedPages(given?: TestApp): Promise<OpenedPages> {
  const t = given ?? (await silentSource())
  const queues = await openQueues({ kind: 'none' }, '')
  const ops = await startOps(t.app, queues, { ...opsSettings, token: null })
  await addAccounts(t.app.store)
  const sessions = {
    viewer: await t.app.store.sessions.begin('xem', opsSettings.sessions),
    administrator: await t.app.store.sessions.begin('quan-tri', opsSettings.sessions),
  }
  const get: OpenedPages['get'] = (path, cookies = '', as = 'administrator') =>
    fetch(ops.address + path, {
      headers: { cookie: `chidao=${sessions[as]}; ${cookies}`, accept: 'text/html' },
      redirect: 'manual',
    })
  return {
    t,
    queues,
    ops,
    sessions,
    get,
    text: async (path, cookies) => (await get(path, cookies)).text(),
    async submit(page, to, fields, as = 'administrator') {
      const shown = await get(page, '', as)
      const csrf = /name="_csrf" value="([^"]+)"/.exec(await shown.text())?.[1] ?? ''
      const form = shown.headers.getSetCookie().find((one) => one.startsWith('chidao-form='))
      return fetch(ops.address + to, {
        method: 'POST',
        headers: {
          cookie: `chidao=${sessions[as]}; ${form?.split(';')[0] ?? ''}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'text/html',
        },
        body: new URLSearchParams({ _csrf: unescaped(csrf), ...fields }),
        redirect: 'manual',
      })
    },
    async [Symbol.asyncDispose]() {
      await ops.close()
      await queues.close()
      await t[Symbol.asyncDispose]()
    },
  }
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_whole, code) => String.fromCharCode(Number(code)))
}

/** Its one source answers nothing. */
export async function silentSource(): Promise<TestApp> {
  const from = { importFrom: '2026-06-01', liveFrom: '2026-06-01' }
  const source = simulatedRestProfile({
    baseUrl: 'http://127.0.0.1:9',
    token: tokenOfTheSource,
    ...from,
  })
  return testApp([source], { clock: manualClock(monday) })
}
