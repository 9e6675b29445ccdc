import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'

/**
 * A span for each HTTP request of this process, by what Node itself tells of them: nothing is patched, so that it
 * works the same for modules of either kind. The address and its query are left out: they hold references.
 */
export function httpSpans(tracer: Tracer, isOurOwn: (host: string) => boolean): () => void {
  const spans = new WeakMap<ClientRequest, Span>()

  const started = (message: unknown) => {
    const { request } = message as { request: ClientRequest }
    if (isOurOwn(String(request.getHeader('host') ?? ''))) return
    const { hostname, port } = new URL(
      `${request.protocol}//${request.getHeader('host') ?? request.host}`,
    )
    spans.set(
      request,
      tracer.startSpan(request.method, {
        kind: SpanKind.CLIENT,
        attributes: {
          'http.request.method': request.method,
          'server.address': hostname,
          'server.port': Number(port) || (request.protocol === 'https:' ? 443 : 80),
        },
      }),
    )
  }
  const answered = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    const span = spans.get(request)
    if (!span) return
    span.setAttribute('http.response.status_code', response.statusCode ?? 0)
    if ((response.statusCode ?? 0) >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    spans.delete(request)
  }
  const failed = (message: unknown) => {
    const { request, error } = message as {
      request: ClientRequest
      error: Error & { code?: string }
    }
    const span = spans.get(request)
    if (!span) return
    span.setAttribute('error.type', String(error.code ?? error.name))
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    spans.delete(request)
  }
  const heard = [
    ['http.client.request.start', started],
    ['http.client.response.finish', answered],
    ['http.client.request.error', failed],
  ] as const
  for (const [channel, listener] of heard) subscribe(channel, listener)
  return () => {
    for (const [channel, listener] of heard) unsubscribe(channel, listener)
  }
}
