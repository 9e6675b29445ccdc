import { Registry } from 'prom-client'
import type { App } from '../app.ts'
import { Explained } from '../domain/errors.ts'
import type { LaneQueues } from '../queue.ts'
import { buildServer } from './server.ts'
import type { OpsSettings } from './settings.ts'
import { watched } from './watched.ts'

export interface Ops {
  /** `http://127.0.0.1:8686` */
  readonly address: string
  /** The same app, counted in the metrics; for whoever does the work. */
  readonly app: App
  close(): Promise<void>
}

/** Health, metrics and the queues, listening. Throws `Explained` when the address cannot be had. */
export async function startOps(app: App, queues: LaneQueues, settings: OpsSettings): Promise<Ops> {
  const registry = new Registry()
  const counted = watched(app, registry)
  const server = await buildServer(counted, queues, settings, registry)
  const { host, port } = settings
  try {
    const address = await server.listen({ host, port }).catch((error: unknown) => {
      throw new Explained(explain(error, host, port), 1, { cause: error })
    })
    app.log.opsListening({ address, role: settings.role })
    if (settings.directory === null && !(await app.store.accounts.any()))
      app.log.opsClosed({ address })
    return { address, app: counted, close: () => server.close() }
  } catch (error) {
    await server.close()
    throw error
  }
}

function explain(error: unknown, host: string, port: number): string {
  const { code, name } = error as Error & { code?: string }
  switch (code ?? name) {
    case 'EADDRINUSE':
      return `Cổng ${port} đang được dùng. Port ${port} of ${host} is in use by another process. Stop it, or set OPS_PORT to another port.`
    case 'EACCES':
      return `Tài khoản này không được mở cổng ${port}. Port ${port} may not be opened by this account. Set OPS_PORT to one above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Máy này không có địa chỉ ${host}. OPS_HOST ${host} is not an address of this machine. Set it to one that is, or to 127.0.0.1.`
    default:
      return `Không mở được cổng ${port}. The ops server could not open port ${port} of ${host} (${code ?? name}). Correct OPS_HOST and OPS_PORT.`
  }
}
