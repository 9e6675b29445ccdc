import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'

it('ends with no leak, nothing missing of what two sources showed, no deadline missed and totals that balance', async () => {
  const folder = await mkdtemp(join(process.getuid?.() === 0 ? '/var/tmp' : '/tmp', 'chidao-demo-'))
  const child = spawn(join(root, 'bin/chidao'), ['demo', '--once', '--json', '--seconds', '25'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CHIDAO_DATA: folder },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  await rm(folder, { recursive: true, force: true })
  expect(code, `${err}${out}`).toBe(0)
  const summary = JSON.parse(out)
  expect(summary).toMatchObject({
    leaks: 0,
    deadlinesMissed: 0,
    undecided: 0,
    filesWaiting: 0,
    failed: 0,
    unbalanced: 0,
    missing: 0,
    unexpected: 0,
  })
  expect(summary.seen).toBeGreaterThanOrEqual(300)
  expect(summary.updated).toBeGreaterThan(0)
  expect(summary.recalled).toBeGreaterThan(0)
  // How many depends on how fast this machine is.
  expect(summary.repliesDelivered).toBeGreaterThan(0)
}, 600_000)
