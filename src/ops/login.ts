import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { csrfToken } from './access.ts'
import { authentication } from './authentication.ts'
import type { Directory } from './directory.ts'
import { localPath } from './local-path.ts'
import { type LoginTrouble, loginPage } from './login-page.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { OpsSettings } from './settings.ts'

/** From one address: more than a roomful of people who mistype, less than a machine that guesses. */
const triesPerMinute = 10

/** The way in and out. */
export async function login(
  server: FastifyInstance,
  app: App,
  settings: Pick<OpsSettings, 'sessions' | 'lockOut'>,
  { cookie, directory }: { cookie: SessionCookie; directory: Directory | null },
): Promise<void> {
  const { store, clock } = app
  const authenticate = authentication(app, directory, settings.lockOut)
  await server.register(rateLimit, { global: false })

  server.get<{ Querystring: { next?: unknown } }>(
    '/login',
    { config: { access: 'open' } },
    async (request, reply) => {
      const next = localPath(request.query.next)
      if (request.viewer) return reply.redirect(next, 303)
      return show(request, reply, next, null)
    },
  )

  server.post<{ Body: unknown }>(
    '/login',
    {
      config: {
        access: 'open',
        rateLimit: {
          max: triesPerMinute,
          timeWindow: 60_000,
          // Once for each address and minute: the history must not be a place to fill.
          onExceeded: recordsOnce((address) =>
            store.logins
              .refuse(null, 'tooMany', address, clock.now())
              .catch((error) => app.log.opsTrouble({ operation: 'login', error })),
          ),
        },
      },
      errorHandler: (error, request, reply) => {
        const { statusCode = 500 } = error as { statusCode?: number }
        const trouble = troubleOf[statusCode]
        if (!trouble) throw error
        show(request, reply.status(statusCode), '/', trouble).catch((failed) => reply.send(failed))
      },
    },
    async (request, reply) => {
      const typed = fields(request.body)
      const next = localPath(typed('next'))
      const found = await authenticate({
        name: typed('name'),
        password: typed('password'),
        address: request.ip,
      })
      if ('refused' in found) {
        const isAway = found.refused === 'directoryAway'
        return show(
          request,
          reply.status(isAway ? 503 : 401),
          next,
          isAway ? 'directoryAway' : 'refused',
        )
      }
      await endSession(request)
      cookie.give(reply, await store.sessions.begin(found.account, settings.sessions))
      return reply.redirect(next, 303)
    },
  )

  server.post('/logout', { config: { access: 'viewer' } }, async (request, reply) => {
    await endSession(request)
    cookie.take(reply)
    return reply.redirect('/login', 303)
  })

  async function endSession(request: FastifyRequest): Promise<void> {
    const held = cookie.tokenOf(request)
    if (held !== null) await store.sessions.end(held, clock.now())
  }
}

const troubleOf: Readonly<Record<number, LoginTrouble>> = { 403: 'stale', 429: 'tooMany' }

async function show(
  request: FastifyRequest,
  reply: FastifyReply,
  next: string,
  trouble: LoginTrouble | null,
): Promise<FastifyReply> {
  const csrf = await csrfToken(request, reply)
  return reply.type('text/html; charset=utf-8').send(loginPage({ csrf, next, trouble }))
}

/** What was typed; a field that came twice, or is no text, is none. */
function fields(body: unknown): (name: string) => string {
  const given = typeof body === 'object' && body !== null ? body : {}
  return (name) => {
    const value = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : ''
    return typeof value === 'string' ? value : ''
  }
}

function recordsOnce(record: (address: string) => unknown) {
  const seen = new Map<string, number>()
  return ({ ip }: FastifyRequest): void => {
    const now = performance.now()
    for (const [address, until] of seen) if (until < now) seen.delete(address)
    if (seen.has(ip)) return
    seen.set(ip, now + 60_000)
    record(ip)
  }
}
