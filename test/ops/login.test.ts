import { expect, it } from 'vitest'
import { localPath } from '#src/ops/local-path.ts'
import { formOf, type Opened, openedOps, opsSettings, password } from './opened.ts'

/** The address that a request comes from, as a proxy on this machine tells it. */
const from = (address: string) => ({ 'x-forwarded-for': address })
const proxied = { proxies: ['127.0.0.1'] }

async function logIn(
  { ops }: Opened,
  name: string,
  given: string,
  { next = '/queues', headers = {} }: { next?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const page = await fetch(`${ops.address}/login?next=${encodeURIComponent(next)}`)
  const [, csrf] = /name="_csrf" value="([^"]+)"/.exec(await page.text()) ?? []
  const cookie = page.headers.getSetCookie()[0]!.split(';')[0]!
  return fetch(`${ops.address}/login`, {
    method: 'POST',
    headers: { cookie, accept: 'text/html', ...headers },
    body: new URLSearchParams({
      _csrf: csrf!.replaceAll('&#61;', '='),
      name,
      password: given,
      next,
    }),
    redirect: 'manual',
  })
}

const sessionOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .find((cookie) => /^(__Host-)?chidao=/.test(cookie))
    ?.split(';')

async function history({ t }: Opened): Promise<unknown[]> {
  const { rows } = await t.app.store.db.raw(
    `select actor, event, detail from sync.history where event not in ('accountAdded') order by at, event`,
  )
  return rows
}

