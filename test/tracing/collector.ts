import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ArrivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[]
  readonly events?: unknown[]
  readonly links?: unknown[]
  readonly status: { readonly code?: number; readonly message?: string }
}

/** A collector of OTLP over HTTP that keeps every byte it is sent. */
export async function openCollector() {
  const bodies: string[] = []
  const headers: http.IncomingHttpHeaders[] = []
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      bodies.push(Buffer.concat(parts).toString('utf8'))
      headers.push(request.headers)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    headers,
    text: () => bodies.join('\n'),
    spans: (): ArrivedSpan[] =>
      bodies.flatMap((body) =>
        JSON.parse(body).resourceSpans.flatMap(
          (resource: { scopeSpans: { spans: ArrivedSpan[] }[] }) =>
            resource.scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export function attributeOf(span: ArrivedSpan, key: string): unknown {
  const found = span.attributes.find((one) => one.key === key)
  return found && Object.values(found.value)[0]
}
