/** Stands between a test and its Postgres, which can then be away for this test alone. */
import { connect, createServer, type Socket } from 'node:net'

export interface Relay extends AsyncDisposable {
  /** The same database through the relay. */
  urlOf(url: string): string
  /** As a server that was stopped: connections end, new ones are refused. */
  stop(): Promise<void>
  start(): Promise<void>
  /** As a server that hangs: connections stay and nothing comes. */
  freeze(frozen: boolean): void
}

export async function startRelay(to: URL): Promise<Relay> {
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname)
    for (const [from, onto] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        onto.destroy()
      })
      from.pipe(onto)
      if (frozen) from.pause()
    }
  })
  const listen = (port: number) =>
    new Promise<number>((resolve) =>
      server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
  const port = await listen(0)
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return {
    urlOf(url) {
      const through = new URL(url)
      through.hostname = '127.0.0.1'
      through.port = String(port)
      return through.toString()
    },
    stop,
    async start() {
      await listen(port)
    },
    freeze(now) {
      frozen = now
      for (const socket of sockets) frozen ? socket.pause() : socket.resume()
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await stop()
    },
  }
}
