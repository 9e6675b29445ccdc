/**
 * Who asks: by a token that somebody was given, or by a login that is renewed before it ends where the profile says how
 * long it lasts, and once more when the source no longer takes it.
 */
import { buffer } from 'node:stream/consumers'
import type { FailureWord } from '../connector.ts'
import { type Answered, type Asked, ExchangeFailure, failed } from '../http/exchange.ts'
import { type Environment, type Secret, type SecretPlace, secretOf } from '../http/secret.ts'
import { wordOf } from '../http/status.ts'
import { isUnreadable, WrongShape } from '../http/unreadable.ts'
import { valueAt } from './field.ts'
import { firstBytes, looksOf } from './first-bytes.ts'
import type { Login } from './profile/auth.ts'
import type { RestProfile } from './profile.ts'
import type { Question } from './question.ts'
import { fillParams } from './template.ts'
import type { WireFormat } from './wire-format.ts'
import { count } from './wire-values.ts'

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** Which login they come from. */
  readonly login: number
}

export interface Session {
  /** Throws where there are none to be had. */
  credentials(operation: string): Promise<Credentials>
  /** Does the work, and once more under a new login when it finds that the session is over. */
  within<T>(operation: string, work: (credentials: Credentials) => Promise<T>): Promise<T>
  /** What it was told to remember. */
  hear(answered: Answered): void
  isOver(answered: Answered): boolean
  /** Whether what comes instead of a file may be the page of a login. */
  mayBeLogin(answered: Answered): boolean
  /** Throws `SessionOver` at a page of the login. */
  judgePage(bytes: Buffer): void
  /** Throws `SessionOver` where the answer says so. */
  judge(answer: unknown): void
  drop(credentials: Credentials): void
  /** Whether a secret that was refused has been replaced since. */
  isReplaced(credentials: Credentials, operation: string): boolean
  /** The text without the credentials, cut to 500 characters. */
  stripped(text: string): string
}

/** The source no longer takes the credentials; if a new login changes nothing, the word is what is wrong. */
export class SessionOver extends Error {
  readonly word: FailureWord

  constructor(word: FailureWord) {
    super('the session is over')
    this.word = word
  }
}

type Exchange = (
  question: Pick<Question, 'at' | 'params'>,
  asked: Pick<Asked, 'method' | 'headers'> & { body?: string },
) => Promise<Answered>

/** Wrong passwords in a row lock an account: a refused login is not tried again before. */
const refusedPauseMs = 60_000
/** So many of what the source handed out are looked for in its words. */
const mostHandedOut = 20
/** Before its end a login is renewed, by a tenth of its time and no more than this. */
const mostMarginMs = 30_000

export function openSession(
  profile: RestProfile,
  env: Environment,
  format: WireFormat,
  exchange: Exchange,
): Session {
  const { auth, name: source } = profile
  const secret = secretOf(source, secretPlace(profile), env)
  if (auth.login === undefined) return tokenSession(profile, secret)
  return new LoginSession(profile, auth.login, secret, format, exchange)
}

/** Of the token, or of the password of the login. */
export function secretPlace({ auth: { login, ...auth } }: RestProfile): SecretPlace {
  return login === undefined
    ? { value: auth.token, variable: auth.tokenEnv, file: auth.tokenFile }
    : { value: login.password, variable: login.passwordEnv, file: login.passwordFile }
}

function tokenSession({ auth }: RestProfile, secret: Secret): Session {
  const credentials = (operation: string): Credentials => ({
    headers: { [auth.header]: `${auth.prefix}${secret.read(operation)}` },
    login: 0,
  })
  return {
    credentials: async (operation) => credentials(operation),
    within: async (operation, work) => work(credentials(operation)),
    hear() {},
    isOver: () => false,
    mayBeLogin: () => false,
    judgePage() {},
    judge() {},
    drop() {},
    isReplaced: ({ headers }, operation) =>
      headers[auth.header] !== credentials(operation).headers[auth.header],
    stripped: secret.stripped,
  }
}

interface Held extends Credentials {
  /** As `performance.now()` counts; infinite where nobody says how long it lasts. */
  readonly until: number
}

class LoginSession implements Session {
  readonly #profile: RestProfile
  readonly #login: Login
  readonly #secret: Secret
  readonly #format: WireFormat
  readonly #exchange: Exchange
  readonly #cookies = new Map<string, string>()
  readonly #handedOut = new Set<string>()
  #held: Held | null = null
  #asking: Promise<Held> | null = null
  #logins = 0
  #refused: { readonly password: string; readonly until: number } | null = null

  constructor(
    profile: RestProfile,
    login: Login,
    secret: Secret,
    format: WireFormat,
    exchange: Exchange,
  ) {
    this.#profile = profile
    this.#login = login
    this.#secret = secret
    this.#format = format
    this.#exchange = exchange
  }

