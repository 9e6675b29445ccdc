/** Calls the axis as the transcripts show the official client doing it, header by header over a bare socket. */
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import net from 'node:net'

export interface Said {
  readonly status: string
  readonly ErrorCode: string
  readonly ErrorDesc: string
  readonly DocId: string
  readonly data: Readonly<Record<string, string>>[] & string
}

export interface Heard {
  /** Null if the connection ended without an answer. */
  readonly status: number | null
  readonly head: string
  readonly body: Buffer
  /** That the body was asked for with 100 before. */
  readonly continued: boolean
}

export type Header = readonly [name: string, value: string]

export const credentials = { systemId: 'sys.test.01', secret: 'secret-of-the-test' }

/** Head and body as they stand in a transcript, with our own secret's signature. */
export function transcript(name: string): { start: string; headers: Header[]; body: string } {
  const file = new URL(`../fixtures/vxp/${name}.txt`, import.meta.url)
  const [request = ''] = readFileSync(file, 'utf8').split('--- checks ---')
  const [head = '', ...rest] = request.split('\n\n')
  const [start = '', ...lines] = head.split('\n')
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(': ')
    return [line.slice(0, colon), line.slice(colon + 2)]
  })
  return { start, headers, body: rest[0]?.startsWith('{}') ? '{}' : '' }
}

/** With the signature made anew, as after any change of what is signed. */
export function signedAgain(headers: readonly Header[], secret = credentials.secret): Header[] {
  const text = headers.find(([name]) => name === 'XroadVnpt-sign-header')?.[1] ?? ''
  return headers.map(([name, value]) => [
    name,
    name === 'XroadVnpt-hash-header' ? hmac(text, secret) : value,
  ])
}

export interface Call {
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  readonly method?: string
  readonly secret?: string
  readonly systemId?: string
  /** A last change to the headers, after they were signed. */
  readonly tamper?: (headers: Header[]) => readonly Header[]
}

export async function call(url: string, operation: string, of: Call = {}): Promise<Heard> {
  const { body = '', method = operation === 'downloadEdoc' ? 'GET' : 'POST' } = of
  const signed = {
    systemid: of.systemId ?? credentials.systemId,
    ...of.parameters,
    timestamp: '22112026T175707+0338',
    'Content-Type': operation === 'sendEdoc' ? 'application/octet-stream' : 'application/json',
  }
  const prefixed = Object.entries(signed).map(
    ([name, value]) => [`XroadVnpt-${name}`, value] as const,
  )
  const text = JSON.stringify(Object.fromEntries(prefixed))
  const headers: Header[] = [
    ['Host', 'simulator'],
    ['Connection', 'close'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ...prefixed,
    ['XroadVnpt-sign-header-key', Object.keys(signed).join(';')],
    ['XroadVnpt-sign-header', text],
    ['XroadVnpt-hash-header', hmac(text, of.secret ?? credentials.secret)],
    ['XroadVnpt-version', '3.0.201608'],
  ]
  const start = `${method} /vxp/${operation} HTTP/1.1`
  return onTheWire(url, start, of.tamper?.(headers) ?? headers, body)
}

/** The parameters of a list of the official client. */
export const listing = (messagetype: string) => ({ servicetype: 'eDoc', messagetype })

/** Parameters and body of sendEdoc: the hash is of the file, the body has a line end more. */
export function sending(file: Buffer, more: Readonly<Record<string, string>>) {
  const hash = createHash('sha256').update(file).digest('hex')
  return {
    parameters: { ...listing('edoc'), 'hash-file': hash, ...more },
    body: Buffer.concat([file, Buffer.from('\r\n')]),
  }
}

export function said(heard: Heard): Said {
  return JSON.parse(heard.body.toString('utf8'))
}

/** What comes until the answer is whole or the connection ends. */
export function onTheWire(
  url: string,
  start: string,
  headers: readonly Header[],
  body: Buffer | string,
): Promise<Heard> {
  const { port, hostname } = new URL(url)
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const waits = headers.some(([name]) => name.toLowerCase() === 'expect')
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0)
    let continued = false
    const socket = net.connect(Number(port), hostname)
    const goOn = /^HTTP\/1\.1 100 [^\r]*\r\n\r\n/
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      const interim = goOn.exec(heard.toString('latin1'))?.[0]
      if (interim) {
        continued = true
        heard = heard.subarray(interim.length)
        socket.write(body)
      }
      const { head, body: so } = parted(heard)
      const length = /^content-length: (\d+)/im.exec(head)?.[1]
      if (length !== undefined && so.length >= Number(length)) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      const { head, body: whole } = parted(heard)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0) || null
      resolve({ status, head, body: whole, continued })
    })
    socket.write(`${start}\r\n${lines}\r\n`)
    if (!waits) socket.write(body)
  })
}

function parted(heard: Buffer): { head: string; body: Buffer } {
  const end = heard.indexOf('\r\n\r\n')
  if (end < 0) return { head: '', body: Buffer.alloc(0) }
  return { head: heard.subarray(0, end).toString('latin1'), body: heard.subarray(end + 4) }
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
