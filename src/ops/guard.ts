import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { type Door, guardRoutes } from './access.ts'
import { againPage, refusalPage } from './login-page.ts'
import { type SessionCookie, sessionCookie } from './session-cookie.ts'
import type { OpsSettings } from './settings.ts'
import { within } from './within.ts'

/** All that answers while nobody could log in. */
const alwaysOpen = '/healthz'

/** The store must say who asks; a store that hangs must not hold the visitor. */
const answerMs = 3_000
/** While there is no account: how soon the first one is noticed. */
const lookAgainMs = 500

export const notFound = { error: 'Không có trang này. There is no such page.' }
const strangerSaid = { error: 'Cần đăng nhập. A login is needed.' }
const viewerSaid = [
  'Tài khoản này chỉ được xem; việc này dành cho người quản trị.',
  'This account may only look; this is for administrators.',
] as const

/** Sessions of people and the token of machines in front of every route; closed until there is an account. */
export async function guard(
  server: FastifyInstance,
  app: App,
  settings: Pick<OpsSettings, 'token' | 'https' | 'sessions' | 'directory'>,
  refused: () => void,
): Promise<SessionCookie> {
  const cookie = sessionCookie(settings)
  const { token } = settings
  const isOpen = opening(app, settings)
  const door: Door = {
    async isClosed(request) {
      return request.routeOptions.url !== alwaysOpen && !(await within(answerMs, isOpen()))
    },
    async viewerOf(request) {
      const held = cookie.tokenOf(request)
      if (held === null || request.routeOptions.url === alwaysOpen) return null
      const asked = app.store.sessions.holderOf(held, settings.sessions)
      const holder = await within(answerMs, asked)
      if (holder === null) return null
      const { account, shownName, role, language } = holder
      return { account, name: shownName, role, language }
    },
    async isStillIn(request) {
      const held = cookie.tokenOf(request)
      if (held === null || request.viewer === null) return false
      const asked = app.store.sessions.stillHolds(held, settings.sessions)
      return (await within(answerMs, asked))?.role === request.viewer.role
    },
    isMachine: (request) => token !== null && holdsToken(request, token),
    refuseClosed(_request, reply) {
      reply.status(404).send(notFound)
    },
    refuseStranger(request, reply) {
      refused()
      refuseStranger(request, reply)
    },
    refuseAct(request, reply) {
      refused()
      if (wantsPage(request))
        reply
          .status(403)
          .type('text/html')
          .send(refusalPage(...viewerSaid))
      else reply.status(403).send({ error: viewerSaid.join(' ') })
    },
    refuseUnasked(_request, reply) {
      reply
        .status(503)
        .send({ error: 'Chưa trả lời được; hãy thử lại. No answer in time; try again.' })
    },
    boundTo: (request) => (request.viewer && cookie.tokenOf(request)) || 'nobody',
    cookie,
  }
  await guardRoutes(server, door)
  return cookie
}

/** Once there is an account there always is: none is ever deleted. */
function opening({ store }: App, { directory }: Pick<OpsSettings, 'directory'>) {
  let found = directory !== null
  let asking: Promise<boolean> | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  return async (): Promise<boolean> => {
    if (found) return true
    if (asking === null || performance.now() > askedAt + lookAgainMs) {
      askedAt = performance.now()
      asking = store.accounts.any()
    }
    found ||= await asking
    return found
  }
}

function refuseStranger(request: FastifyRequest, reply: FastifyReply): void {
  if (!wantsPage(request)) return void reply.status(401).send(strangerSaid)
  const isReading = request.method === 'GET'
  if (isReading && request.headers['sec-fetch-site'] === 'cross-site')
    return void reply.status(401).type('text/html').send(againPage(request.url))
  reply.redirect(`/login?next=${encodeURIComponent(isReading ? request.url : '/')}`, 303)
}

/** A person who follows a link or sends a form; not a script, nor a machine. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false
}

function holdsToken(request: FastifyRequest, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return given !== undefined && same(given, token)
}

/** In constant time, whatever the lengths. */
function same(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

const key = randomBytes(32)

function digest(text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
