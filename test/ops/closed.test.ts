import { describe, expect, it } from 'vitest'
import { addressOf, type Opened, openedOps, type Visitor } from './opened.ts'

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

describe('with a password', () => {
  it.each(['anonymous', 'guesser'] as const)(
    'every route but /healthz refuses whoever is %s',
    async (as) => {
      await using opened = await openedOps()
      expect(opened.routes.length).toBeGreaterThan(40)
      const {
        'GET /healthz': get,
        'HEAD /healthz': head,
        ...rest
      } = await statusOfEvery(opened, opened.routes, as)
      expect({ get, head }).toEqual({ get: 200, head: 200 })
      expect(Object.entries(rest).filter(([, status]) => status !== 401)).toEqual([])
    },
  )

  it('an address that is none refuses just as one that is', async () => {
    await using opened = await openedOps()
    for (const [path, method] of [
      ['/', 'GET'],
      ['/admin', 'GET'],
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

  it('opens to whoever gives it, and to the token only what a machine reads', async () => {
    await using opened = await openedOps()
    const statusOf = async (as: Visitor) =>
      Promise.all(
        ['/healthz', '/readyz', '/metrics', '/queues', '/queues/api/queues'].map(
          async (path) => (await opened.get(path, as)).status,
        ),
      )
    expect(await statusOf('operator')).toEqual([200, 200, 200, 200, 200])
    expect(await statusOf('scraper')).toEqual([200, 200, 200, 401, 401])
  })

  it('takes no token where none is configured', async () => {
    await using opened = await openedOps({ token: null })
    expect((await opened.get('/metrics', 'scraper')).status).toBe(401)
    const empty = await fetch(`${opened.ops.address}/metrics`, {
      headers: { authorization: 'Bearer ' },
    })
    expect(empty.status).toBe(401)
  })

  it('a worker shows health and metrics and no queues', async () => {
    await using opened = await openedOps({ role: 'worker' })
    expect((await opened.get('/metrics')).status).toBe(200)
    expect((await opened.get('/queues')).status).toBe(404)
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

  it('every answer forbids what comes from elsewhere', async () => {
    await using opened = await openedOps()
    for (const path of ['/healthz', '/metrics', '/queues', '/queues/api/queues', '/none'])
      for (const as of ['operator', 'anonymous'] as const) {
        const { headers } = await opened.get(path, as)
        const policy = headers.get('content-security-policy') ?? ''
        expect(policy, path).toContain(`default-src 'none'`)
        expect(policy, path).toContain(`frame-ancestors 'none'`)
        expect(policy, path).not.toMatch(/https?:|\*|script-src[^;]*unsafe/)
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('referrer-policy')).toBe('no-referrer')
        expect(headers.get('cache-control')).toBe('no-store')
      }
  })
})

describe('without a password', () => {
  it('nothing but /healthz answers, not even to the token', async () => {
    await using open = await openedOps()
    await using closed = await openedOps({ password: null })
    for (const as of ['anonymous', 'operator', 'scraper'] as const) {
      const {
        'GET /healthz': get,
        'HEAD /healthz': head,
        ...rest
      } = await statusOfEvery(closed, open.routes, as)
      expect({ get, head }).toEqual({ get: 200, head: 200 })
      expect(Object.entries(rest).filter(([, status]) => status !== 404)).toEqual([])
    }
    expect(closed.t.logged.join('')).toContain('"event":"opsClosed"')
  })
})
