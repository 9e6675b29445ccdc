import pg from 'pg'

const reconnectMs = 1000
/** Staging writes rows faster than they can be sent: a burst is one ring now and one when it has gone on this long. */
const pauseMs = 100

export interface Bell {
  close(): Promise<void>
}

/** Calls `ring` when rows were written to the outbox, or wait for the gate, by whomever. A lost call is the sweep's to repair. */
export function listenForOutbox(url: string, onRows: () => void): Bell {
  const { ring, silence } = withPauses(onRows)
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
      silence()
      await client?.end().catch(() => {})
    },
  }
}

function withPauses(ring: () => void): { ring: () => void; silence: () => void } {
  let pause: NodeJS.Timeout | undefined
  let again = false
  const begin = () => {
    again = false
    ring()
    pause = setTimeout(() => {
      pause = undefined
      if (again) begin()
    }, pauseMs)
  }
  return {
    ring: () => {
      if (pause) again = true
      else begin()
    },
    silence: () => clearTimeout(pause),
  }
}
