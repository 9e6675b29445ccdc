/** What an administrator may write about accounts and the directory, and what is said of the rest. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { loadConfig } from '#config/config.ts'
import { root } from '#src/wiring.ts'

function opsFrom(ops: unknown, env: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'chidao-settings-'))
  const file = join(directory, 'chidao.yaml')
  writeFileSync(file, stringify({ ops }))
  try {
    return loadConfig({ env: { CHIDAO_CONFIG: file, ...env }, root, sources: 'optional' }).ops
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const reader = { OPS_DIRECTORY_PASSWORD: 'mat-khau-reader' }

/** The lines that stand commented out in the example. */
function example(): { directory: Record<string, unknown> } {
  const lines = readFileSync(join(root, 'config/chidao.example.yaml'), 'utf8').split('\n')
  const from = lines.indexOf('# ops:')
  const text = lines
    .slice(from, lines.indexOf('', from))
    .map((line) => line.replace(/^# /, ''))
    .join('\n')
  return parse(text).ops
}

it('takes the example once its lines are uncommented', () => {
  const ops = opsFrom(example(), reader)
  expect(ops).toMatchObject({
    https: true,
    proxies: ['127.0.0.1'],
    sessions: { idleMs: 1_800_000, longestMs: 43_200_000 },
    lockOut: { failures: 5, forMs: 900_000 },
    directory: {
      people: { attribute: 'mail', reader: { dn: 'cn=chidao,dc=example,dc=vn' } },
      roles: { viewer: ['cn=chidao-xem,ou=groups,dc=example,dc=vn'] },
    },
  })
})

it.each([
  [{ url: 'ldap://h' }, /ldap:\/\/ carries passwords in clear/],
  [{ url: 'https://h' }, /write ldaps:/],
  [{ startTls: true }, /encrypted from the start/],
  [{ userDn: 'uid={name},dc=vn' }, /either userDn or search/],
  [{ search: undefined }, /either userDn or search/],
  [{ search: undefined, userDn: 'uid=x,dc=vn' }, /must hold \{name\} once/],
  [{ roles: {} }, /name the groups/],
  [{ roles: { viewer: ['xem'] } }, /write a distinguished name/],
  [{ password: 'x' }, /unknown setting password/],
  [{ caFile: '/nowhere/ca.pem' }, /there is no file \/nowhere/],
])('says what is wrong with %o', (change, why) => {
  const { directory } = example()
  expect(() => opsFrom({ directory: { ...directory, ...change } }, reader)).toThrow(why)
})

it('asks for the password of the reader', () => {
  expect(() => opsFrom(example())).toThrow(/OPS_DIRECTORY_PASSWORD.* is not set/)
})
