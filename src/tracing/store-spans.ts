import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { Store } from '../store/store.ts'

interface Query {
  readonly __knexQueryUid: string
  readonly sql: string
}

/** A span for each statement on the store: what kind it is and on which table, never its text or its values. */
export function storeSpans(tracer: Tracer, { db }: Pick<Store, 'db'>): () => void {
  const spans = new Map<string, Span>()
  const began = ({ __knexQueryUid: id, sql }: Query) => {
    const operation = /^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase() ?? 'other'
    const table = /\b(?:sync|tracking)\.[a-z_]+/.exec(sql)?.[0]
    spans.set(
      id,
      tracer.startSpan(`store.${operation}`, {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'postgresql',
          'db.operation.name': operation,
          ...(table ? { 'db.collection.name': table } : {}),
        },
      }),
    )
  }
  const ended = (_answer: unknown, { __knexQueryUid: id }: Query) => {
    spans.get(id)?.end()
    spans.delete(id)
  }
  const failed = (error: { code?: string }, { __knexQueryUid: id }: Query) => {
    const span = spans.get(id)
    span?.setAttribute('error.type', `sqlstate.${error.code ?? 'none'}`)
    span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    spans.delete(id)
  }
  db.on('query', began)
  db.on('query-response', ended)
  db.on('query-error', failed)
  return () => {
    db.removeListener('query', began)
    db.removeListener('query-response', ended)
    db.removeListener('query-error', failed)
  }
}
