/** Who asks by a login: renewed in time, and once more when the source no longer takes it. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Connector } from '#connectors/connector.ts'
import { restProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { replyTo, valueIn, wordOf } from './contract.ts'
import { type Answered, type Ask, type LittleServer, littleServer } from './little-server.ts'
import { detailOf, profileAt, row } from './paged-register.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

const password = 'mat-khau-thu-15'
const ref = { transportRef: '1', sourceRef: '1' }
const window = { from: '2026-03-02', until: '2026-03-02' }
const document = { json: { success: true, data: detailOf(row(1)) } }
const loginPage = {
  headers: { 'content-type': 'text/html' },
  body: '<html><form action="/dang-nhap"><input name="mat_khau"></form></html>',
}
const byToken = {
  header: 'X-Token',
  prefix: '',
  login: {
    path: '/login',
    json: { u: '{user}', p: '{password}' },
    user: 'chidao',
    token: '/token',
  },
}
const byCookie = {
  login: {
    path: '/dang-nhap',
    form: { ten: '{user}', mat_khau: '{password}' },
    user: 'chidao',
    cookies: true,
    page: 'name="mat_khau"',
  },
}

async function far(
  auth: { login: object },
  logIn: (ask: Ask, n: number) => Answered,
  answer: (ask: Ask) => Answered,
): Promise<{ server: LittleServer; connector: Connector; logins: () => number }> {
  let logins = 0
  const isLogin = ({ path }: Ask) => path === '/login' || path === '/dang-nhap'
  const server = await littleServer((ask) => (isLogin(ask) ? logIn(ask, ++logins) : answer(ask)))
  open.push(server)
  const profile = restProfile.parse({
    ...profileAt(server.address),
    auth: { ...auth, login: { password, ...auth.login } },
  })
  const connector = connectRest(profile, {})
  open.push({ [Symbol.asyncDispose]: () => connector.close() })
  return { server, connector, logins: () => logins }
}

const tokenNow = (n: number) => ({ json: { token: `t-${n}` } })

describe('a login that hands out a token', () => {
  it('is one for all that ask at once', async () => {
    const { connector, logins, server } = await far(
      byToken,
      (_ask, n) => tokenNow(n),
      ({ headers }) => (headers['x-token'] === 't-1' ? document : { status: 401 }),
    )
    const read = await Promise.all(Array.from({ length: 5 }, () => connector.read(ref)))
    expect(read.map(wordOf)).toEqual(Array(5).fill('ok'))
    expect(logins()).toBe(1)
    expect(JSON.parse(server.asked[0]!.body)).toEqual({ u: 'chidao', p: password })
  })

  it.each<[string, object, number]>([
    ['before it ends, where the source says when', { validSeconds: '/seconds' }, 2],
    ['never before, where it lasts', { validSeconds: 3600 }, 1],
    ['never before, where nobody says how long it lasts', {}, 1],
  ])('is renewed %s', async (_what, more, expected) => {
    const { connector, logins } = await far(
      { ...byToken, login: { ...byToken.login, ...more } },
      (_ask, n) => ({ json: { token: `t-${n}`, seconds: 0 } }),
      () => document,
    )
    valueIn(await connector.read(ref))
    valueIn(await connector.read(ref))
    expect(logins()).toBe(expected)
  })

  it.each<[string, Answered]>([
    ['401', { status: 401, json: {} }],
    ['403', { status: 403 }],
    ['440', { status: 440 }],
    ['a redirect', { status: 302, headers: { location: '/login' } }],
    ['a page', loginPage],
    ['its own words', { json: { status: { code: '-5' } } }],
  ])('is renewed where the source answers with %s, once', async (_what, over) => {
    const auth = {
      ...byToken,
      login: { ...byToken.login, expired: { field: '/status/code', in: ['-5'] } },
    }
    const taken = new Set(['t-2'])
    const { connector, logins } = await far(
      auth,
      (_ask, n) => tokenNow(n),
      ({ headers }) => (taken.has(String(headers['x-token'])) ? document : over),
    )
    const both = await Promise.all([connector.read(ref), connector.read(ref)])
    expect(both.map(wordOf)).toEqual(['ok', 'ok'])
    expect(logins()).toBe(2)
    // A new login changes nothing: it is not tried for ever.
    taken.clear()
    expect(wordOf(await connector.read(ref))).toBe(
      over === loginPage ? 'malformed' : 'unauthorized',
    )
    expect(logins()).toBe(3)
  })

  it('that is refused is not tried again at once: wrong passwords lock an account', async () => {
    for (const refused of [
      { status: 401 },
      { status: 400, json: {} },
      { json: { ok: false, token: 'x' } },
    ]) {
      const { connector, logins } = await far(
        { ...byToken, login: { ...byToken.login, success: { field: 'ok', in: [true] } } },
        () => refused,
        () => document,
      )
      for (let n = 0; n < 3; n++)
        expect(wordOf(await connector.list(window, null))).toBe('unauthorized')
      expect(logins()).toBe(1)
    }
  })

  it.each<[string, Answered, string]>([
    ['is away', { status: 503 }, 'unavailable'],
    ['answers with a page', loginPage, 'malformed'],
    ['hands out no token', { json: { token: null } }, 'malformed'],
    ['hands out what no header can hold', { json: { token: 'mã số' } }, 'malformed'],
  ])('that %s is named, and tried again', async (_what, answer, word) => {
    let isBroken = true
    const { connector } = await far(
      byToken,
      (_ask, n) => (isBroken ? answer : tokenNow(n)),
      () => document,
    )
    expect(wordOf(await connector.read(ref))).toBe(word)
    isBroken = false
    expect(wordOf(await connector.read(ref))).toBe('ok')
  })

  it('that fails has sent nothing of a reply', async () => {
    let refuses = true
    const { connector, server } = await far(
      byToken,
      (_ask, n) => (refuses ? { status: 503 } : tokenNow(n)),
      () => ({ status: 422, json: { message: `Sai ${password} t-2` } }),
    )
    expect(await connector.send(replyTo('1'))).toMatchObject({ word: 'notSent' })
    refuses = false
    const outcome = await connector.send(replyTo('1'))
    expect(outcome).toEqual({ word: 'rejected', answer: 'Sai … …' })
    expect(
      server.asked.filter(({ method, path }) => method === 'POST' && path !== '/login'),
    ).toHaveLength(1)
  })

  it('keeps none of what it was handed out for ever, and hands none of it on', async () => {
    const { connector } = await far(
      { ...byToken, login: { ...byToken.login, validSeconds: '/seconds' } },
      (_ask, n) => ({ json: { token: `tok-${String(n).padStart(3, '0')}`, seconds: 0 } }),
      ({ method, headers }) =>
        method === 'POST' ? { status: 422, json: { message: `${headers['x-token']}` } } : document,
    )
    for (let n = 0; n < 30; n++) valueIn(await connector.read(ref))
    expect(await connector.send(replyTo('1'))).toEqual({ word: 'rejected', answer: '…' })
  })

  it('is renewed after a send that the source did not apply', async () => {
    const { connector, logins } = await far(
      byToken,
      (_ask, n) => tokenNow(n),
      ({ headers }) =>
        headers['x-token'] === 't-1'
          ? { status: 401 }
          : { json: { success: true, data: { id: 7 } } },
    )
    expect(await connector.send(replyTo('1'))).toMatchObject({ word: 'notSent' })
    expect(await connector.send(replyTo('1'))).toEqual({ word: 'delivered', farRef: '7' })
    expect(logins()).toBe(2)
  })
})

describe('a login whose session is a cookie', () => {
  const session = (n: number): Answered => ({
    status: 302,
    headers: { location: '/', 'set-cookie': [`phien=s-${n}; Path=/; HttpOnly`, 'ngon_ngu=vi'] },
  })
  const cookieOf = ({ headers }: Ask) => /phien=(\S+?)(?:;|$)/.exec(headers.cookie ?? '')?.[1]

  it('is sent with what it was given, and with what it is given later', async () => {
    const seen: (string | undefined)[] = []
    const { connector, server } = await far(
      byCookie,
      (_ask, n) => session(n),
      (ask) => {
        seen.push(cookieOf(ask))
        return { ...document, headers: { 'set-cookie': `phien=later-${seen.length}` } }
      },
    )
    for (let n = 0; n < 3; n++) valueIn(await connector.read(ref))
    expect(seen).toEqual(['s-1', 'later-1', 'later-2'])
    expect(server.asked[0]!.body).toBe(`ten=chidao&mat_khau=${password}`)
    expect(server.asked[1]!.headers.cookie).toContain('ngon_ngu=vi')
  })

  it('never takes the page of the login for a document, a list or a file', async () => {
    const { connector, logins } = await far(
      byCookie,
      (_ask, n) => session(n),
      (ask) => {
        if (cookieOf(ask) !== 's-2') return loginPage
        return ask.path.endsWith('/download') ? { body: '%PDF-1.7' } : document
      },
    )
    expect(wordOf(await connector.read(ref))).toBe('ok')
    expect(logins()).toBe(2)
  })

  it('is renewed for a file, and says so where that changes nothing', async () => {
    let taken = 's-2'
    const { connector, logins } = await far(
      byCookie,
      (_ask, n) => session(n),
      (ask) =>
        cookieOf(ask) === taken
          ? { headers: { 'content-type': 'application/pdf' }, body: '%PDF-1.7' }
          : loginPage,
    )
    const file = { ref: '10', name: 'a.pdf', mediaType: 'application/pdf', size: 8 }
    const words: string[] = []
    const take = async (_file: unknown, opened: Parameters<typeof wordOf>[0]) =>
      words.push(wordOf(opened)) > 0
    await connector.openFiles(ref, [file], take)
    taken = 'none'
    await connector.openFiles(ref, [file], take)
    expect(words).toEqual(['ok', 'notAnnounced'])
    expect(logins()).toBe(3)
  })

  it('is refused where the page comes again, and where no cookie comes', async () => {
    const answers: [Answered, string][] = [
      [
        { ...loginPage, headers: { ...loginPage.headers, 'set-cookie': 'phien=nobody' } },
        'unauthorized',
      ],
      [{ status: 302, headers: { location: '/' } }, 'malformed'],
    ]
    for (const [answer, word] of answers) {
      const { connector } = await far(
        byCookie,
        () => answer,
        () => document,
      )
      expect(wordOf(await connector.read(ref))).toBe(word)
    }
  })
})

describe('how a login is said', () => {
  const problems = (login: object) =>
    restProfile
      .safeParse({ ...profileAt('https://far.test'), auth: { login } })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const whole = { path: '/login', user: 'u', password: 'p', token: 't' }

  it.each<[string, object, RegExp]>([
    ['no password', { ...whole, password: undefined }, /exactly one of passwordFile/],
    ['two bodies', { ...whole, json: {}, form: {} }, /json or as form/],
    ['neither token nor cookie', { ...whole, token: undefined }, /token.*cookies: true/],
    ['an unknown placeholder', { ...whole, json: { u: '{name}' } }, /unknown placeholder \{name\}/],
  ])('is refused with %s', (_what, login, sentence) => {
    expect(problems(login)).toEqual([expect.stringMatching(sentence)])
  })

  it('stands beside no token', () => {
    const auth = { token: 'x', login: whole }
    expect(restProfile.safeParse({ ...profileAt('https://far.test'), auth }).success).toBe(false)
  })
})
