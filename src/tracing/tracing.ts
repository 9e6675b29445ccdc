import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { context, propagation, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Telemetry } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import type { TracingSettings } from '#config/tracing.ts'
import type { App } from '../app.ts'
import { type Around, aroundSources } from '../around.ts'
import { onlyAllowed } from './allowed.ts'
import { httpSpans } from './http-spans.ts'
import { storeSpans } from './store-spans.ts'

export interface Tracing {
  /** For the queue. */
  readonly telemetry: Telemetry
  /** The same app; what its sources are asked and what goes to its store is traced. */
  traced(app: App): App
  /** Sends what is held, but does not wait long for a collector that is away. */
  close(): Promise<void>
}

const farewellMs = 2_000
const name = 'chidao'

/** Traces over OTLP/HTTP. Whoever does not want them does not load this file. */
export function openTracing(settings: TracingSettings, role: string): Tracing {
  const { endpoint, token, caFile, ratio } = settings
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    timeoutMillis: 10_000,
    ...(caFile ? { httpAgentOptions: { ca: readFileSync(caFile) } } : {}),
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': name,
      'service.version': versionOfPackage(),
      'chidao.role': role,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: onlyAllowed(exporter) })],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const tracer = provider.getTracer(name)
  const collector = new URL(endpoint).host
  const endings = [httpSpans(tracer, (host) => host === collector)]
  return {
    telemetry: new BullMQOtel({ tracerName: name }),
    traced(app) {
      endings.push(storeSpans(tracer, app.store))
      return { ...app, sources: aroundSources(app.sources, sourceSpans(tracer)) }
    },
    async close() {
      for (const end of endings) end()
      await Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise((late) => setTimeout(late, farewellMs).unref()),
      ])
      for (const global of [trace, context, propagation]) global.disable()
    },
  }
}

function sourceSpans(tracer: Tracer): Around {
  return (source, operation, wordOf, ask) =>
    tracer.startActiveSpan(
      `source.${operation}`,
      { attributes: { 'chidao.source': source, 'chidao.operation': operation } },
      async (span) => {
        let outcome = 'ourMistake'
        try {
          const answer = await ask()
          outcome = wordOf(answer)
          return answer
        } finally {
          span.setAttribute('chidao.outcome', outcome)
          if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
      },
    )
}

function versionOfPackage(): string {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  return JSON.parse(manifest).version
}
