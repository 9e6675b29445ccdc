/** A document-management system on this machine: one register, two faces, faults on demand. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '#src/domain/clock.ts'
import { type Asked, json } from './answer.ts'
import { type AxisOptions, isAxis, makeAxis } from './axis/axis.ts'
import { control, isControl, type Simulator } from './control.ts'
import { type FaultPlan, makeFaults } from './faults.ts'
import { canariesOf, type Register } from './register.ts'
import { replyBook } from './replies.ts'
import { restFace, unauthorized } from './rest-face.ts'
import { send, serve } from './wire.ts'

const host = '127.0.0.1'

export interface SimulatorOptions {
  readonly register: Register
  readonly clock: Clock
  /** What a client must send as `Authorization: Bearer …`. */
  readonly token: string
  /** Default: any free port. */
  readonly port?: number
  readonly faults?: FaultPlan
  /** Share of the replies that are refused for good with 422, by seed; default none. */
  readonly refusals?: { readonly seed: number | string; readonly share: number }
  /** With the face of the national axis under `/vxp/`. */
  readonly axis?: AxisOptions
  /** Share of the axis's messages that are made larger than 4 MiB; default 0.005. */
  readonly axisLargeShare?: number
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { register, clock, token } = options
  const faults = makeFaults(options.faults)
  const book = replyBook(options.refusals ?? { seed: 0, share: 0 })
  const now = () => new Date(clock.now().getTime() + faults.plan.skewMs)
  const axis =
    options.axis &&
    makeAxis({ ...options.axis, largeShare: options.axisLargeShare }, { register, faults, now })
  const face = restFace({ register, replies: book, faults, now })
  const requests = {
    list: 0,
    detail: 0,
    download: 0,
    reply: 0,
    lookUp: 0,
    unknown: 0,
    unauthorized: 0,
  }

  const answer = (request: IncomingMessage, response: ServerResponse, asked: Asked) => {
    // A client that hangs up in the middle is none of the simulator's business.
    serve(request, response, asked, faults, now).catch(() => request.socket.destroy())
  }
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://simulator')
    if (!url) return send(response, json(400, { success: false }), now())
    if (isControl(url.pathname)) return void control(simulator, request, response, url.pathname)
    if (isAxis(url.pathname)) {
      const said = axis?.ask(request, url.pathname) ?? { refused: json(404, {}) }
      if ('asked' in said) return answer(request, response, said.asked)
      request.resume()
      return send(response, said.refused, now())
    }
    if (request.headers.authorization !== `Bearer ${token}`) {
      requests.unauthorized += 1
      request.resume()
      return send(response, unauthorized, now())
    }
    const asked = face(request.method ?? 'GET', url)
    requests[asked.operation] += 1
    answer(request, response, asked)
  })
  const port = await listen(server, options.port ?? 0)

  let stopped = false
  let outages: Promise<void> = Promise.resolve()
  const simulator: Simulator = {
    url: `http://${host}:${port}`,
    register,
    faults,
    axis: axis ? { ...axis.told, url: `http://${host}:${port}/vxp` } : null,
    replies: book.all,
    canaries: () => canariesOf(register),
    requests: () => ({ ...requests }),
    now,
    outage(ms) {
      outages = outages.then(async () => {
        if (stopped) return
        await close(server)
        await new Promise((over) => setTimeout(over, ms))
        if (!stopped) await listen(server, port)
      })
      return outages
    },
    async stop() {
      stopped = true
      await outages
      await close(server)
    },
    [Symbol.asyncDispose]: () => simulator.stop(),
  }
  return simulator
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      listening((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed())
    server.closeAllConnections()
  })
}
