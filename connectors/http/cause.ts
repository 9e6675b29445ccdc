/** Why no connection came to stand, as one word of a fixed list. What an error says beside its code may quote names and addresses. */
import type { FailureWord } from '../connector.ts'

/** The codes of Node and of OpenSSL's verification. */
const words: Readonly<Record<string, FailureWord>> = {
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ENOTFOUND: 'noSuchHost',
  EAI_AGAIN: 'noSuchHost',
  EAI_NODATA: 'noSuchHost',
  EAI_NONAME: 'noSuchHost',
  ECONNREFUSED: 'connectionRefused',
  EHOSTUNREACH: 'noRoute',
  ENETUNREACH: 'noRoute',
  ENETDOWN: 'noRoute',
  CERT_HAS_EXPIRED: 'certificateExpired',
  CERT_NOT_YET_VALID: 'certificateExpired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificateName',
  HOSTNAME_MISMATCH: 'certificateName',
  UNABLE_TO_GET_ISSUER_CERT: 'certificateChain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificateChain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificateChain',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificateChain',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificateChain',
}

/** Any other word in which a certificate was refused: revoked, badly signed, of an authority that may not sign. */
const otherCertificate = /CERT|CRL|INVALID_CA|HOSTNAME/

/** In OpenSSL's own numbers: what came is no TLS, or too long to be. */
const notTls = new Set(['10B', '0C6'])
const opensslReason = /error:0A000([0-9A-F]{3}):/i

/** Null where the error says nothing of a connection. */
export function causeOf({
  code = '',
  message,
}: {
  code?: string
  message: string
}): FailureWord | null {
  if (Object.hasOwn(words, code)) return words[code]!
  if (otherCertificate.test(code)) return 'certificateChain'
  if (code !== 'EPROTO' && !/^ERR_(SSL|TLS)_/.test(code)) return null
  const [, reason = ''] = opensslReason.exec(message) ?? []
  const isPlain =
    notTls.has(reason.toUpperCase()) || /WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code)
  return isPlain ? 'tlsNotSpoken' : 'tlsRefused'
}
