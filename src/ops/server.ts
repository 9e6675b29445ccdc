import helmet from '@fastify/helmet'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { Registry } from 'prom-client'
import type { App } from '../app.ts'
import type { LaneQueues } from '../queue.ts'
import { guard } from './guard.ts'
import { health } from './health.ts'
import { openMetrics } from './metrics.ts'
import { servePages } from './pages/pages.ts'
import { queueBoard } from './queue-board.ts'
import type { OpsSettings } from './settings.ts'

/** A board that waits for a queue that is away must not hold its connections for ever. */
const handlerTimeoutMs = 10_000

/** Health, metrics and the queues on one server, not yet listening. `registry` holds what else is measured. */
export async function buildServer(
  app: App,
  queues: LaneQueues,
  settings: Omit<OpsSettings, 'host' | 'port'>,
  registry: Registry = new Registry(),
): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: 64 * 1024,
    handlerTimeout: handlerTimeoutMs,
    // A stop does not wait for browsers that keep their connections.
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      void reply.status(404).send(notFound),
  })
  await server.register(helmet, headers)
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  const metrics = openMetrics(registry, settings.role)
  const { password, token } = settings
  if (password !== null) await guard(server, { password, token }, metrics.refused)
  server.setNotFoundHandler((_request, reply) => reply.status(404).send(notFound))
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) app.log.opsTrouble({ operation: request.routeOptions.url ?? '', error })
    return reply.status(status).send({ error: sentences[status] ?? sentences[500] })
  })

  // Alive: this process answers. It asks nobody, so that a database that is away restarts nothing.
  server.get('/healthz', { config: { access: 'open' } }, async () => ({ alive: true }))
  if (password === null) return server

  server.get('/readyz', { config: { access: 'machines' } }, async (_request, reply) => {
    const found = await health(app, queues)
    return reply.status(found.ready ? 200 : 503).send(found)
  })
  server.get('/metrics', { config: { access: 'machines' } }, async (_request, reply) => {
    const text = await metrics.render(app, queues)
    return reply.type(metrics.contentType).send(text)
  })
  if (settings.role === 'worker') return server
  await servePages(server, app, queues)
  await queueBoard(server, queues, (error) => app.log.opsTrouble({ operation: 'queues', error }))
  return server
}

/** Nothing from elsewhere: neither the board's fonts nor anything a page might ever be made to ask for. */
const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      // The board sets styles on its elements.
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'self'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  // Whoever puts TLS in front promises it there.
  strictTransportSecurity: false,
} as const

const notFound = { error: 'Không có trang này. There is no such page.' }

const sentences: Readonly<Record<number, string>> = {
  400: 'Yêu cầu không đọc được. The request could not be read.',
  404: notFound.error,
  413: 'Yêu cầu quá lớn. The request is too large.',
  415: 'Yêu cầu không đúng định dạng. The request is in no format known here.',
  500: 'Có lỗi; xem nhật ký của dịch vụ. Something failed; see the log of the service.',
  503: 'Chưa trả lời được; hãy thử lại. No answer in time; try again.',
}
