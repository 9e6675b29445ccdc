/** Carries an answer over HTTP, or fails to, as the faults in force say. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, type Asked, page } from './answer.ts'
import type { Faults, Subject } from './faults.ts'

const largestBody = 64 * 1024 * 1024
const loginPage = page(200, 'Đăng nhập', 'Phiên làm việc đã hết hạn.')

/** One request from its body to the last byte that is sent of its answer. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  faults: Faults,
  now: () => Date,
): Promise<void> {
  const { subject } = asked
  const body = await bodyOf(request)
  if (faults.strikes('latency', subject)) await pause(delay(faults, subject))
  if (faults.strikes('dropped', subject)) return drop(response)
  const broken = brokenInstead(asked, faults)
  if (broken) return send(response, broken, now())
  const answer = await asked.answer(body)
  if (answer.tookEffect && faults.strikes('answerLost', subject)) return drop(response)
  if (answer.status !== 200) return send(response, answer, now())
  const isJson = answer.type.startsWith('application/json')
  if (isJson && faults.strikes('cutJson', subject)) {
    return send(response, { ...answer, body: half(answer.body, faults, 'cutJson', subject) }, now())
  }
  if (faults.strikes('cutBody', subject)) {
    return cut(response, answer, half(answer.body, faults, 'cutBody', subject), now())
  }
  return send(response, answer, now())
}

export function send(response: ServerResponse, answer: Answer, now: Date): void {
  response.writeHead(answer.status, headersOf(answer, now))
  response.end(answer.body)
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= largestBody) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function brokenInstead({ subject, alsoStruckBy, broken }: Asked, faults: Faults): Answer | null {
  const kind = faults.strikes('serverError', subject)
    ? 'serverError'
    : alsoStruckBy.includes('detailError') && faults.strikes('detailError', subject)
      ? 'detailError'
      : null
  if (kind) return broken([500, 502, 503][Math.floor(faults.detail(kind, subject) * 3)]!)
  if (alsoStruckBy.includes('failAnswer') && faults.strikes('failAnswer', subject)) {
    return broken(200)
  }
  return faults.strikes('htmlPage', subject) ? loginPage : null
}

/** The announced length is that of the whole. */
function cut(response: ServerResponse, answer: Answer, part: Buffer, now: Date): void {
  response.writeHead(answer.status, headersOf(answer, now))
  response.write(part, () => drop(response))
}

function half(body: Buffer, faults: Faults, kind: 'cutJson' | 'cutBody', subject: Subject): Buffer {
  return body.subarray(0, Math.floor(body.length * (0.1 + 0.8 * faults.detail(kind, subject))))
}

function headersOf(answer: Answer, now: Date): Record<string, string | number> {
  const { fileName } = answer
  return {
    'content-type': answer.type,
    'content-length': answer.body.length,
    date: now.toUTCString(),
    ...(fileName && {
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    }),
  }
}

function drop(response: ServerResponse): void {
  response.socket?.destroy()
}

function delay(faults: Faults, subject: Subject): number {
  const [least, most] = faults.plan.latencyMs
  return least + (most - least) * faults.detail('latency', subject)
}
