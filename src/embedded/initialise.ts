import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Explained } from '../domain/errors.ts'
import type { Account } from './account.ts'

const version = '18'

/**
 * Makes the data directory under a temporary name and renames it, so that a crashed attempt is never taken
 * for a finished one. Returns the password, which is only in a 0600 file.
 */
export function initialise({
  home,
  data,
  bin,
  account,
  user,
}: {
  home: string
  data: string
  bin: string
  account: Account
  user: string
}): string {
  const passwordFile = join(home, 'password')
  if (existsSync(join(data, 'PG_VERSION'))) {
    const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
    if (found !== version)
      throw new Explained(
        `${data} belongs to Postgres ${found}, and this program brings ${version}. Start the old program once to export, or set CHIDAO_DATA to a new directory.`,
      )
    return readFileSync(passwordFile, 'utf8')
  }
  mkdirSync(home, { recursive: true, mode: 0o700 })
  give(home, account)
  const password = randomBytes(24).toString('base64url')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  give(passwordFile, account)
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const made = spawnSync(
    join(bin, 'initdb'),
    [
      '-D',
      unfinished,
      '-U',
      user,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ],
    { ...account, cwd: '/', env: { LC_ALL: 'C' }, encoding: 'utf8' },
  )
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    const why = /No space left/.test(made.stderr)
      ? 'The disk is full.'
      : (made.stderr?.trim().split('\n').at(-1) ?? made.error?.message)
    throw new Explained(
      `The embedded Postgres could not make its data directory ${data}: ${why} Free some space or set CHIDAO_DATA elsewhere, or set DATABASE_URL.`,
    )
  }
  renameSync(unfinished, data)
  return password
}

function give(path: string, account: Account): void {
  if (account) chownSync(path, account.uid, account.gid)
}
