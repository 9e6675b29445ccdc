/** The headers of one call, signed, as the axis operator's own client sends them (wire §4.1). */
import { createHmac } from 'node:crypto'

export interface Credentials {
  readonly systemId: string
  readonly secret: string
}

export type HeaderLines = readonly (readonly [name: string, value: string])[]

export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Which headers are signed and in what order; that client's own, and the server can check no other. */
  readonly signed: readonly string[]
  readonly contentType: 'application/json' | 'application/octet-stream'
}

const json = 'application/json'

export const operations = {
  received: {
    name: 'getReceivedEdocList',
    method: 'POST',
    signed: [
      'fromDate',
      'systemid',
      'servicetype',
      'messagetype',
      'toDate',
      'timestamp',
      'Content-Type',
    ],
    contentType: json,
  },
  download: {
    name: 'downloadEdoc',
    method: 'GET',
    signed: ['systemid', 'docId', 'filePath', 'timestamp', 'Content-Type'],
    contentType: json,
  },
  get: {
    name: 'getEdoc',
    method: 'POST',
    signed: ['systemid', 'docId', 'filePath', 'timestamp', 'Content-Type'],
    contentType: json,
  },
  acknowledge: {
    name: 'updateStatus',
    method: 'POST',
    signed: ['systemid', 'docId', 'timestamp', 'Content-Type', 'status'],
    contentType: json,
  },
  send: {
    name: 'sendEdoc',
    method: 'POST',
    signed: [
      'systemid',
      'servicetype',
      'messagetype',
      'hash-file',
      'from',
      'to',
      'timestamp',
      'Content-Type',
    ],
    contentType: 'application/octet-stream',
  },
  sent: {
    name: 'getSentEdocList',
    method: 'POST',
    signed: ['systemid', 'servicetype', 'messagetype', 'docId', 'timestamp', 'Content-Type'],
    contentType: json,
  },
} as const satisfies Record<string, Operation>

/** Parameters that are not given are neither sent nor signed. */
export function signedHeaders(
  operation: Operation,
  parameters: Readonly<Record<string, string>>,
  { systemId, secret }: Credentials,
  at: Date,
): HeaderLines {
  const known: Readonly<Record<string, string>> = {
    ...parameters,
    systemid: systemId,
    timestamp: timestamp(at),
    'Content-Type': operation.contentType,
  }
  const signed = operation.signed.filter((name) => known[name] !== undefined)
  const lines: HeaderLines = signed.map((name) => [`XroadVnpt-${name}`, known[name]!])
  const text = JSON.stringify(Object.fromEntries(lines))
  const type = ['Content-Type', operation.contentType] as const
  const typeAt = lines.findIndex(([name]) => name === 'XroadVnpt-Content-Type')
  return [
    ...(operation === operations.send ? [type, ...lines] : lines.toSpliced(typeAt, 0, type)),
    ['XroadVnpt-sign-header-key', signed.join(';')],
    ['XroadVnpt-sign-header', text],
    ['XroadVnpt-hash-header', createHmac('sha256', secret).update(text).digest('hex')],
    ['User-Agent', 'JAVASDKAgent/1.0.0 XRoad/VPCP'],
    ['XroadVnpt-version', '3.0.201608'],
  ]
}

/** `ddMMyyyy'T'HHmmss+SSSS` in Vietnam; what stands after the plus are milliseconds (wire §4.1). */
export function timestamp(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString()
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/.exec(local)!
  return `${day}${month}${year}T${hour}${minute}${second}+0${ms}`
}

/** SHA-256 as that client writes it: a byte below 0x10 as one digit (wire §4.3). */
export function hashFile(sha256: Buffer): string {
  return [...sha256].map((byte) => byte.toString(16)).join('')
}
