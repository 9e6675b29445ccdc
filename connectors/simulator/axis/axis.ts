/** The axis beside the DMS, over the same register: its door, and what a test may ask it. */
import type { IncomingMessage } from 'node:http'
import { type Answer, type Asked, json } from '../answer.ts'
import { type AxisOffice, axisOffices } from '../axis-offices.ts'
import type { Faults } from '../faults.ts'
import type { Register } from '../register.ts'
import { AgencyBook } from './agencies.ts'
import { failed } from './answers.ts'
import { complaint, parametersOf } from './auth.ts'
import { type AxisOperation, axisFace, axisOperations } from './face.ts'
import type { TransportStatus } from './lists.ts'
import { type RecordedAxisMessage, sentBook } from './sent.ts'

export interface AxisOptions {
  readonly systemId: string
  readonly secret: string
  /** Of our own office, the receiver. */
  readonly organId: string
  /** Registered beside `axisOffices`. */
  readonly agencies?: readonly AxisOffice[]
}

export interface SimulatedAxis {
  /** `http://127.0.0.1:port/vxp`: the operation is the next segment. */
  readonly url: string
  /** Every message that was taken, in order; a repeated one stands there again. */
  sent(): RecordedAxisMessage[]
  acknowledged(): ReadonlyMap<string, TransportStatus>
  requests(): Readonly<Record<AxisOperation | 'unknown' | 'unauthorized', number>>
}

const prefix = '/vxp/'

export function isAxis(path: string): boolean {
  return path.startsWith(prefix)
}

/** A smallest share, so that a small register has one or two. */
const usualLargeShare = 0.005

export function makeAxis(
  options: AxisOptions & { readonly largeShare?: number | undefined },
  parts: { readonly register: Register; readonly faults: Faults; now(): Date },
) {
  const { systemId, organId, agencies = [], largeShare = usualLargeShare } = options
  const self = { organId, name: axisOffices.self.name }
  const subjects = [self, ...axisOffices.units, ...agencies]
  const offices = [axisOffices.issuer, ...subjects]
  const sent = sentBook({ offices, senders: subjects.map((office) => office.organId) })
  const acknowledged = new Map<string, TransportStatus>()
  const mail = { register: parts.register, self, largeShare }
  const face = axisFace({
    ...{ ...parts, mail, sent, acknowledged },
    agencies: new AgencyBook(offices),
  })
  const requests = Object.fromEntries(
    [...axisOperations, 'unknown', 'unauthorized'].map((name) => [name, 0]),
  ) as Record<AxisOperation | 'unknown' | 'unauthorized', number>

  /** What is asked; or, before any fault can strike, the answer to who has no business here. */
  const ask = (request: IncomingMessage, path: string): { asked: Asked } | { refused: Answer } => {
    const name = path.slice(prefix.length)
    const operation = axisOperations.find((one) => one === name)
    if (!operation || request.method !== (operation === 'downloadEdoc' ? 'GET' : 'POST')) {
      requests.unknown += 1
      return {
        refused: json(404, { message: `the axis does not offer ${request.method} ${name}` }),
      }
    }
    const parameters = parametersOf(request.headers)
    const wrong = complaint(parameters, { systemId, secret: options.secret })
    if (wrong) {
      requests.unauthorized += 1
      return { refused: failed('unauthorized', wrong, parts.faults.plan.failStatus) }
    }
    requests[operation] += 1
    return { asked: face(operation, parameters) }
  }
  const told: Omit<SimulatedAxis, 'url'> = {
    sent: sent.all,
    acknowledged: () => new Map(acknowledged),
    requests: () => ({ ...requests }),
  }
  return { ask, told }
}
