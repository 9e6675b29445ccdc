import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '#src/wiring.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The real executable, with nothing of this process's environment but the path. */
export function chidao(
  args: readonly string[],
  env: Record<string, string> = {},
  input?: string,
): Promise<Ran> {
  return run(join(root, 'bin/chidao'), args, env, input)
}

/** The same on a terminal of its own, where output and errors are one. */
export function chidaoOnTerminal(
  args: readonly string[],
  env: Record<string, string> = {},
  answers: readonly (readonly [asked: string, typed: string])[] = [],
): Promise<Ran> {
  const command = [join(root, 'bin/chidao'), ...args].map((word) => `'${word}'`).join(' ')
  return run(
    'script',
    ['--quiet', '--return', '--command', command, '/dev/null'],
    { TERM: 'xterm-256color', ...env },
    answers,
  )
}

export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  input: string | readonly (readonly [asked: string, typed: string])[] = '',
): Promise<Ran> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: [input.length > 0 ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  if (typeof input === 'string') child.stdin?.end(input)
  const waiting = typeof input === 'string' ? [] : [...input]
  child.stdout!.setEncoding('utf8').on('data', (part) => {
    out += part
    const [next] = waiting
    if (!next || !out.endsWith(next[0])) return
    waiting.shift()
    child.stdin!.write(next[1])
  })
  child.stderr!.setEncoding('utf8').on('data', (part) => (err += part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }))
  })
}
