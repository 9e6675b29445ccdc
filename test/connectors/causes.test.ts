/** Why a source cannot be asked: one word of a fixed list, for each kind of source, and nothing secret in it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Connector, FailureWord } from '#connectors/connector.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { replyTo } from './contract.ts'
import { deadAddress, profileAt } from './paged-register.ts'
import { type Identity, selfSigned } from './self-signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'causes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

let asked = 0
afterEach(() => {
  asked = 0
})

async function listening(server: Server & Partial<Pick<http.Server, 'closeAllConnections'>>) {
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close() {
      server.closeAllConnections?.()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

function overTls(identity: Identity, more: https.ServerOptions = {}): Promise<number> {
  const { key, cert } = identity
  return listening(
    https.createServer({ key, cert, ...more }, (_, response) => {
      asked++
      response.end('{}')
    }),
  )
}

const plain = () => http.createServer((_, response) => response.end('{}'))
const root = selfSigned('authority')
const between = selfSigned('between', { by: root })

/** What its operator meets, where it listens, and which authority the profile names. */
const troubles: [string, FailureWord, () => Promise<{ at: string; ca?: Identity }>][] = [
  ...(
    [
      ['has expired', 'certificateExpired', selfSigned('localhost', { until: '20210101000000Z' })],
      [
        'is not valid yet',
        'certificateExpired',
        selfSigned('localhost', { from: '21000101000000Z' }),
      ],
      ['is for another name', 'certificateName', selfSigned('qlvb.example.vn')],
    ] as const
  ).map(([what, word, identity]): (typeof troubles)[number] => [
    `a certificate that ${what}`,
    word,
    async () => ({ at: `https://localhost:${await overTls(identity)}`, ca: identity }),
  ]),
  [
    'a missing intermediate certificate',
    'certificateChain',
    async () => {
      const port = await overTls(selfSigned('localhost', { by: between }))
      return { at: `https://localhost:${port}`, ca: root }
    },
  ],
  [
    'a certificate of nobody known',
    'certificateChain',
    async () => ({ at: `https://localhost:${await overTls(selfSigned('localhost'))}` }),
  ],
  [
    'TLS 1.1 at most',
    'tlsRefused',
    async () => {
      const old = {
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      } as const
      return { at: `https://localhost:${await overTls(selfSigned('localhost'), old)}` }
    },
  ],
  ['a port where nobody listens', 'connectionRefused', async () => ({ at: await deadAddress() })],
  ['a host that is none', 'noSuchHost', async () => ({ at: 'https://no-such-host.invalid' })],
  [
    'https to a port of http',
    'tlsNotSpoken',
    async () => ({ at: `https://localhost:${await listening(plain())}` }),
  ],
  [
    'http to a port of https',
    'tlsWanted',
    async () => ({ at: `http://localhost:${await overTls(selfSigned('localhost'))}` }),
  ],
  [
    'http to a port that takes no http and no TLS',
    'unreachable',
    async () => {
      const { createServer } = await import('node:net')
      const deaf = createServer((socket) => void socket.on('error', () => {}).destroy())
      return { at: `http://localhost:${await listening(deaf)}` }
    },
  ],
]

function connected(kind: 'rest' | 'vxp', baseUrl: string, ca: Identity | undefined): Connector {
  const caFile = join(folder, 'ca.pem')
  if (ca) writeFileSync(caFile, ca.cert)
  const more = {
    retries: { times: 0, firstPauseMs: 1, maxPauseMs: 1 },
    ...(ca && { tls: { caFile } }),
  }
  if (kind === 'rest') return connectRest(profileAt(baseUrl, more), {})
  const profile = simulatedVxpProfile({
    ...{ baseUrl, systemId: 'sys.test.01', secret: 'bi-mat' },
    ...{ importFrom: '2026-01-01', liveFrom: '2026-01-01' },
  })
  return connectVxp({ ...profile, ...more }, {})
}

describe.each(['rest', 'vxp'] as const)('a source of kind %s', (kind) => {
  it.each(troubles)('names %s %s, and nothing was sent there', async (_what, word, where) => {
    const { at, ca } = await where()
    const connector = connected(kind, at, ca)
    open.push(connector)
    const failure = { word, source: connector.source, operation: 'list' }
    const window = { from: '2026-03-02', until: '2026-03-02' }
    expect(await connector.list(window, null)).toEqual({ ok: false, failure })
    expect(asked).toBe(0)
    if (kind === 'rest' && word !== 'unreachable' && word !== 'tlsWanted')
      expect(await connector.send(replyTo('1'))).toEqual({
        word: 'notSent',
        failure: { ...failure, operation: 'send' },
      })
  })
})
