/** Node-RED doing the same work. Installed to a directory of its own when the bench runs; never a dependency. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Ground, measuring, type Run, readyMade, requireAll } from './contestants.ts'
import { node } from './processes.ts'

const version = '5.0.7'
const installed = join(tmpdir(), `chidao-bench-node-red-${version}`)

export type Installation =
  | { installed: true; directory: string }
  | { installed: false; why: string }

/** Once for all runs on this machine: it takes half a minute. */
export async function installNodeRed(): Promise<Installation> {
  if (existsSync(join(installed, 'complete'))) return { installed: true, directory: installed }
  await rm(installed, { recursive: true, force: true })
  await mkdir(installed)
  await writeFile(join(installed, 'package.json'), '{"private":true}')
  const packages = [`node-red@${version}`, 'pg@8.23.1']
  try {
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], {
      cwd: installed,
      timeout: 300_000,
    })
  } catch (error) {
    return { installed: false, why: String((error as Error).message).slice(0, 200) }
  }
  await writeFile(join(installed, 'complete'), '')
  return { installed: true, directory: installed }
}

/** The first request of `/run` answers when everything is written. */
export async function takeByNodeRed(ground: Ground, directory: string): Promise<Run> {
  const { server, source, date, documents } = ground
  const databases = await readyMade(server)
  const home = await mkdtemp(join(tmpdir(), 'chidao-bench-'))
  const port = await freePort()
  const files = join(import.meta.dirname, 'node-red-flow')
  await cp(files, home, { recursive: true })
  const script = join(directory, 'node_modules/node-red/red.js')
  const args = ['--userDir', home, '--settings', join(home, 'settings.cjs'), '--port', `${port}`]
  await using child = node(script, [...args, join(home, 'flows.json')], {
    cwd: directory,
    env: {
      NODE_PATH: join(directory, 'node_modules'),
      BENCH_SOURCE: source.url,
      BENCH_DATE: date,
      BENCH_DATABASE: databases.url,
      BENCH_KEYS: databases.keysUrl,
      BENCH_FILES: home,
      BENCH_BARE: join(import.meta.dirname, 'bare'),
    },
  })
  await answers(`http://127.0.0.1:${port}/ready`)
  const meter = measuring(server, source, child)
  meter.begin()
  const sampling = setInterval(() => meter.sample(), 100)
  await fetch(`http://127.0.0.1:${port}/run`)
  clearInterval(sampling)
  const run = meter.end(documents)
  await requireAll(databases, documents)
  await rm(home, { recursive: true, force: true })
  return run
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`nothing answers at ${url}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
