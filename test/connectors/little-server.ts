/** A far system in a few lines: what it is asked, and what it answers, over real sockets. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Ask {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface Answered {
  readonly status?: number
  readonly headers?: http.OutgoingHttpHeaders
  readonly json?: unknown
  readonly body?: string | Buffer
}

export interface LittleServer extends AsyncDisposable {
  readonly address: string
  readonly asked: Ask[]
  /** What was asked, as `GET /path?query`, without what does not matter. */
  lines(): string[]
}

export async function littleServer(
  answer: (ask: Ask, address: string) => Answered,
): Promise<LittleServer> {
  const asked: Ask[] = []
  let address = ''
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://far')
    const path = decodeURIComponent(url.pathname)
    const query = Object.fromEntries(url.searchParams)
    const { method = '', headers } = request
    void buffer(request).then((bytes) => {
      const ask = { method, path, query, headers, body: bytes.toString('utf8') }
      asked.push(ask)
      const { status = 200, headers: more = {}, json, body } = answer(ask, address)
      const type = json === undefined ? {} : { 'content-type': 'application/json' }
      response.writeHead(status, { ...type, ...more })
      response.end(json === undefined ? body : JSON.stringify(json))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    asked,
    lines: () =>
      asked.map(({ method, path, query }) => {
        const said = new URLSearchParams(query).toString()
        return `${method} ${path}${said ? `?${decodeURIComponent(said)}` : ''}`
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
