import pg from 'pg'

const reconnectMs = 1000

export interface Bell {
  close(): Promise<void>
}

/** Calls `ring` whenever a row was written to the outbox, by whomever. A lost call is the sweep's to repair. */
export function listenForOutbox(url: string, ring: () => void): Bell {
  let client: pg.Client | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    if (closed) return
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'chidao-bell',
      keepAlive: true,
    })
    client = fresh
    fresh.on('error', () => {})
    fresh.on('end', again)
    fresh.on('notification', ring)
    try {
      await fresh.connect()
      await fresh.query('listen chidao_outbox')
      ring()
    } catch {
      again()
    }
  }
  const again = () => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(() => void connect(), reconnectMs)
  }
  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
