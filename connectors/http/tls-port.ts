import tls from 'node:tls'

/**
 * Whether whoever hangs up on plain HTTP speaks TLS there: some servers say so in a page, most say nothing. Nothing is
 * sent but the greeting of TLS, and whose certificate it is does not matter.
 */
export function speaksTls(address: string, withinMs: number): Promise<boolean> {
  const { hostname, port } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket = tls.connect({ host, port: Number(port || 80), rejectUnauthorized: false })
    const end = (speaks: boolean) => {
      socket.destroy()
      resolve(speaks)
    }
    socket.setTimeout(withinMs, () => end(false))
    socket.once('secureConnect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
