import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { serveApi } from './api.ts'
import { attentionPage } from './attention.ts'
import { attentionActs } from './attention-act.ts'
import { deadlinesPage } from './deadlines.ts'
import { directivePage } from './directive.ts'
import { directiveActPages } from './directive-acts.ts'
import { directivesPage } from './directives.ts'
import { filePages } from './file.ts'
import { fileActPages } from './file-acts.ts'
import { overviewPage } from './overview.ts'
import { repliesPage } from './replies.ts'
import { replyPage } from './reply.ts'
import { resyncPages } from './resync.ts'
import { newResyncPages } from './resync-new.ts'
import { runPage } from './run.ts'
import { runsPage } from './runs.ts'
import { sourcePausePages } from './source-pause.ts'
import { sourcesPages } from './sources.ts'

/** The operators' pages, and the style, script and picture that all of them share. */
export async function servePages(server: FastifyInstance, app: App): Promise<void> {
  await server.register(fastifyStatic, {
    root: join(import.meta.dirname, '../public'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    cacheControl: false,
  })
  await serveApi(server, app)
  overviewPage(server, app)
  deadlinesPage(server, app)
  directivesPage(server, app)
  directivePage(server, app)
  directiveActPages(server, app)
  filePages(server, app)
  fileActPages(server, app)
  repliesPage(server, app)
  replyPage(server, app)
  attentionPage(server, app)
  attentionActs(server, app)
  runsPage(server, app)
  runPage(server, app)
  newResyncPages(server, app)
  resyncPages(server, app)
  sourcesPages(server, app)
  sourcePausePages(server, app)
}
