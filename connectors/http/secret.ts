import { readFileSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a profile says that a secret stands; exactly one is given. */
export interface SecretPlace {
  readonly value?: string | undefined
  readonly variable?: string | undefined
  readonly file?: string | undefined
}

/** Throws at a secret that cannot be read or used: that is for the operator to repair. `what` names it in the profile. */
export function readSecret(source: string, what: string, place: SecretPlace, env: Environment) {
  const given =
    place.value ??
    (place.variable === undefined ? undefined : env[place.variable]) ??
    (place.file === undefined ? undefined : readFor(source, place.file))
  const secret = given?.trim()
  const where = place.variable ? `environment variable ${place.variable}` : (place.file ?? what)
  if (!secret) throw new Error(`source ${source}: no ${what} in ${where}: set it and start again`)
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw new Error(`source ${source}: the ${what} in ${where} holds blanks or control characters`)
  }
  return secret
}

export function readFor(source: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`source ${source}: ${path} cannot be read: give the service read access`, {
      cause,
    })
  }
}

/** The text without the secret and what looks like one, cut to 500 characters. */
export function stripped(text: string, secret: string): string {
  return text
    .replaceAll(secret, '…')
    .replace(/\b(bearer|basic|token|password|mật khẩu)(\s*[:=]\s*|\s+)\S+/giu, '$1 …')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}
