import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type Progress = Readonly<Record<string, string | number>>

/** Longer than anybody looks; the browser asks again by itself. */
export const longestLookMs = 60 * 60_000
const everyMs = 1_000

/**
 * Progress as server-sent events, until `read` says that it has ended, or whoever looks may no longer: then where the
 * page should go on, null for the page itself, which then asks for a login or says what may not be seen.
 */
export async function live(
  request: FastifyRequest,
  reply: FastifyReply,
  read: () => Promise<{ progress: Progress } | { ended: string | null }>,
): Promise<void> {
  const headers = reply.getHeaders()
  reply.hijack()
  const { raw } = reply
  const { door } = request.server
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const gone = new AbortController()
  request.raw.on('close', () => gone.abort())
  try {
    for (const until = Date.now() + longestLookMs; Date.now() < until && !gone.signal.aborted; ) {
      const found = (await door.isStillIn(request)) ? await read() : { ended: null }
      if ('ended' in found) {
        raw.write(`event: ended\ndata: ${JSON.stringify({ to: found.ended })}\n\n`)
        break
      }
      raw.write(`event: progress\ndata: ${JSON.stringify(found.progress)}\n\n`)
      await pause(everyMs, undefined, { signal: gone.signal })
    }
  } catch {
    // The visitor left, or the store is away: the browser asks again.
  } finally {
    raw.end()
  }
}
