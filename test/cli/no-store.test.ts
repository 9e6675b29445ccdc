/** A command that needs the store and gets no answer says so in one line, and prints no result, also where JSON is asked for. */
import pMap from 'p-map'
import { expect, it } from 'vitest'
import { chidao } from './executable.ts'

const because = ['--reason', 'thử', '--as', 'trực ban']
const commands: readonly (readonly string[])[] = [
  ['alerts', '--json'],
  ['attention', '--json'],
  ['audit', 'verify', '--json'],
  ['calendar', 'show', '--json'],
  ['failed', '--json'],
  ['failed', 'retry', '--all', '--json', ...because],
  ['fuses', '--json'],
  ['migrate', '--json'],
  ['replies', 'list', '--json'],
  ['report', 'quarter', '2026-Q3', '--json'],
  ['resync', 'list', '--json'],
  ['runs', '--json'],
  ['show', '780/UBND-NNMT', '--json'],
  ['status', '--json'],
  ['user', 'list', '--json'],
  ['withheld', '--json'],
]

it('ends with 1 and says where no Postgres answers', async () => {
  const nowhere = 'postgres://someone:a-password@127.0.0.1:1/'
  const env = { DATABASE_URL: `${nowhere}store`, KEYS_DATABASE_URL: `${nowhere}keys` }
  const ended = await pMap(commands, async (args) => ({ args, ...(await chidao(args, env)) }), {
    concurrency: 2,
  })
  for (const { args, code, out, err } of ended)
    expect([args, code, out, err]).toEqual([
      args,
      1,
      '',
      'chidao: Postgres không trả lời. No Postgres answers at 127.0.0.1:1. Start it, or correct DATABASE_URL.\n',
    ])
}, 120_000)
