/** Fresh certificates in DER by hand, so that no private key lies in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto'

export interface Identity {
  readonly host: string
  readonly key: string
  readonly cert: string
}

interface Oddities {
  readonly from?: string
  readonly until?: string
  /** Whose signature it bears; its own by default. */
  readonly by?: Identity
}

export function selfSigned(
  host: string,
  { from = '20200101000000Z', until = '21200101000000Z', by }: Oddities = {},
): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const ed25519 = der(0x30, Buffer.from('06032b6570', 'hex'))
  const validity = der(0x30, time(from), time(until))
  const alternative = der(0x30, der(0x82, Buffer.from(host)))
  const subjectAltName = der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, alternative))
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ed25519,
    named(by?.host ?? host),
    validity,
    named(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, subjectAltName)),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign(null, toBeSigned, by?.key ?? privateKey)])
  const certificate = der(0x30, toBeSigned, ed25519, der(0x03, signature))
  return {
    host,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}

function named(host: string): Buffer {
  const commonName = der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(host)))
  return der(0x30, der(0x31, commonName))
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text))
}
