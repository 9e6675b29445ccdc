import { describe, expect, it } from 'vitest'
import { buildServer } from '#src/ops/server.ts'
import {
  addAccounts,
  addressOf,
  formOf,
  type Opened,
  openedOps,
  opsSettings,
  type Visitor,
} from './opened.ts'

/** All that answers anybody: whether it lives, the way in, and how pages look. */
const open = new Set([
  ...['/healthz', '/login', '/assets/*'].flatMap((url) => [`GET ${url}`, `HEAD ${url}`]),
])
const ofTheTest = new Set(['GET /own-page', 'HEAD /own-page'])

async function statusOfEvery(
  opened: Opened,
  routes: Opened['routes'],
  as: Visitor,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { method, url } of routes) {
    const { status } = await opened.get(addressOf(url), as, method)
    found[`${method} ${url}`] = status
  }
  return found
}

describe('with accounts', () => {
  it.each(['anonymous', 'guesser'] as const)(
    'every route but health and login refuses whoever is %s',
    async (as) => {
      await using opened = await openedOps()
      expect(opened.routes.length).toBeGreaterThan(40)
      const found = await statusOfEvery(opened, opened.routes, as)
      const answered = Object.entries(found).filter(([, status]) => status !== 401)
      const { 'POST /login': entering, ...others } = Object.fromEntries(answered)
      // It asks for the token of its form first.
      expect(entering).toBe(403)
      for (const [route, status] of Object.entries(others)) {
        expect(open.has(route) || ofTheTest.has(route), route).toBe(true)
        expect(status, route).toBe(200)
      }
    },
  )

  it('sends a stranger’s browser to the login and tells it nothing', async () => {
    await using opened = await openedOps()
    const pages = opened.routes.filter(
      ({ method, url, access }) => method === 'GET' && access !== 'open' && !url.includes('*'),
    )
    expect(pages.length).toBeGreaterThan(10)
    for (const { url } of pages) {
      const answer = await fetch(opened.ops.address + addressOf(url), {
        headers: { accept: 'text/html' },
        redirect: 'manual',
      })
      expect([answer.status, await answer.text()], url).toEqual([303, ''])
      expect(answer.headers.get('location')).toBe(
        `/login?next=${encodeURIComponent(addressOf(url))}`,
      )
    }
  })

  it('every act refuses a viewer, and whoever comes without the token of a form', async () => {
    await using opened = await openedOps()
    const writing = opened.routes.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    const acts = writing.filter(({ access }) => access === 'administrator')
    expect(acts.map(({ url }) => url)).toContain('/own-act')
    const { csrf, cookie } = await formOf(opened.ops.address, opened.headersOf('viewer'))
    for (const { method, url } of acts) {
      const answer = await fetch(opened.ops.address + addressOf(url), {
        method,
        headers: { cookie, accept: 'text/html', 'x-csrf-token': csrf },
      })
      expect(answer.status, url).toBe(403)
      expect(await answer.text(), url).toContain('This account may only look')
    }
    for (const { method, url } of writing) {
      const { status } = await opened.get(addressOf(url), 'administrator', method)
      // The board only looks, and says so first.
      expect(status, `${method} ${url}`).toBe(url.startsWith('/queues/') ? 405 : 403)
    }
    const allowed = await opened.post('/own-act', 'administrator')
    expect([allowed.status, await allowed.json()]).toEqual([200, { actor: 'quan-tri' }])
  })

  it('takes the token of a form only from the login that it was made for', async () => {
    await using opened = await openedOps()
    const { address } = opened.ops
    const mine = await formOf(address, opened.headersOf('administrator'))
    const others = await formOf(address, opened.headersOf('viewer'))
    const strangers = await formOf(address, {})
    const act = async (csrf: string, secret: string) =>
      fetch(`${address}/own-act`, {
        method: 'POST',
        headers: { cookie: `${opened.headersOf('administrator').cookie}; ${secret}` },
        body: new URLSearchParams({ _csrf: csrf }),
      })
    const secretOf = (cookie: string) => cookie.split('; ').at(-1)!
    expect((await act(mine.csrf, secretOf(mine.cookie))).status).toBe(200)
    expect((await act(others.csrf, secretOf(others.cookie))).status).toBe(403)
    expect((await act(strangers.csrf, secretOf(strangers.cookie))).status).toBe(403)
    expect((await act(mine.csrf, secretOf(others.cookie))).status).toBe(403)
  })

  it('an address that is none refuses just as one that is', async () => {
    await using opened = await openedOps()
    for (const [path, method] of [
      ['/', 'GET'],
      ['/admin', 'GET'],
      ['/api/none', 'GET'],
      ['/queues/api/queues/nothing', 'GET'],
      ['/readyz', 'POST'],
      ['/healthz', 'DELETE'],
      ['/queues/../metrics', 'GET'],
      ['//metrics', 'GET'],
    ] as const)
      expect((await opened.get(path, 'anonymous', method)).status, `${method} ${path}`).toBe(401)
    const real = await opened.get('/metrics', 'anonymous')
    const none = await opened.get('/none', 'anonymous')
    expect(await none.text()).toBe(await real.text())
  })

  it.each(['viewer', 'administrator'] as const)(
    'shows a %s a page of the site where there is none, and a program JSON',
    async (as) => {
      await using opened = await openedOps()
      const ask = (path: string, accept: string) =>
        fetch(opened.ops.address + path, { headers: { ...opened.headersOf(as), accept } })
      for (const path of ['/none', '/runs/none/live', '/api/none', '//elsewhere.test/x']) {
        const page = await ask(path, 'text/html')
        const said = await page.text()
        expect([page.status, page.headers.get('content-type')], path).toEqual([
          404,
          'text/html; charset=utf-8',
        ])
        expect(said, path).toContain('<html lang="vi"')
        expect(said, path).toContain('<h1>Không có trang này</h1>')
        expect(said, path).toContain('<nav class="rooms"')
        expect(said, path).not.toContain('elsewhere.test')
        const data = await ask(path, 'application/json')
        expect([data.status, await data.json()], path).toEqual([
          404,
          { error: 'Không có trang này. There is no such page.' },
        ])
      }
      const english = await ask('/none?lang=en', 'text/html')
      expect(await english.text()).toContain('<h1>There is no such page</h1>')
    },
  )

  it('sends a stranger’s browser from an address that is none to the login, as from one that is', async () => {
    await using opened = await openedOps()
    const answer = await fetch(`${opened.ops.address}/none`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    })
    expect([answer.status, await answer.text()]).toEqual([303, ''])
    expect(answer.headers.get('location')).toBe('/login?next=%2Fnone')
  })

  it('opens to whoever is logged in, and to the token only what a machine reads', async () => {
    await using opened = await openedOps()
    const statusOf = async (as: Visitor) =>
      Promise.all(
        ['/healthz', '/readyz', '/metrics', '/queues', '/queues/api/queues'].map(
          async (path) => (await opened.get(path, as)).status,
        ),
      )
    expect(await statusOf('administrator')).toEqual([200, 200, 200, 200, 200])
    expect(await statusOf('viewer')).toEqual([200, 200, 200, 200, 200])
    expect(await statusOf('scraper')).toEqual([200, 200, 200, 401, 401])
  })

  it.each(['seen_at', 'begun_at'])('refuses a session whose %s is too long ago', async (column) => {
    await using opened = await openedOps()
    const { idleMs, longestMs } = opsSettings.sessions
    const limit = column === 'seen_at' ? idleMs : longestMs
    const age = (ms: number) =>
      opened.t.app.store.db.raw(
        `update sync.session set ${column} = clock_timestamp() - ? * interval '1 millisecond' where account = 'xem'`,
        [ms],
      )
    await age(limit - 60_000)
    expect((await opened.get('/queues', 'viewer')).status).toBe(200)
    await age(limit + 1000)
    expect((await opened.get('/queues', 'viewer')).status).toBe(401)
    expect((await opened.get('/queues', 'administrator')).status).toBe(200)
  })

  it('keeps a session that is used, and ends it with the account', async () => {
    await using opened = await openedOps()
    const { db, accounts } = opened.t.app.store
    await db.raw(`update sync.session set seen_at = clock_timestamp() - interval '5 minutes'`)
    expect((await opened.get('/queues', 'viewer')).status).toBe(200)
    const { rows } = await db.raw(
      `select count(*)::int as n from sync.session where seen_at > clock_timestamp() - interval '1 minute'`,
    )
    expect(rows).toEqual([{ n: 1 }])
    const act = { actor: 'bài thử', reason: null, at: new Date() }
    expect(await accounts.disable('xem', act)).toBe(true)
    expect((await opened.get('/queues', 'viewer')).status).toBe(401)
    expect(await accounts.enable('xem', act)).toBe(true)
    expect((await opened.get('/queues', 'viewer')).status).toBe(401)
    expect(await accounts.changePassword('quan-tri', 'x', act)).toBe('changed')
    expect((await opened.get('/queues', 'administrator')).status).toBe(401)
  })

  it('takes no token where none is configured', async () => {
    await using opened = await openedOps({ token: null })
    expect((await opened.get('/metrics', 'scraper')).status).toBe(401)
    const empty = await fetch(`${opened.ops.address}/metrics`, {
      headers: { authorization: 'Bearer ' },
    })
    expect(empty.status).toBe(401)
  })

  it('a worker shows health and metrics and neither queues nor a login', async () => {
    await using opened = await openedOps({ role: 'worker' })
    expect((await opened.get('/metrics', 'scraper')).status).toBe(200)
    expect((await opened.get('/queues')).status).toBe(404)
    expect((await opened.get('/login')).status).toBe(404)
    const page = await fetch(`${opened.ops.address}/none`, {
      headers: { ...opened.headersOf('administrator'), accept: 'text/html' },
    })
    expect([page.status, await page.json()]).toEqual([
      404,
      { error: 'Không có trang này. There is no such page.' },
    ])
  })

  it('says of a failure that there was one, and nothing else', async () => {
    await using opened = await openedOps()
    await opened.t.app.store.db.raw(`drop schema queue cascade`)
    for (const path of ['/queues/api/queues', '/queues/api/queues/urgent/1', '/none', '/%zz']) {
      const answer = await opened.get(path)
      const said = await answer.text()
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(said, path).not.toMatch(
        /\bat |node_modules|\.ts|\.js|stack|select|relation|schema|function/i,
      )
    }
    expect(opened.t.logged.join('')).toContain('"event":"opsTrouble"')
  })

  it('every answer forbids what comes from elsewhere, and what is written into a page', async () => {
    await using opened = await openedOps()
    for (const path of ['/healthz', '/metrics', '/login', '/queues', '/queues/api/queues', '/none'])
      for (const as of ['administrator', 'anonymous'] as const) {
        const { headers } = await opened.get(path, as)
        const policy = headers.get('content-security-policy') ?? ''
        expect(policy, path).toContain(`default-src 'none'`)
        expect(policy, path).toContain(`form-action 'self'`)
        expect(policy, path).toContain(`frame-ancestors 'none'`)
        expect(policy, path).not.toMatch(/https?:|\*|script-src[^;]*unsafe/)
        const isBoard = path.startsWith('/queues') && as === 'administrator'
        expect(policy.includes('unsafe'), `${path} ${as}`).toBe(isBoard)
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('referrer-policy')).toBe('no-referrer')
        expect(headers.get('cache-control')).toBe('no-store')
      }
  })

  it('does not start with a route that does not say who it answers', async () => {
    await using opened = await openedOps()
    const server = await buildServer(opened.t.app, opened.queues, opsSettings)
    expect(() => server.get('/forgotten', async () => 'x')).toThrow('/forgotten does not say')
    await server.close()
  })
})

describe('without an account', () => {
  it('nothing but /healthz answers, not even to the token', async () => {
    await using closed = await openedOps({ accounts: false })
    for (const as of ['anonymous', 'guesser', 'scraper'] as const) {
      const {
        'GET /healthz': get,
        'HEAD /healthz': head,
        ...rest
      } = await statusOfEvery(closed, closed.routes, as)
      expect({ get, head }).toEqual({ get: 200, head: 200 })
      expect(Object.keys(rest).length).toBeGreaterThan(40)
      expect(Object.entries(rest).filter(([, status]) => status !== 404)).toEqual([])
    }
    expect(closed.t.logged.join('')).toContain('"event":"opsClosed"')
  })

  it('opens by itself with the first one', async () => {
    await using closed = await openedOps({ accounts: false })
    const statusOf = async () => (await closed.get('/metrics', 'scraper')).status
    expect(await statusOf()).toBe(404)
    await addAccounts(closed.t.app.store)
    await expect.poll(statusOf, { timeout: 10_000 }).toBe(200)
    expect((await closed.get('/login', 'anonymous')).status).toBe(200)
  })
})
