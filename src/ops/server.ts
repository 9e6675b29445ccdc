import helmet from '@fastify/helmet'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { Registry } from 'prom-client'
import type { App } from '../app.ts'
import type { LaneQueues } from '../queue.ts'
import { openDirectory } from './directory.ts'
import { guard, notFound, wantsPage } from './guard.ts'
import { headers } from './headers.ts'
import { health } from './health.ts'
import { localPath } from './local-path.ts'
import { login } from './login.ts'
import { refusalPage } from './login-page.ts'
import { openMetrics } from './metrics.ts'
import { notFoundPage } from './pages/not-found.ts'
import { servePages } from './pages/pages.ts'
import { visit } from './pages/visit.ts'
import { queueBoard } from './queue-board.ts'
import type { OpsSettings } from './settings.ts'
import { isStorable } from './storable.ts'

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
    trustProxy: settings.proxies.length > 0 ? [...settings.proxies] : false,
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      void reply.status(404).send(notFound),
  })
  await server.register(helmet, headers)
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  const metrics = openMetrics(registry, settings.role)
  const cookie = await guard(server, app, settings, metrics.refused)
  // It is found nowhere, and a query of the store would fail of it.
  server.addHook('preValidation', async (request, reply) => {
    const { query, params, body } = request
    return isStorable({ query, params, body }) ? undefined : answerError(400, request, reply)
  })
  // Whoever comes this far is logged in; a worker has no pages.
  server.setNotFoundHandler(async (request, reply) => {
    if (settings.role === 'worker' || !wantsPage(request)) return reply.status(404).send(notFound)
    const frame = await visit(app, request, reply)
    return notFoundPage(reply, { ...frame, address: localPath(request.url) })
  })
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) app.log.opsTrouble({ operation: request.routeOptions.url ?? '', error })
    return answerError(status, request, reply)
  })

  // Alive: this process answers. It asks nobody, so that a database that is away restarts nothing.
  server.get('/healthz', { config: { access: 'open' } }, async () => ({ alive: true }))
  server.get('/readyz', { config: { access: 'machines' } }, async (_request, reply) => {
    const found = await health(app, queues)
    return reply.status(found.ready ? 200 : 503).send(found)
  })
  server.get('/metrics', { config: { access: 'machines' } }, async (_request, reply) => {
    const text = await metrics.render(app, queues)
    return reply.type(metrics.contentType).send(text)
  })
  if (settings.role === 'worker') return server
  const directory = settings.directory && openDirectory(settings.directory)
  await login(server, app, settings, { cookie, directory })
  await servePages(server, app)
  await queueBoard(server, queues, (error) => app.log.opsTrouble({ operation: 'queues', error }))
  return server
}

function answerError(status: number, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const said = sentences[status] ?? sentences[500]!
  if (!wantsPage(request)) return reply.status(status).send({ error: said.join(' ') })
  return reply
    .status(status)
    .type('text/html; charset=utf-8')
    .send(refusalPage(...said))
}

const sentences: Readonly<Record<number, readonly [string, string]>> = {
  400: ['Yêu cầu không đọc được.', 'The request could not be read.'],
  403: [
    'Trang này đã cũ hoặc không mở từ đây; hãy mở lại rồi làm lại.',
    'This page was too old, or was not opened here; open it again and repeat.',
  ],
  404: ['Không có trang này.', 'There is no such page.'],
  413: ['Yêu cầu quá lớn.', 'The request is too large.'],
  415: ['Yêu cầu không đúng định dạng.', 'The request is in no format known here.'],
  429: ['Quá nhiều yêu cầu; hãy chờ một phút.', 'Too many requests; wait a minute.'],
  500: ['Có lỗi; xem nhật ký của dịch vụ.', 'Something failed; see the log of the service.'],
  503: ['Chưa trả lời được; hãy thử lại.', 'No answer in time; try again.'],
}
