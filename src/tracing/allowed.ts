import { type Attributes, type AttributeValue, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

const word = /^[A-Za-z][A-Za-z0-9_.-]{0,59}$/
const host = /^[A-Za-z0-9.:[\]-]{1,100}$/

/** All that a span may say, and in what form. None of it can hold anything of a document. */
const allowed: ReadonlyMap<string, RegExp | 'number'> = new Map<string, RegExp | 'number'>([
  ['bullmq.queue.name', /^(urgent|normal|large|send|upkeep)$/],
  ['bullmq.queue.operation', word],
  ['bullmq.job.name', /^[a-z]+(-[a-z]+){1,3}$/],
  ['bullmq.job.attempts.made', 'number'],
  ['chidao.source', /^[a-z][a-z0-9-]{0,30}$/],
  ['chidao.operation', word],
  ['chidao.outcome', word],
  ['db.system.name', /^postgresql$/],
  ['db.operation.name', /^[a-z]{1,20}$/],
  ['db.collection.name', /^(sync|tracking)\.[a-z_]{1,40}$/],
  ['error.type', word],
  ['http.request.method', /^[A-Z]{1,10}$/],
  ['http.response.status_code', 'number'],
  ['server.address', host],
  ['server.port', 'number'],
])

/** `process urgent`, `source.read`, `GET`; no digit, so that no number, id or reference fits. */
const spanName = /^[A-Za-z_.-]{1,40}( [A-Za-z_.-]{1,40}){0,2}$/

/** Hands on nothing but what is on the list: no events (an exception quotes what it failed on), no messages. */
export function onlyAllowed(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(stripped), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function stripped(span: ReadableSpan): ReadableSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const attributes = only(span.attributes)
  const failed = span.status.code === SpanStatusCode.ERROR
  return {
    name: spanName.test(span.name) ? span.name : 'other',
    kind: span.kind,
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(span.parentSpanContext && {
      parentSpanContext: {
        traceId: span.parentSpanContext.traceId,
        spanId: span.parentSpanContext.spanId,
        traceFlags: span.parentSpanContext.traceFlags,
      },
    }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function only(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => fits(name, value)))
}

function fits(name: string, value: AttributeValue | undefined): boolean {
  const form = allowed.get(name)
  if (form === undefined) return false
  return form === 'number' ? Number.isFinite(value) : typeof value === 'string' && form.test(value)
}