  /** One login at a time, for everybody who needs it. */
  async credentials(): Promise<Credentials> {
    if (this.#held && performance.now() < this.#held.until) return this.#withCookies(this.#held)
    this.#asking ??= this.#logIn().finally(() => {
      this.#asking = null
    })
    this.#held = await this.#asking
    return this.#withCookies(this.#held)
  }

  async within<T>(operation: string, work: (credentials: Credentials) => Promise<T>): Promise<T> {
    const credentials = await this.credentials()
    try {
      return await work(credentials)
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      this.drop(credentials)
    }
    try {
      return await work(await this.credentials())
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      throw failed({ source: this.#profile.name, operation }, error.word)
    }
  }

  hear({ cookies }: Answered): void {
    if (!this.#login.cookies) return
    for (const cookie of cookies) {
      const [, name, value = ''] = /^\s*([^=;\s]+)=([^;]*)/.exec(cookie) ?? []
      if (name === undefined) continue
      if (value === '' || /;\s*max-age=0*(?:;|$)/i.test(cookie)) this.#cookies.delete(name)
      else this.#cookies.set(name, value.trim())
      if (value.trim().length > 3) this.#remember(value.trim())
    }
  }

  isOver({ status }: Answered): boolean {
    return overStatuses.has(status) || (status >= 300 && status < 400)
  }

  mayBeLogin({ header }: Answered): boolean {
    return header('content-type')?.includes('text/html') ?? false
  }

  judgePage(bytes: Buffer): void {
    const { page } = this.#login
    if (page === undefined) throw new SessionOver('malformed')
    if (bytes.toString('utf8').includes(page)) throw new SessionOver('unauthorized')
  }

  judge(answer: unknown): void {
    const { expired } = this.#login
    if (expired === undefined) return
    const said = valueAt(answer, expired.field)
    if (expired.in.some((literal) => literal === said)) throw new SessionOver('unauthorized')
  }

  /** Another may have logged in anew meanwhile. */
  drop({ login }: Credentials): void {
    if (this.#held?.login === login) this.#held = null
  }

  isReplaced(): boolean {
    return false
  }

  stripped(text: string): string {
    const rest = [...this.#handedOut].reduce((said, one) => said.replaceAll(one, '…'), text)
    return this.#secret.stripped(rest)
  }

  /** Of a session that gets another cookie with every answer only the last ones. */
  #remember(handedOut: string): void {
    this.#handedOut.delete(handedOut)
    this.#handedOut.add(handedOut)
    for (const one of [...this.#handedOut].slice(0, -mostHandedOut)) this.#handedOut.delete(one)
  }

  #withCookies({ headers, login }: Credentials): Credentials {
    if (!this.#login.cookies) return { headers, login }
    const jar = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { headers: { ...headers, Cookie: jar }, login }
  }

  async #logIn(): Promise<Held> {
    const password = this.#secret.read('logIn')
    const refused = this.#refused
    if (refused?.password === password && performance.now() < refused.until)
      throw this.#failed('unauthorized')
    try {
      return await this.#askForLogin(password)
    } catch (error) {
      if (error instanceof ExchangeFailure && error.failure.word === 'unauthorized')
        this.#refused = { password, until: performance.now() + refusedPauseMs }
      if (!isUnreadable(error)) throw error
      throw this.#failed('malformed')
    }
  }

  async #askForLogin(password: string): Promise<Held> {
    const { path, params, headers, method, json, form, user, cookies, token } = this.#login
    const values = { user, password }
    const body = json
      ? JSON.stringify(fillParams(json, values))
      : form && new URLSearchParams(fillParams(form, values)).toString()
    const type = json ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded'
    this.#cookies.clear()
    const answered = await this.#exchange(
      { at: { path }, params },
      {
        method,
        headers: {
          ...this.#profile.request.headers,
          ...{ Accept: `${this.#format.accept}, */*;q=0.1` },
          ...(body === undefined ? {} : { 'Content-Type': type }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      },
    )
    this.hear(answered)
    const bytes = await buffer(answered.body)
    const word = refusalOf(answered, cookies && token === undefined)
    if (word !== null) throw this.#failed(word)
    return this.#heldBy(bytes)
  }

  #heldBy(bytes: Buffer): Held {
    const { success, token: at, validSeconds, cookies, page } = this.#login
    // A wrong password is answered with the same page again.
    if (page !== undefined && bytes.toString('utf8').includes(page))
      throw this.#failed('unauthorized')
    const saysMore = success !== undefined || at !== undefined || typeof validSeconds === 'string'
    const answer = saysMore ? this.#format.parse(bytes) : null
    if (success) {
      const said = valueAt(answer, success.field)
      if (said === undefined) throw new WrongShape()
      if (!success.in.some((literal) => literal === said)) throw this.#failed('unauthorized')
    }
    if (cookies && this.#cookies.size === 0) throw new WrongShape()
    const seconds =
      typeof validSeconds === 'string'
        ? count(valueAt(answer, validSeconds))
        : (validSeconds ?? null)
    const ms = seconds === null ? Number.POSITIVE_INFINITY : seconds * 1000
    const until = performance.now() + ms - Math.min(ms / 10, mostMarginMs)
    const login = ++this.#logins
    if (at === undefined) return { headers: {}, login, until }
    const token = valueAt(answer, at)
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw new WrongShape()
    this.#remember(token)
    const { header, prefix } = this.#profile.auth
    return { headers: { [header]: `${prefix}${token}` }, login, until }
  }

  #failed(word: FailureWord): ExchangeFailure {
    return failed({ source: this.#profile.name, operation: 'logIn' }, word)
  }
}

/** 419 and 440 are what two frameworks say of a session that has ended. */
const overStatuses: ReadonlySet<number> = new Set([401, 403, 419, 440])

/** A form is answered with a redirect to what it opens. */
function refusalOf(answered: Answered, isForm: boolean): FailureWord | null {
  const { status } = answered
  if (isForm && status >= 300 && status < 400) return null
  const word = wordOf(answered)
  return word === 'rejected' ? 'unauthorized' : word
}

export function isPage(bytes: Buffer): boolean {
  return looksOf(bytes.subarray(0, firstBytes), { name: '', mediaType: null }) === 'page'
}
