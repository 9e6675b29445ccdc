import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { placeOf } from '../../store/pages/place.ts'
import { answers, questions } from './api-schema.ts'
import { attentionFilter } from './attention.ts'
import { filterOf } from './deadlines.ts'
import { searchOf } from './directives.ts'
import { isId } from './ids.ts'
import { sourceStates } from './source-states.ts'
import { type Query, queryOf } from './visit.ts'
import { askedAt } from './waiting-count.ts'

const rowsOfAPage = 50
const mostRows = 500

/** What the pages show, for programs: the same questions, the same limits on who may ask and what is shown. */
export async function serveApi(server: FastifyInstance, app: App): Promise<void> {
  const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')
  await server.register(
    async (api) => {
      await api.register(swagger, {
        openapi: {
          openapi: '3.1.0',
          info: {
            title: 'Chỉ đạo',
            version: JSON.parse(manifest).version,
            description: 'Chỉ đọc. Read only, behind the same login as the pages.',
          },
        },
      })
      routes(api, app)
      await api.after()
      api.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () =>
        api.swagger(),
      )
    },
    { prefix: '/api' },
  )
}

function routes(api: FastifyInstance, app: App): void {
  const { pages, attention, passes } = app.store
  const access = { config: { access: 'viewer' as const } }

  api.get('/overview', { ...access, schema: answers.overview }, async () => {
    const at = app.clock.now()
    const since = new Date(at.getTime() - 30 * 86_400_000)
    const [deadlines, oldestWaiting, sources, needsAttention] = await Promise.all([
      pages.figures.deadlines(since, at),
      pages.figures.oldestWaiting(),
      sourceStates(app, at),
      attention.counts(askedAt(app, at)),
    ])
    return { at, deadlines, oldestWaiting, sources, needsAttention }
  })

  api.get(
    '/deadlines',
    { ...access, schema: { ...answers.list, ...questions.deadlines } },
    async (request) => {
      const query = queryOf(request)
      const at = app.clock.now()
      return pages.waiting.list(filterOf(query), at, placeOf(query), limitOf(query))
    },
  )

  api.get(
    '/directives',
    { ...access, schema: { ...answers.list, ...questions.directives } },
    async (request) => {
      const query = queryOf(request)
      const place = placeOf(query, query.state === 'open' ? 'instant' : 'day')
      return pages.search.list(searchOf(query), place, limitOf(query))
    },
  )

  api.get('/directives/:id', { ...access, schema: answers.directive }, async (request, reply) => {
    const { id } = request.params as { id: string }
    const found = isId(id) ? await pages.directive.one(id) : null
    return found ?? reply.callNotFound()
  })

  api.get(
    '/attention',
    { ...access, schema: { ...answers.list, ...questions.attention } },
    async (request) => {
      const query = queryOf(request)
      const page = Math.max(1, Number.parseInt(query.page ?? '1', 10) || 1)
      const limit = limitOf(query)
      const rows = await attention.list(
        { ...askedAt(app, app.clock.now()), ...attentionFilter(query) },
        { limit, offset: (page - 1) * limit },
      )
      return { rows, after: null, before: null }
    },
  )

  api.get(
    '/runs',
    { ...access, schema: { ...answers.list, ...questions.runs } },
    async (request) => {
      const query = queryOf(request)
      const { source = null, kind = null, state = null } = query
      return pages.runs.list({ source, kind, state }, placeOf(query), limitOf(query))
    },
  )

  api.get('/runs/:id', { ...access, schema: answers.run }, async (request, reply) => {
    const { id } = request.params as { id: string }
    const found = isId(id) ? await passes.one(id) : null
    return found ?? reply.callNotFound()
  })
}

function limitOf({ limit }: Query): number {
  return Math.min(mostRows, Math.max(1, Number.parseInt(limit ?? '', 10) || rowsOfAPage))
}
