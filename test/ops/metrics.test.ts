import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { expectedEligible, makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { manualClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { root } from '#src/wiring.ts'
import { testApp } from '#test/support/app.ts'
import { readMetrics, type Sample } from './metrics-text.ts'
import { addAccounts, opsSettings, token } from './opened.ts'

const importFrom = '2026-03-02'
const end = new Date('2026-05-04T09:00:00+07:00')

/** A whole service over the simulator, until everything was read and staged. */
async function afterARun() {
  const clock = manualClock(end)
  const register = makeRegister({ seed: 5, from: importFrom, until: '2026-04-30' })
  const simulator = await startSimulator({
    register,
    clock,
    token: 'token-of-the-test',
    faults: { seed: 5, rates: { serverError: 0.02 } },
  })
  const profile = simulatedRestProfile({
    baseUrl: simulator.url,
    token: 'token-of-the-test',
    importFrom,
    liveFrom: importFrom,
  })
  const t = await testApp([profile], { clock })
  await addAccounts(t.app.store)
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 300,
    sweepMs: 300,
    ops: opsSettings,
  })
  const db = t.app.store.db
  await expect
    .poll(
      async () => {
        const { rows } = await db.raw(
          `select (select count(*) from sync.pass where kind <> 'head' and state in ('due', 'running')) +
             (select count(*) from sync.intake where state = 'failed') + (select count(*) from sync.directive_file where state = 'waiting') +
             case when exists (select from sync.intake) then 0 else 1 end as open`,
        )
        return rows[0].open
      },
      { timeout: 90_000, interval: 300 },
    )
    .toBe(0)
  return {
    t,
    simulator,
    register,
    async metrics() {
      const answer = await fetch(`${service.address}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return { type: answer.headers.get('content-type'), text: await answer.text() }
    },
    async [Symbol.asyncDispose]() {
      await service.stop()
      await simulator.stop()
      await t[Symbol.asyncDispose]()
    },
  }
}

it('tells of a run what the store says, in the format of Prometheus and without a word of any document', async () => {
  await using s = await afterARun()
  await s.t.app.store.alerts.heartbeatEnded(null)
  const { type, text } = await s.metrics()
  const samples = readMetrics(text)
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)

  const one = (name: string, labels: Record<string, string> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value
  const { overview } = s.t.app.store
  const totals = await overview.totals()
  const [source] = await overview.sources()
  expect(one('chidao_intake_versions', { outcome: 'staged' })).toBe(totals.staged)
  expect(totals.staged).toBeGreaterThan(50)
  const decisions = samples.filter(({ name }) => name === 'chidao_gate_items')
  const seen = one('chidao_gate_seen_items', { source: source!.name })
  expect(seen).toBe(source!.seen)
  expect(decisions.reduce((sum, { value }) => sum + value, 0)).toBe(seen)
  expect(one('chidao_gate_items', { decision: 'notEligible' })).toBeGreaterThan(0)
  expect(one('chidao_source_breaker_open', { source: source!.name })).toBe(0)
  expect(one('chidao_source_lag_seconds', { source: source!.name })).toBe(0)
  expect(one('chidao_backlog_rows', { work: 'intake' })).toBe(0)
  expect(one('chidao_file_bytes', { kind: 'directive' })).toBeGreaterThan(1000)
  for (const state of ['waiting', 'unusable', 'superseded'])
    expect(one('chidao_files', { kind: 'directive', state }), state).toBe(0)
  expect(one('chidao_files', { kind: 'directive', state: 'stored' })).toBeGreaterThan(50)
  expect(one('chidao_files', { kind: 'reply', state: 'stored' })).toBe(0)
  expect(one('chidao_backlog_rows', { work: 'file' })).toBe(0)
  expect(one('chidao_directives_without_text')).toBe(0)
  expect(one('chidao_source_paused', { source: source!.name })).toBe(0)
  expect(one('chidao_attention_items', { kind: 'fuse' })).toBe(0)
  expect(one('chidao_queue_up')).toBe(1)
  expect(one('chidao_database_up')).toBe(1)
  expect(one('chidao_queue_jobs', { lane: 'upkeep', state: 'delayed' })).toBe(0)
  expect(
    one('chidao_source_operation_seconds_count', { operation: 'read', outcome: 'ok' }),
  ).toBeGreaterThan(50)
  expect(one('chidao_events_total', { event: 'passEnded' })).toBeGreaterThan(0)
  expect(one('process_resident_memory_bytes')).toBeGreaterThan(0)
  expect(one('chidao_build_info', { role: 'all' })).toBe(1)
  for (const name of ['chidao_deadline_margin_seconds', 'chidao_staging_margin_seconds'])
    expectHistogram(samples, name)
  expect(one('chidao_staging_margin_seconds_count')).toBe(totals.staged)

  expectNothingOfDocuments(samples, text, s)
  await expectAsDocumented(samples)
  await expectNothingElseAskedFor(samples)
})

/** A rule or a panel over a name that nobody serves is silent for ever. */
async function expectNothingElseAskedFor(samples: readonly Sample[]): Promise<void> {
  const served = new Set(samples.map(({ name }) => name))
  for (const file of ['deploy/prometheus/chidao.rules.yml', 'deploy/grafana/chidao.json']) {
    const text = await readFile(join(root, file), 'utf8')
    const asked = new Set(text.match(/\bchidao_\w+/g))
    expect(asked.size, file).toBeGreaterThan(10)
    expect(
      [...asked].filter((name) => !served.has(name)),
      file,
    ).toEqual([])
  }
}

/** docs/metrics.md is an interface: it names every metric there is, with its labels, and no other. */
async function expectAsDocumented(samples: readonly Sample[]): Promise<void> {
  const page = await readFile(join(root, 'docs/metrics.md'), 'utf8')
  const documented = new Map(
    [...page.matchAll(/^\| `(chidao_\w+)` \| ([\w, ]*)\|/gm)].map(([, name, named]) => [
      name,
      named!
        .split(',')
        .map((label) => label.trim())
        .filter(Boolean)
        .sort()
        .join(' '),
    ]),
  )
  const served = new Map<string, Set<string>>()
  for (const { name, labels: carried } of samples) {
    if (!name.startsWith('chidao_')) continue
    const family = name.replace(/_(bucket|sum|count)$/, '')
    const known = served.get(family) ?? new Set()
    for (const label of Object.keys(carried)) known.add(label)
    served.set(family, known)
  }
  expect(
    Object.fromEntries([...served].map(([name, carried]) => [name, [...carried].sort().join(' ')])),
  ).toEqual(Object.fromEntries(documented))
}

function expectHistogram(samples: readonly Sample[], name: string): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`)
  const counts = buckets.map(({ value }) => value)
  expect(counts.length).toBeGreaterThan(5)
  expect(counts).toEqual([...counts].sort((a, b) => a - b))
  expect(buckets.at(-1)!.labels.le).toBe('+Inf')
  expect(samples.find((sample) => sample.name === `${name}_count`)?.value).toBe(counts.at(-1))
}

/** The only labels there may be, each with values that nobody outside can choose. */
const words = /^[A-Za-z][A-Za-z0-9._-]*$/
const labels = new Set(
  'source decision outcome kind state work channel lane operation event le version node role type space major minor patch quantile'.split(
    ' ',
  ),
)

function expectNothingOfDocuments(
  samples: readonly Sample[],
  text: string,
  { simulator, register }: Awaited<ReturnType<typeof afterARun>>,
): void {
  const canaries = simulator.canaries()
  expect(canaries.length).toBeGreaterThan(10)
  expect(
    canaries.filter((canary) => new RegExp(`(?<![0-9a-f])${canary}(?![0-9a-f])`, 'i').test(text)),
  ).toEqual([])
  for (const sample of samples) {
    expect(Object.keys(sample.labels).filter((label) => !labels.has(label))).toEqual([])
    if (!sample.name.startsWith('chidao_') || sample.name === 'chidao_build_info') continue
    for (const [label, value] of Object.entries(sample.labels))
      if (label !== 'le') expect(value, `${sample.name} ${label}`).toMatch(words)
  }
  const told = new Set(samples.flatMap((sample) => Object.values(sample.labels)))
  const held = expectedEligible(register, end)
  expect(held.filter(({ code, subject }) => text.includes(code) || text.includes(subject))).toEqual(
    [],
  )
  expect(held.filter(({ id }) => told.has(String(id)))).toEqual([])
}
