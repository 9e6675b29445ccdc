import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '#src/wiring.ts'
import { run } from './executable.ts'

/** Reads nothing of what the command writes, and tells its exit code. */
function unread(command: string, input = '') {
  const piped = `{ ${join(root, 'bin/chidao')} ${command}; echo $? >&3; } | true`
  return run('bash', ['-c', `exec 3>&1; ${piped}`], {}, input)
}

describe('a closed pipe is quiet, and the exit code is the one that the command has', () => {
  it.each([
    ['deadline 2026-11-23T09:00:00+07:00', 0],
    ['completion bash', 0],
    ['deadline --help', 0],
    ['inspect README.md', 1],
    ['deadline yesterday', 2],
  ])('%s', async (command, code) => {
    const { out, err } = await unread(command)
    expect(out.trim()).toBe(String(code))
    expect(err).not.toMatch(/mistake of ours|EPIPE/)
  })

  it('also in the midst of many lines', async () => {
    const line = '{"issuedAt":"2026-02-13T17:00:00Z","urgency":"normal"}\n'
    const { out, err } = await unread('deadline --stdin', `${line.repeat(3000)}not a line\n`)
    expect(out.trim()).toBe('3')
    expect(err).toBe('')
  })
})
