import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { guardRoutes } from './access.ts'
import type { OpsSettings } from './settings.ts'

/** The password of the whole server, and the token of machines. */
export async function guard(
  server: FastifyInstance,
  { password, token }: { password: string; token: OpsSettings['token'] },
  refused: () => void,
): Promise<void> {
  await guardRoutes(server, {
    async viewerOf({ headers }) {
      const given = Buffer.from(
        /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '',
        'base64',
      ).toString()
      if (!same(given.slice(given.indexOf(':') + 1), password)) return null
      return { account: 'chidao', name: 'Chỉ đạo', role: 'administrator', language: 'vi' }
    },
    isMachine: (request) => token !== null && holdsToken(request, token),
    refuseStranger(_request, reply) {
      refused()
      void reply
        .status(401)
        .header('www-authenticate', 'Basic realm="Chi dao", charset="UTF-8"')
        .send({ error: 'Cần mật khẩu. A password is needed.' })
    },
    refuseAct(_request, reply) {
      void reply.status(403).send({
        error: 'Chỉ người quản trị thực hiện được. Only an administrator may do this.',
      })
    },
    boundTo: () => 'anonymous',
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