/** Everything that the store holds, as text. */
async function everyRow({ t }: Opened): Promise<string> {
  const { db } = t.app.store
  const { rows: tables } = await db.raw(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('sync', 'tracking', 'queue', 'public')`,
  )
  const all = []
  for (const { name } of tables)
    all.push((await db.raw(`select t::text as row from ${name} t`)).rows)
  return JSON.stringify(all)
}

it('lets in whoever knows the password, to where they wanted to go, and out again', async () => {
  await using opened = await openedOps(proxied)
  const entered = await logIn(opened, ' Quan-Tri ', password, {
    next: '/queues?x=1',
    headers: from('203.0.113.7'),
  })
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/queues?x=1'])
  const [session, ...attributes] = sessionOf(entered)!
  expect(attributes.map((text) => text.trim()).sort()).toEqual([
    'HttpOnly',
    'Path=/',
    'SameSite=Strict',
  ])
  const token = session!.split('=')[1]!
  expect(token).toMatch(/^[\w-]{43}$/)
  const rows = await everyRow(opened)
  expect(rows).toContain('203.0.113.7')
  expect(rows).not.toContain(token)
  expect(rows).not.toContain(Buffer.from(token).toString('hex'))

  const { address } = opened.ops
  const headers = { cookie: session! }
  const statusOf = async () => (await fetch(`${address}/queues`, { headers })).status
  expect(await statusOf()).toBe(200)
  const again = await fetch(`${address}/login`, { headers, redirect: 'manual' })
  expect([again.status, again.headers.get('location')]).toEqual([303, '/'])
  const { csrf, cookie } = await formOf(address, headers)
  const leave = (body: Record<string, string>) =>
    fetch(`${address}/logout`, {
      method: 'POST',
      headers: { cookie },
      body: new URLSearchParams(body),
      redirect: 'manual',
    })
  expect((await leave({})).status).toBe(403)
  expect(await statusOf()).toBe(200)
  expect((await leave({ _csrf: csrf })).status).toBe(303)
  expect(await statusOf()).toBe(401)
  expect(await history(opened)).toEqual([
    {
      actor: 'quan-tri',
      event: 'login',
      detail: { address: '203.0.113.7', by: 'password' },
    },
    { actor: 'quan-tri', event: 'logout', detail: {} },
  ])
})

it('gives cookies that travel by https only, under names that nobody else can set, where it is told so', async () => {
  await using opened = await openedOps({ https: true })
  const page = await fetch(`${opened.ops.address}/login`)
  expect(page.headers.getSetCookie()[0]).toMatch(/^__Host-chidao-form=.*; Secure/)
  const session = sessionOf(await logIn(opened, 'xem', password))!
  expect(session[0]).toMatch(/^__Host-chidao=/)
  expect(session.map((text) => text.trim())).toContain('Secure')
})

it('says the same of a wrong password and of a name that there is not, and keeps nothing of what was typed', async () => {
  await using opened = await openedOps(proxied)
  const told: string[] = []
  const typed = [
    ['xem', 'sai-mật-khẩu-QZBDF'],
    ['nobody-qzbdf', 'QZBDF'],
    ['Mật khẩu gõ nhầm QZBDF!', 'QZBDF'],
    ['xem', ''],
    ['xem', 'QZBDF'.repeat(100)],
  ] as const
  for (const [name, given] of typed) {
    const answer = await logIn(opened, name, given, { headers: from('203.0.113.7') })
    expect(answer.status).toBe(401)
    expect(sessionOf(answer)).toBeUndefined()
    told.push((await answer.text()).replaceAll(/value="[^"]*"/g, ''))
  }
  expect(new Set(told).size).toBe(1)
  expect(told[0]).toMatch(/role="alert".*No login/s)
  expect((await everyRow(opened)).toLowerCase()).not.toContain('qzbdf')
  expect(opened.t.logged.join('').toLowerCase()).not.toContain('qzbdf')
  const detail = (why: string) => ({ address: '203.0.113.7', why })
  expect(await history(opened)).toEqual([
    { actor: 'xem', event: 'loginRefused', detail: detail('password') },
    ...typed
      .slice(1)
      .map(() => ({ actor: 'STRANGER', event: 'loginRefused', detail: detail('unknown') })),
  ])
})

it('takes as much work for a name that there is not as for one that there is', async () => {
  await using opened = await openedOps(proxied)
  let address = 0
  const workFor = async (name: string) => {
    const before = process.cpuUsage()
    await logIn(opened, name, 'sai mật khẩu', { headers: from(`203.0.113.${++address}`) })
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  await workFor('xem')
  const known = Math.min(await workFor('xem'), await workFor('quan-tri'))
  for (const name of ['nobody', 'KHÔNG PHẢI TÊN']) {
    const unknown = Math.min(await workFor(name), await workFor(name))
    expect(unknown / known, name).toBeGreaterThan(0.5)
    expect(unknown / known, name).toBeLessThan(2)
  }
})

it('locks an account after several wrong passwords in a row, also many at once, and opens it later', async () => {
  await using opened = await openedOps({ ...proxied, lockOut: { failures: 3, forMs: 600_000 } })
  const { db } = opened.t.app.store
  let address = 0
  const attempt = (given: string) =>
    logIn(opened, 'xem', given, { headers: from(`203.0.113.${++address}`) })
  await Promise.all(Array.from({ length: 6 }, () => attempt('sai mật khẩu')))
  const refused = (await history(opened)) as { event: string; detail: { why?: string } }[]
  const times = (event: string, why?: string) =>
    refused.filter((entry) => entry.event === event && entry.detail.why === why).length
  expect(times('loginRefused', 'password')).toBe(3)
  expect(times('loginRefused', 'locked')).toBe(3)
  expect(times('accountLocked')).toBe(1)
  expect(opened.t.logged.join('')).toContain('"event":"accountLocked"')

  const right = await attempt(password)
  expect([right.status, await right.text()]).toEqual([401, expect.stringContaining('No login')])
  expect((await logIn(opened, 'quan-tri', password)).status).toBe(303)
  await db.raw(
    `update sync.account set locked_until = clock_timestamp() - interval '1 second' where name = 'xem'`,
  )
  expect((await attempt('sai mật khẩu')).status).toBe(401)
  expect((await attempt(password)).status).toBe(303)
  for (const _ of [1, 2]) expect((await attempt('sai mật khẩu')).status).toBe(401)
  expect((await attempt(password)).status).toBe(303)
})

it('refuses a disabled account like a wrong password', async () => {
  await using opened = await openedOps()
  await opened.t.app.store.accounts.disable('xem', { actor: 'an', reason: null, at: new Date() })
  expect((await logIn(opened, 'xem', password)).status).toBe(401)
  expect(await history(opened)).toContainEqual(
    expect.objectContaining({
      actor: 'xem',
      detail: expect.objectContaining({ why: 'disabled' }),
    }),
  )
})

it('slows down an address that tries often, and no other, and fills no history with it', async () => {
  await using opened = await openedOps(proxied)
  const attempt = (address: string) => logIn(opened, 'nobody', 'sai', { headers: from(address) })
  for (let tries = 0; tries < 10; tries++) expect((await attempt('203.0.113.9')).status).toBe(401)
  for (let tries = 0; tries < 3; tries++) {
    const slowed = await attempt('203.0.113.9')
    expect([slowed.status, await slowed.text()]).toEqual([
      429,
      expect.stringContaining('Wait a minute'),
    ])
  }
  expect((await attempt('203.0.113.10')).status).toBe(401)
  const tooMany = async () =>
    (await history(opened)).filter(
      (entry) => (entry as { detail: { why: string } }).detail.why === 'tooMany',
    ).length
  await expect.poll(tooMany).toBe(1)
})

it('believes only a proxy that it was told of', async () => {
  await using opened = await openedOps()
  await logIn(opened, 'xem', password, { headers: from('203.0.113.7') })
  expect(await history(opened)).toEqual([
    expect.objectContaining({ detail: { address: '127.0.0.1', by: 'password' } }),
  ])
})

it('asks once more for its own sake, where a link of another site brought no cookie', async () => {
  await using opened = await openedOps()
  const linked = (site: string) =>
    fetch(`${opened.ops.address}/queues?a=1`, {
      headers: { accept: 'text/html', 'sec-fetch-site': site },
      redirect: 'manual',
    })
  const fromMail = await linked('cross-site')
  expect(fromMail.status).toBe(401)
  expect(await fromMail.text()).toMatch(
    /http-equiv="refresh" content="0".*href="\/queues\?a&#61;1"/s,
  )
  expect((await linked('same-origin')).status).toBe(303)
  expect((await linked('none')).status).toBe(303)
})

it('forgets sessions that have ended', async () => {
  await using opened = await openedOps()
  const { db, sessions } = opened.t.app.store
  await db.raw(`update sync.session set begun_at = clock_timestamp() - interval '2 days'`)
  await sessions.begin('xem', opsSettings.sessions)
  const { rows } = await db.raw(`select count(*)::int as n from sync.session`)
  expect(rows).toEqual([{ n: 1 }])
})

it.each([
  ['/queues?page=2&status=failed', '/queues?page=2&status=failed'],
  ['/van-ban/1?q=%C4%91', '/van-ban/1?q=%C4%91'],
  ['/a/../b', '/b'],
  ['https://evil.example/', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['\\\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/..//evil.example/', '/'],
  ['/\t/evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['evil.example', '/'],
  [' /x', '/'],
  ['', '/'],
  [['/queues', '/queues'], '/'],
  [undefined, '/'],
  ['/login?next=/login', '/'],
  ['/logout', '/'],
  [`/${'x'.repeat(3000)}`, '/'],
])('after the login %o leads to %s', (asked, expected) => {
  expect(localPath(asked)).toBe(expected)
})

it('goes nowhere else after the login, whatever the form says', async () => {
  await using opened = await openedOps()
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    const entered = await logIn(opened, 'xem', password, { next })
    expect([entered.status, entered.headers.get('location')], next).toEqual([303, '/'])
  }
})

it('shows what came in the address as text', async () => {
  await using opened = await openedOps()
  const next = '/x?"><script>alert(1)</script>'
  const page = await (
    await fetch(`${opened.ops.address}/login?next=${encodeURIComponent(next)}`)
  ).text()
  expect(page).not.toContain('<script')
  expect(page).toContain('name="next"')
})
