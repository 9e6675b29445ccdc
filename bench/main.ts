/** `npm run bench -- [throughput|staging|profile|latency|flash|backfill|resync|idle|hostility|startup|edxml|gate|pages] [--short] [--documents=N] [--rounds=N] [--at-once=N] [--store=DIRECTORY] [--seed=N]`; without a name, all in turn. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { backfill } from './backfill.ts'
import { flash } from './flash.ts'
import { hostility } from './hostile.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { pages } from './pages.ts'
import { profile } from './profile.ts'
import { resync } from './resync.ts'
import { startup } from './startup.ts'
import { say } from './table.ts'
import { staging, throughput } from './throughput.ts'

const benches = {
  throughput,
  staging,
  profile,
  latency,
  flash,
  backfill,
  resync,
  idle,
  hostility,
  startup,
  edxml: () => inOwnProcess('edxml.ts'),
  gate: () => inOwnProcess('gate.ts'),
  pages,
}
type Name = keyof typeof benches

const words = process.argv.slice(2)
const short = words.includes('--short')
const text = (name: string) =>
  words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) || undefined
const number = (name: string) => Number(text(name)) || undefined
const asked = {
  short,
  documents: number('documents'),
  rounds: number('rounds'),
  atOnce: number('at-once'),
  store: text('store'),
  seed: number('seed'),
}
const names = words.filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  process.stderr.write(
    `no such bench: ${unknown.join(', ')}. Known: ${Object.keys(benches).join(', ')}\n`,
  )
  process.exit(2)
}
for (const name of (names.length > 0 ? names : Object.keys(benches)) as Name[]) {
  say(`\n## ${name}\n`)
  await benches[name](asked)
}

/** Measures in a process of its own, and fails with it. */
async function inOwnProcess(name: string): Promise<void> {
  const script = join(import.meta.dirname, name)
  const child = spawn(process.execPath, [script], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}
