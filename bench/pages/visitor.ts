/** The ops server over an app, and somebody who may look at every page of it. */
import type { App } from '#src/app.ts'
import { startOps } from '#src/ops/ops.ts'
import type { LaneQueues } from '#src/queue.ts'
import { sealPassword } from '#src/store/password.ts'

export interface Visitor {
  get(path: string): Promise<void>
  close(): Promise<void>
}

const sessions = { idleMs: 3_600_000, longestMs: 36_000_000 }

export async function openedForBench(app: App, queues: LaneQueues): Promise<Visitor> {
  const ops = await startOps(app, queues, {
    host: '127.0.0.1',
    port: 0,
    token: null,
    role: 'ops',
    https: false,
    proxies: [],
    sessions,
    lockOut: { failures: 5, forMs: 600_000 },
    directory: null,
  })
  const account = { name: 'bench', shownName: 'Bench', role: 'administrator' as const }
  const password = await sealPassword('a password of the bench alone')
  await app.store.accounts.add(
    { ...account, password },
    { actor: 'bench', reason: null, at: new Date() },
  )
  const headers = { cookie: `chidao=${await app.store.sessions.begin('bench', sessions)}` }
  return {
    async get(path) {
      const answer = await fetch(ops.address + path, { headers })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
    },
    async close() {
      await ops.close()
      await queues.close()
    },
  }
}
