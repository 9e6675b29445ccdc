/**
 * `/_simulator/…`: how a test in another process looks into the simulator and drives it. No token, so only
 * this machine is answered. What is wrong in an order is said with status 400.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, json } from './answer.ts'
import type { SimulatedAxis } from './axis/axis.ts'
import { axisExpectedEligible } from './axis/truth.ts'
import { type Change, rowAt } from './document.ts'
import type { FaultKind, FaultPlan, Faults } from './faults.ts'
import { change, expectedEligible, type Register } from './register.ts'
import type { RecordedReply } from './replies.ts'
import type { Operation } from './rest-face.ts'
import { bodyOf, send } from './wire.ts'

type Requests = Readonly<Record<Operation | 'unauthorized', number>>

export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly url: string
  readonly register: Register
  readonly faults: Faults
  /** Null if it was not asked for. */
  readonly axis: SimulatedAxis | null
  /** Every reply that was taken, in order; a repeated one stands there again. */
  replies(): RecordedReply[]
  canaries(): string[]
  requests(): Requests
  /** The source's own idea of the time: the common clock and its skew. */
  now(): Date
  /** Closes the port and every connection; resolves when it listens again, after `ms` of real time. */
  outage(ms: number): Promise<void>
  stop(): Promise<void>
}

const prefix = '/_simulator/'

export function isControl(path: string): boolean {
  return path.startsWith(prefix)
}

export async function control(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const from = request.socket.remoteAddress ?? ''
  if (!/^(::ffff:)?127\.|^::1$/.test(from)) return send(response, json(403, {}), new Date())
  const what = `${request.method} ${path.slice(prefix.length)}`
  const body = (await bodyOf(request)).toString('utf8')
  let answer: Answer
  try {
    answer = obey(simulator, what, body === '' ? {} : JSON.parse(body), response)
  } catch (error) {
    answer = json(400, { message: error instanceof Error ? error.message : String(error) })
  }
  send(response, answer, new Date())
}

function obey(simulator: Simulator, what: string, said: unknown, response: ServerResponse): Answer {
  const { register, faults } = simulator
  switch (what) {
    case 'GET state':
      return json(200, stateOf(simulator))
    case 'GET replies':
      return json(200, simulator.replies())
    case 'GET canaries':
      return json(200, simulator.canaries())
    case 'GET expected':
      return json(200, expectedEligible(register, simulator.now()))
    case 'GET axis':
      return simulator.axis ? json(200, axisOf(simulator.axis)) : json(404, {})
    case 'GET axis/expected':
      return json(200, axisExpectedEligible(register, simulator.now()))
    case 'GET faults':
      return json(200, { plan: faults.plan, counts: faults.counts() })
    /** A `FaultPlan`, in place of the one in force. */
    case 'PUT faults':
      faults.set(said as FaultPlan)
      return json(200, { plan: faults.plan })
    case 'DELETE faults':
      faults.clear()
      return json(200, { plan: faults.plan })
    case 'POST arm': {
      const { kind, times, subject } = said as { kind: FaultKind; times?: number; subject?: number }
      faults.arm(kind, times, subject)
      return json(200, {})
    }
    /** Begins when this answer is out; nothing at all is answered until it is over. */
    case 'POST outage': {
      const { ms } = said as { ms: number }
      if (!(ms > 0)) throw new Error('an outage needs ms above 0')
      response.once('finish', () => void simulator.outage(ms))
      return json(200, {})
    }
    case 'POST change': {
      const { id, ...planned } = said as { id: number; at?: string } & Omit<Change, 'at'>
      const document = register.byId(id)
      if (!document) throw new Error(`the register has no document ${id}`)
      const at = planned.at ? new Date(planned.at) : simulator.now()
      change(document, { ...planned, at } as Change)
      return json(200, {})
    }
    default:
      return json(404, { message: `the simulator does not know ${what}` })
  }
}

function axisOf({ url, sent, acknowledged, requests }: SimulatedAxis) {
  return {
    url,
    sent: sent(),
    acknowledged: Object.fromEntries(acknowledged()),
    requests: requests(),
  }
}

function stateOf(simulator: Simulator) {
  const now = simulator.now()
  const shown = simulator.register.documents.flatMap((document) => rowAt(document, now) ?? [])
  return {
    now: now.toISOString(),
    documents: simulator.register.documents.length,
    listed: shown.length,
    released: shown.filter((row) => row.is_released).length,
    expectedEligible: expectedEligible(simulator.register, now).length,
    replies: simulator.replies().length,
    requests: simulator.requests(),
    faults: simulator.faults.counts(),
  }
}
