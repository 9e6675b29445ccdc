/** What lies in a file so that it can be replaced is read again; what is missing of ours is a failure of its source. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Connector } from '#connectors/connector.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { replyTo, wordOf } from './contract.ts'
import { detailOf, openRegister, profileAt, row, token } from './paged-register.ts'
import { selfSigned } from './self-signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const day = { from: '2026-03-02', until: '2026-03-02' }
const bearer = { header: 'Authorization', prefix: 'Bearer ' }

function rest(baseUrl: string, where: object, env: Record<string, string> = {}): Connector {
  const connector = connectRest(profileAt(baseUrl, { auth: { ...bearer, ...where } }), env)
  open.push(connector)
  return connector
}

function axis(auth: object, more: object = {}): Connector {
  const profile = simulatedVxpProfile({
    ...{ baseUrl: 'http://127.0.0.1:1', systemId: 'sys', secret: 'x' },
    ...{ importFrom: '2026-01-01', liveFrom: '2026-01-01' },
  })
  const connector = connectVxp({ ...profile, auth: { systemId: 'sys', ...auth }, ...more }, {})
  open.push(connector)
  return connector
}

async function failureOf(connector: Connector) {
  const answer = await connector.list(day, null)
  return answer.ok ? null : answer.failure
}

describe('a secret', () => {
  const file = join(folder, 'token')

  it('is read at each request, also within one that was refused', async () => {
    const register = await openRegister([row(1)])
    open.push(register)
    writeFileSync(file, 'old\n')
    const retries = { times: 1, firstPauseMs: 1, maxPauseMs: 1 }
    const auth = { ...bearer, tokenFile: file }
    const connector = connectRest(profileAt(register.address, { auth, retries }), {})
    open.push(connector)
    expect(await failureOf(connector)).toMatchObject({ word: 'unauthorized' })
    writeFileSync(file, `${token}\n`)
    expect(await failureOf(connector)).toBeNull()
    // Replaced while the source thinks about the former one.
    writeFileSync(file, 'former')
    register.state.delayMs = 100
    const asked = connector.list(day, null)
    while (register.state.inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    writeFileSync(file, token)
    expect(wordOf(await asked)).toBe('ok')
  })

  it('that changes with every request is followed', async () => {
    let expected = 0
    const server = http.createServer((request, response) => {
      const fits = request.headers.authorization === `Bearer t${expected}`
      writeFileSync(file, `t${++expected}`)
      response.writeHead(fits ? 200 : 401)
      response.end(JSON.stringify({ success: true, data: detailOf(row(1)) }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    writeFileSync(file, 't0')
    const { port } = server.address() as AddressInfo
    const connector = rest(`http://127.0.0.1:${port}`, { tokenFile: file })
    for (let n = 0; n < 5; n++)
      expect(wordOf(await connector.read({ transportRef: '1', sourceRef: '1' }))).toBe('ok')
  })

  it.each([
    ['no variable', { tokenEnv: 'QLVB_TOKEN' }, {}, 'QLVB_TOKEN'],
    ['an empty variable', { tokenEnv: 'QLVB_TOKEN' }, { QLVB_TOKEN: ' ' }, 'QLVB_TOKEN'],
    ['blanks within', { tokenEnv: 'QLVB_TOKEN' }, { QLVB_TOKEN: 'a b' }, 'QLVB_TOKEN'],
    ['no file', { tokenFile: '/nowhere/token' }, {}, '/nowhere/token'],
    ['a folder', { tokenFile: folder }, {}, folder],
    ['letters that no header holds', { token: 'khóa' }, {}, 'auth'],
  ])('that is missing stops its source with its place: %s', async (_what, where, env, setting) => {
    const register = await openRegister([row(1)])
    open.push(register)
    const connector = rest(register.address, where, env)
    const failure = { word: 'secretMissing', source: 'qlvb-tinh', setting }
    expect(await failureOf(connector)).toEqual({ ...failure, operation: 'list' })
    expect(await connector.send(replyTo('1'))).toEqual({
      word: 'notSent',
      failure: { ...failure, operation: 'send' },
    })
    expect(connector.places.secretMissing).toBe(setting)
    expect(register.state.asked).toEqual([])
  })

  it('of the axis stops it likewise, and comes alive with its file', async () => {
    const secretFile = join(folder, 'axis')
    const connector = axis({ secretFile })
    const failure = { word: 'secretMissing', source: 'truc-vxp', setting: secretFile }
    expect(await failureOf(connector)).toEqual({ ...failure, operation: 'list' })
    const told = await connector.send({
      ...{ kind: 'acknowledge', as: 'done' },
      ref: { transportRef: '1', sourceRef: null },
    } as const)
    expect(told).toEqual({ word: 'notSent', failure: { ...failure, operation: 'send' } })
    writeFileSync(secretFile, 'bi-mat')
    expect(await failureOf(connector)).toMatchObject({ word: 'connectionRefused' })
  })
})

describe('a certificate authority', () => {
  it('is read again when its file holds another one', async () => {
    const caFile = join(folder, 'ca.pem')
    let identity = selfSigned('localhost')
    const server = https.createServer(identity, (_, response) =>
      response.end(JSON.stringify({ success: true, data: detailOf(row(1)) })),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const { port } = server.address() as AddressInfo
    const connector = connectRest(
      profileAt(`https://localhost:${port}`, {
        tls: { caFile },
        // A connection that its server closed unnoticed.
        retries: { times: 1, firstPauseMs: 1, maxPauseMs: 1 },
      }),
      {},
    )
    open.push(connector)
    const said = async () => {
      const answer = await connector.read({ transportRef: '1', sourceRef: '1' })
      return answer.ok ? 'ok' : answer.failure
    }
    const missing = { word: 'authorityMissing', setting: caFile }
    expect(await said()).toMatchObject(missing)
    for (const odd of ['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n']) {
      writeFileSync(caFile, odd)
      expect(await said()).toMatchObject(missing)
    }
    writeFileSync(caFile, identity.cert)
    expect(await said()).toBe('ok')
    identity = selfSigned('localhost')
    server.setSecureContext(identity)
    server.closeAllConnections()
    expect(await said()).toMatchObject({ word: 'certificateChain' })
    writeFileSync(caFile, identity.cert)
    expect(await said()).toBe('ok')
  })
})

describe('a request that cannot be made is a failure of its source', () => {
  it.each([
    [
      'a header with letters that are not ASCII',
      axis({ systemId: 'mã hệ thống do trục cấp', secret: 'x' }),
    ],
    ['a line break in a header', axis({ systemId: 'a\nb', secret: 'x' })],
    ['a prefix that is not ASCII', rest('http://127.0.0.1:1', { prefix: 'Mã ', token: 'x' })],
  ])('%s', async (_what, connector) => {
    expect(await failureOf(connector)).toEqual({
      ...{ word: 'notAskable', source: connector.source, operation: 'list' },
    })
  })
})
