/** What a face asks of the wire, and hands to it: values that `wire.ts` carries over HTTP. */
import type { FaultKind, Subject } from './faults.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
  readonly fileName?: string
  /** Something was recorded that an asker cannot know of if this answer is lost. */
  readonly tookEffect?: boolean
}

export interface Asked {
  /** The document or the list that faults are counted against. */
  readonly subject: Subject
  /** Kinds of faults, beyond those of any request, that break this one before it is looked at. */
  readonly alsoStruckBy: readonly Extract<FaultKind, 'detailError' | 'failAnswer'>[]
  /** What this far system says when a fault strikes: with 500, 502 or 503, or with 200 for `failAnswer`. */
  broken(status: number): Answer
  answer(body: Buffer): Answer | Promise<Answer>
}

export function json(status: number, value: unknown): Answer {
  return {
    status,
    type: 'application/json; charset=utf-8',
    body: Buffer.from(JSON.stringify(value)),
  }
}

export function page(status: number, title: string, text: string): Answer {
  const body = `<!doctype html><html lang="vi"><head><title>${title}</title></head><body>${text}</body></html>`
  return { status, type: 'text/html; charset=utf-8', body: Buffer.from(body) }
}
