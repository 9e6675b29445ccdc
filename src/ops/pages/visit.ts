import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../../app.ts'
import { csrfToken } from '../access.ts'
import { type Content, type Frame, layout, type Theme } from '../html/layout.ts'
import type { Language } from '../words/both.ts'
import { needsAttention } from './waiting-count.ts'

const languages: readonly Language[] = ['vi', 'en']
const themes: readonly Theme[] = ['auto', 'light', 'dark']
const yearS = 365 * 86_400

export type Query = Readonly<Record<string, string | undefined>>

/** Who looks, in which language, at what time of the service's clock. */
export async function visit(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Frame> {
  const { viewer } = request
  // Every page is behind a login; whoever is here is known.
  if (viewer === null) throw new Error('A page was reached without a login.')
  const now = app.clock.now()
  const [paused, waiting, csrf] = await Promise.all([
    app.store.pauses.inForce(now),
    needsAttention(app, now),
    csrfToken(request, reply),
  ])
  return {
    viewer,
    language: chosen(request, reply, 'lang', languages) ?? viewer.language,
    theme: chosen(request, reply, 'theme', themes) ?? 'auto',
    address: request.method === 'GET' ? request.url : '/',
    now,
    csrf,
    paused,
    waiting,
  }
}

export function send(reply: FastifyReply, frame: Frame, content: Content): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(layout(frame, content))
}

/** Once each: a parameter that is given twice is taken as its last. */
export function queryOf(request: FastifyRequest): Query {
  const given = (request.query ?? {}) as Record<string, string | string[] | undefined>
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.at(-1) : value,
    ]),
  )
}

/** From the address, which is remembered, else from the last time. */
function chosen<T extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  name: 'lang' | 'theme',
  known: readonly T[],
): T | null {
  const asked = known.find((one) => one === queryOf(request)[name])
  if (asked) {
    reply.setCookie(`chidao-${name}`, asked, {
      path: '/',
      sameSite: 'lax',
      httpOnly: true,
      maxAge: yearS,
    })
    return asked
  }
  return known.find((one) => one === request.cookies[`chidao-${name}`]) ?? null
}
