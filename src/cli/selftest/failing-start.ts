/** A start that cannot succeed: it ends with a code, or it waits, and either way it says so. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../wiring.ts'
import { freePort } from './redis-server.ts'
import type { Stage } from './stage.ts'

export const reasons = ['postgresAway', 'portTaken', 'wrongSecret'] as const
export type Reason = (typeof reasons)[number]

/** A start on a busy machine takes some seconds; one that waits may wait longer, once it has said for what. */
const patienceMs = 30_000

/** Whether it did. */
export async function failingStart(stage: Stage, reason: Reason): Promise<boolean> {
  const { env, databases, options } = stage
  switch (reason) {
    case 'postgresAway': {
      const port = String(await freePort())
      const DATABASE_URL = Object.assign(new URL(databases.store), { port }).toString()
      return endsOrSays({ ...env, DATABASE_URL }, options.directory)
    }
    case 'wrongSecret': {
      const password = 'not-the-password'
      const DATABASE_URL = Object.assign(new URL(databases.store), { password }).toString()
      return endsOrSays({ ...env, DATABASE_URL }, options.directory)
    }
    case 'portTaken': {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as { port: number }
      try {
        return await endsOrSays({ ...env, OPS_PORT: String(port) }, options.directory)
      } finally {
        other.close()
      }
    }
  }
}

async function endsOrSays(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<boolean> {
  const child = spawn(join(root, 'bin/chidao'), ['start', '--role', 'worker'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said += part
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const outcome = await Promise.race([ended, sleep(patienceMs, 'waits' as const)])
  if (outcome === 'waits') {
    child.kill('SIGKILL')
    await ended
  }
  await appendFile(join(directory, 'logs', 'failing-starts.log'), said, { mode: 0o600 })
  // What an operator reads; a service that started says so as well, and should not have.
  const isTold = /^chidao: |Waiting for/m.test(said) && !said.includes('"event":"started"')
  return isTold && outcome !== 0
}
