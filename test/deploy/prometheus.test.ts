import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '#src/wiring.ts'

const promtool = (process.env.PATH ?? '')
  .split(':')
  .map((folder) => join(folder, 'promtool'))
  .find(existsSync)
const required = Boolean(process.env.REQUIRE_PROMTOOL || process.env.CI)
const folder = join(root, 'deploy/prometheus')
const ask = (...args: string[]) =>
  promisify(execFile)(promtool ?? 'promtool', args, { cwd: folder })

it.skipIf(!promtool && !required)(
  'promtool takes the rules, and they fire when they should',
  async () => {
    expect((await ask('check', 'rules', 'chidao.rules.yml')).stdout).toMatch(/SUCCESS: \d+ rules/)
    expect((await ask('test', 'rules', 'chidao.rules.test.yml')).stdout).toContain('SUCCESS')
  },
  120_000,
)

interface Rule {
  readonly alert: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}

it('has a test for every rule, and every rule says what is at risk in both languages', async () => {
  const read = async (name: string) => parse(await readFile(join(folder, name), 'utf8'))
  const { groups } = (await read('chidao.rules.yml')) as { groups: { rules: Rule[] }[] }
  const { tests } = (await read('chidao.rules.test.yml')) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  const fired = new Set(
    tests.flatMap((test) =>
      test.alert_rule_test.filter((one) => one.exp_alerts.length > 0).map((one) => one.alertname),
    ),
  )
  expect(rules.map(({ alert }) => alert).filter((name) => !fired.has(name))).toEqual([])
  for (const { alert, labels, annotations } of rules) {
    expect(['critical', 'warning', 'none'], alert).toContain(labels.severity)
    expect(annotations.summary, alert).toMatch(/[ạảãàáâăđêôơưếềệộợự].*\. [A-Z{]/)
  }
})

it('has a dashboard that Grafana can read, with no number twice and no panel over another', async () => {
  const dashboard = JSON.parse(
    await readFile(join(root, 'deploy/grafana/chidao.json'), 'utf8'),
  ) as {
    panels: {
      id: number
      title: string
      targets: { expr: string }[]
      gridPos: { x: number; y: number; w: number; h: number }
    }[]
  }
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const taken = new Set<string>()
  for (const { title, targets, gridPos } of panels) {
    expect(targets.length, title).toBeGreaterThan(0)
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x},${y}`), title).toBe(false)
        taken.add(`${x},${y}`)
      }
  }
})
