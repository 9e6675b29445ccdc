import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'

const samples = join(root, 'test/fixtures/edxml')
const message = join(samples, '01-new-one-attachment.edxml')
const utf16 = join(samples, 'axis/utf16.edxml')
const outOfScope = '{"admit":false,"reason":"issuerOutOfScope","field":"issuer"}\n'

function gate(args: readonly string[], input?: Buffer | string) {
  const { status, stdout, stderr } = spawnSync(join(root, 'bin/chidao'), ['gate', ...args], {
    encoding: 'utf8',
    input: input ?? '',
    env: { PATH: process.env.PATH, CHIDAO_CONFIG: join(root, 'config/chidao.example.yaml') },
  })
  return { status, stdout, stderr }
}

it('takes a whole message of the axis, from a file or from standard input', () => {
  expect(gate(['truc-vxp', message]).stdout).toBe(outOfScope)
  expect(gate(['truc-vxp', '--stdin'], readFileSync(message)).stdout).toBe(outOfScope)
  expect(gate(['truc-vxp', utf16]).stdout).toMatch(/^\{"admit":(true|false).*\}\n$/)
  expect(gate(['truc-vxp', utf16]).stdout).not.toContain('malformed')
  const marked = readFileSync(message, 'utf8').replace(
    '<edXML:Place>',
    '<!-- Tối mật --><edXML:Place>',
  )
  expect(gate(['truc-vxp', '--stdin'], `1212${marked}`).stdout).toContain('markInText')
}, 60_000)

it('takes a message a line, each as one JSON string', () => {
  const line = JSON.stringify(readFileSync(message, 'utf8'))
  expect(gate(['truc-vxp', '--stdin'], `${line}\n${line}\n`).stdout).toBe(outOfScope.repeat(2))
}, 60_000)

it('is told how it is to be called', () => {
  for (const args of [['truc-vxp'], ['truc-vxp', message, '--stdin']])
    expect(gate(args)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/Give a file, or --stdin/),
    })
  const folder = gate(['truc-vxp', samples])
  expect(folder).toMatchObject({ status: 2, stderr: expect.stringMatching(/It is a folder/) })
  expect(gate(['truc-vxp', '/nowhere.edxml']).stderr).toMatch(/correct the path/)
}, 60_000)
