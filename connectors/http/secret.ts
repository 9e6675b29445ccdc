import { readFileSync } from 'node:fs'
import type { FailureWord, Places } from '../connector.ts'
import { ExchangeFailure } from './exchange.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a profile says that a secret stands; exactly one is given. */
export interface SecretPlace {
  readonly value?: string | undefined
  readonly variable?: string | undefined
  readonly file?: string | undefined
}

export interface Secret {
  /** As it is now: a file is read each time. Throws `secretMissing`, before anything is asked. */
  read(operation: string): string
  /** The text without it and what looks like one, cut to 500 characters. */
  stripped(text: string): string
}

export function secretOf(source: string, place: SecretPlace, env: Environment): Secret {
  let last = ''
  return {
    read(operation) {
      const { value, variable, file } = place
      const given = value ?? (variable ? env[variable] : undefined) ?? (file && textOf(file))
      const secret = given?.trim() ?? ''
      if (!/^[\x21-\x7e]+$/.test(secret))
        throw ownFault(source, operation, 'secretMissing', whereOf(place))
      last = secret
      return secret
    },
    stripped: (text) => stripped(text, last),
  }
}

function whereOf({ variable, file }: SecretPlace): string {
  return variable ?? file ?? 'auth'
}

/** How an operator finds what is missing: the variable, the file, or the profile itself. */
export function placesOf(secret: SecretPlace, caFile: string | undefined): Places {
  return { secretMissing: whereOf(secret), ...(caFile && { authorityMissing: caFile }) }
}

/** Null where there is no such file, or none that may be read. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** What the operator has to mend before the far side can be asked at all. */
export function ownFault(
  source: string,
  operation: string,
  word: FailureWord,
  setting: string,
): ExchangeFailure {
  return new ExchangeFailure({ word, source, operation, setting }, false)
}

export function stripped(text: string, secret: string): string {
  return (secret === '' ? text : text.replaceAll(secret, '…'))
    .replace(/\b(bearer|basic|token|password|mật khẩu)(\s*[:=]\s*|\s+)\S+/giu, '$1 …')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}
