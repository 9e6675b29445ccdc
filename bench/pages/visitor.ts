/** The ops server over an app, and somebody who may look at every page of it. */
import type { App } from '#src/app.ts'
import { startOps } from '#src/ops/ops.ts'
import type { LaneQueues } from '#src/queue.ts'

export interface Visitor {
  get(path: string): Promise<void>
  close(): Promise<void>
}

export async function openedForBench(app: App, queues: LaneQueues): Promise<Visitor> {
  const ops = await startOps(app, queues, {
    host: '127.0.0.1',
    port: 0,
    password: 'bench-password',
    token: null,
    role: 'ops',
  })
  const headers = {
    authorization: `Basic ${Buffer.from('chidao:bench-password').toString('base64')}`,
  }
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
