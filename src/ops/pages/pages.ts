import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import type { LaneQueues } from '../../queue.ts'
import { deadlinesPage } from './deadlines.ts'
import { directivePage } from './directive.ts'
import { directivesPage } from './directives.ts'
import { filePage } from './file.ts'
import { overviewPage } from './overview.ts'

/** The operators' pages, and the style, script and picture that all of them share. */
export async function servePages(
  server: FastifyInstance,
  app: App,
  queues: LaneQueues,
): Promise<void> {
  await server.register(fastifyStatic, {
    root: join(import.meta.dirname, '../public'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    cacheControl: false,
  })
  overviewPage(server, app, queues)
  deadlinesPage(server, app)
  directivesPage(server, app)
  directivePage(server, app)
  filePage(server, app)
}
