import cookie from '@fastify/cookie'
import csrfProtection from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { AccountRole, Language } from '../domain/account.ts'
import type { SessionCookie } from './session-cookie.ts'

/** Who looks at a page or acts on it. */
export interface Viewer {
  /** The name given at login; the actor in the history. */
  readonly account: string
  /** What pages call the person. */
  readonly name: string
  readonly role: AccountRole
  readonly language: Language
}

/** Who a route answers: anybody, also a machine with the token, whoever is logged in, or administrators only. */
export type Access = 'open' | 'machines' | 'viewer' | 'administrator'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    /** Null for a stranger at an open route, and for a machine. */
    viewer: Viewer | null
  }
  interface FastifyInstance {
    door: Door
  }
}

/** Rooms of plugins whose routes cannot say it themselves. */
const accessOfRooms: readonly (readonly [string, Access])[] = [
  ['/queues', 'viewer'],
  ['/assets/', 'open'],
]

/** How visitors are told apart, and what those are told who are not let in. */
export interface Door {
  /** True while nobody could log in: there is no account. */
  isClosed(request: FastifyRequest): Promise<boolean>
  /** Who asks, by what they sent; null for a stranger. */
  viewerOf(request: FastifyRequest): Promise<Viewer | null>
  /** True while the login holds with which the request was let in, in the same role; asking does not prolong it. */
  isStillIn(request: FastifyRequest): Promise<boolean>
  isMachine(request: FastifyRequest): boolean
  refuseClosed(request: FastifyRequest, reply: FastifyReply): void
  refuseStranger(request: FastifyRequest, reply: FastifyReply): void
  refuseAct(request: FastifyRequest, reply: FastifyReply): void
  /** The store could not say who this is. */
  refuseUnasked(request: FastifyRequest, reply: FastifyReply): void
  /** What a form's token is bound to, so that it is of no use to another login. */
  boundTo(request: FastifyRequest): string
  readonly cookie: SessionCookie
}

/**
 * Every route says who it answers, or the server does not start; an address that is none asks for a login like one
 * that is. Whatever is not a reading needs the form's token.
 */
export async function guardRoutes(server: FastifyInstance, door: Door): Promise<void> {
  const { isSecure } = door.cookie
  await server.register(cookie)
  await server.register(formbody)
  await server.register(csrfProtection, {
    cookieKey: isSecure ? '__Host-chidao-form' : 'chidao-form',
    cookieOpts: { path: '/', sameSite: 'strict', httpOnly: true, secure: isSecure },
    getUserInfo: (request) => door.boundTo(request),
    // No secret: that is what the token is bound to.
    csrfOpts: { userInfo: true, hmacKey: 'chidao' },
  })
  server.decorateRequest('viewer', null)
  server.decorate('door', door)
  server.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: accessOf(route) }
  })
  server.addHook('onRequest', async (request, reply) => {
    const { access = 'viewer' } = request.routeOptions.config
    try {
      if (await door.isClosed(request)) return door.refuseClosed(request, reply)
      if (access === 'machines' && door.isMachine(request)) return
      request.viewer = await door.viewerOf(request)
    } catch {
      return door.refuseUnasked(request, reply)
    }
    if (access === 'open') return
    if (request.viewer === null) return door.refuseStranger(request, reply)
    if (access === 'administrator' && request.viewer.role !== 'administrator')
      return door.refuseAct(request, reply)
  })
  server.addHook('preValidation', (request, reply, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next()
    server.csrfProtection(request, reply, next)
  })
}

/** What a form carries in its hidden field `_csrf`, and a script in the header `x-csrf-token`. */
export async function csrfToken(request: FastifyRequest, reply: FastifyReply): Promise<string> {
  return reply.generateCsrf({ userInfo: request.server.door.boundTo(request) })
}

function accessOf({ config, method, url }: RouteOptions): Access {
  const access = config?.access ?? accessOfRooms.find(([room]) => url.startsWith(room))?.[1]
  if (!access) throw new Error(`Route ${method} ${url} does not say who it answers: add access.`)
  return access
}
