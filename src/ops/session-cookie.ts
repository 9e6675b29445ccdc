import type { FastifyReply, FastifyRequest } from 'fastify'

export interface SessionCookie {
  readonly isSecure: boolean
  tokenOf(request: FastifyRequest): string | null
  give(reply: FastifyReply, token: string): void
  take(reply: FastifyReply): void
}

/** Behind https the name itself forbids that another host of the same domain plants one. */
export function sessionCookie({ https }: { https: boolean }): SessionCookie {
  const name = https ? '__Host-chidao' : 'chidao'
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: https } as const
  return {
    isSecure: https,
    tokenOf(request) {
      const token = request.cookies[name]
      return token && /^[\w-]{43}$/.test(token) ? token : null
    },
    give: (reply, token) => void reply.setCookie(name, token, options),
    take: (reply) => void reply.clearCookie(name, options),
  }
}
