import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { OpsSettings } from './settings.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers anybody. */
    open?: true
    /** Also answers whoever holds the token. */
    machines?: true
  }
}

/**
 * Closed by default: every route, and every address that is none, asks for the password unless it says that it
 * is open. The name given beside the password may be anything: there are no accounts yet.
 */
export async function guard(
  server: FastifyInstance,
  { password, token }: { password: string; token: OpsSettings['token'] },
  refused: () => void,
): Promise<void> {
  await server.register(basicAuth, {
    authenticate: { realm: 'Chi dao' },
    async validate(_name, given) {
      if (!same(given, password)) throw new Error('wrong password')
    },
  })
  const askPassword = server.basicAuth as onRequestHookHandler
  server.addHook('onRequest', (request, reply, next) => {
    const { open, machines } = request.routeOptions.config ?? {}
    if (open || (machines && token !== null && holdsToken(request, token))) return next()
    askPassword.call(server, request, reply, (error?: Error) => {
      if (!error) return next()
      refused()
      // Answered here and not thrown: a plugin may have an error handler of its own.
      void reply.status(401).send({ error: 'Cần mật khẩu. A password is needed.' })
    })
  })
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
