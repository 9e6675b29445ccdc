import { SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { expectedEligible, makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { manualClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { onlyAllowed } from '#src/tracing/allowed.ts'
import { openTracing } from '#src/tracing/tracing.ts'
import { root } from '#src/wiring.ts'
import { run } from '#test/cli/executable.ts'
import { testApp } from '#test/support/app.ts'
import { attributeOf, openCollector } from './collector.ts'

const importFrom = '2026-03-02'
const end = new Date('2026-04-06T09:00:00+07:00')

it('traces ring, source, HTTP and store of a whole run, and not a byte of any document', async () => {
  const clock = manualClock(end)
  const register = makeRegister({ seed: 7, from: importFrom, until: '2026-04-03' })
  const simulator = await startSimulator({
    register,
    clock,
    token: 'token-of-the-test',
    faults: { seed: 7, rates: { serverError: 0.03 } },
  })
  await using collector = await openCollector()
  const profile = simulatedRestProfile({
    baseUrl: simulator.url,
    token: 'token-of-the-test',
    importFrom,
    liveFrom: importFrom,
  })
  await using t = await testApp([profile], { clock })
  const tracing = openTracing(
    { endpoint: collector.endpoint, token: 'token-of-the-collector', caFile: null, ratio: 1 },
    'all',
  )
  const service = await startService(tracing.traced(t.app), {
    queue: { kind: 'postgres', url: t.url, telemetry: tracing.telemetry },
    databaseUrl: t.url,
    pollMs: 500,
    sweepMs: 500,
  })
  await expect
    .poll(
      async () => {
        const { rows } = await t.app.store.db.raw(
          `select (select count(*) from sync.pass where kind <> 'head' and state in ('due', 'running')) +
             case when exists (select from sync.intake where state = 'staged') then 0 else 1 end as open`,
        )
        return rows[0].open
      },
      { timeout: 120_000, interval: 300 },
    )
    .toBe(0)
  await service.stop()
  await tracing.close()
  await simulator.stop()

  const spans = collector.spans()
  const named = (name: string) => spans.filter((span) => span.name === name)
  expect(collector.headers[0]!.authorization).toBe('Bearer token-of-the-collector')
  expect(named('source.list').length).toBeGreaterThan(0)
  expect(attributeOf(named('source.read')[0]!, 'chidao.source')).toBe(profile.name)
  const gets = named('GET')
  expect(gets.length).toBeGreaterThan(10)
  expect(gets.every((span) => Number(attributeOf(span, 'http.response.status_code')) >= 200)).toBe(
    true,
  )
  const statements = spans.filter((span) => span.name.startsWith('store.'))
  expect(new Set(statements.map((span) => attributeOf(span, 'db.collection.name')))).toContain(
    'sync.pass',
  )
  for (const job of ['take-head', 'take-window'])
    expect(spans.some((span) => attributeOf(span, 'bullmq.job.name') === job)).toBe(true)

  // Together they tell one story: the request belongs to the question, the question to the job.
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const ancestors = (span: (typeof spans)[number]): string[] => {
    const parent = byId.get(span.parentSpanId ?? '')
    return parent ? [parent.name, ...ancestors(parent)] : []
  }
  expect(gets.some((span) => ancestors(span).some((name) => name === 'source.list'))).toBe(true)
  expect(gets.some((span) => ancestors(span).some((name) => name.startsWith('process ')))).toBe(
    true,
  )

  const text = collector.text()
  const canaries = simulator.canaries()
  expect(canaries.length).toBeGreaterThan(5)
  expect(canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))).toEqual([])
  const held = expectedEligible(register, end)
  expect(held.length).toBeGreaterThan(10)
  expect(held.filter(({ code, subject }) => text.includes(code) || text.includes(subject))).toEqual(
    [],
  )
  expect(text).not.toMatch(/van-ban|\/api|select |insert into|token-of-the-test|UBND/i)
  expect(spans.flatMap((span) => [...(span.events ?? []), ...(span.links ?? [])])).toEqual([])
  expect(spans.filter((span) => span.status.message)).toEqual([])
  const keys = new Set(spans.flatMap((span) => span.attributes.map(({ key }) => key)))
  expect(
    [...keys].filter((key) => !/^(bullmq\.(queue|job)|chidao|db|http|server|error)\./.test(key)),
  ).toEqual([])
}, 240_000)

it('lets nothing out that is not on the list, whoever put it there', async () => {
  const kept = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: onlyAllowed(kept) })],
  })
  const span = provider.getTracer('t').startSpan('GET /api/van-ban-di/781', {
    attributes: {
      'url.full': 'https://dms/api/van-ban-di/781',
      'db.query.text': `select 'CANARY'`,
      'bullmq.job.id': '781',
      'bullmq.job.name': 'take-window CANARY',
      'chidao.source': 'Số 781/UBND-NNMT',
      'chidao.outcome': 'ok',
      'http.response.status_code': 200,
      'server.port': 'CANARY' as unknown as number,
    },
  })
  span.recordException(new Error('CANARY'))
  span.addEvent('CANARY', { CANARY: 'CANARY' })
  span.addLink({ context: span.spanContext(), attributes: { CANARY: 'CANARY' } })
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'CANARY' })
  span.end()
  const [out] = kept.getFinishedSpans()
  expect(out).toMatchObject({
    name: 'other',
    attributes: { 'chidao.outcome': 'ok', 'http.response.status_code': 200 },
    status: { code: SpanStatusCode.ERROR },
    events: [],
    links: [],
  })
  expect(Object.keys(out!.attributes)).toHaveLength(2)
  expect(JSON.stringify([out!.name, out!.attributes, out!.status])).not.toMatch(/CANARY|781/)
})

it('loads nothing of OpenTelemetry where nobody asked for traces', async () => {
  const watch = `
    import { registerHooks } from 'node:module'
    // The interface alone comes with prom-client; it does nothing by itself.
    const seen = []
    registerHooks({ resolve(specifier, context, next) { const found = next(specifier, context); seen.push(found.url); return found } })
    process.argv = [process.argv[0], 'chidao', '--version']
    await import('${root}/src/main.ts')
    console.log(JSON.stringify({ all: seen.length, traced: seen.filter((url) => /@opentelemetry\\/(?!api\\/)|bullmq-otel|src\\/tracing\\//.test(url)) }))`
  const { out, err } = await run(process.execPath, ['--input-type=module', '--eval', watch])
  expect(err.replace(/.*ExperimentalWarning.*|.*--trace-warnings.*/g, '').trim()).toBe('')
  const { all, traced } = JSON.parse(out.trim().split('\n').at(-1)!)
  expect(all).toBeGreaterThan(100)
  expect(traced).toEqual([])
}, 120_000)
