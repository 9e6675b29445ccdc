import { describe, expect, it } from 'vitest'
import { chidao, chidaoOnTerminal } from './executable.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape is what is looked for
const sequence = /\u001b\[/
const page = ['start', '--help']
const mistake = ['statos']

describe('colours are shown', () => {
  it('on a terminal', async () => {
    expect((await chidaoOnTerminal(page)).out).toMatch(sequence)
    expect((await chidaoOnTerminal(mistake)).out).toMatch(sequence)
  })

  it('where FORCE_COLOR asks for them', async () => {
    expect((await chidao(page, { FORCE_COLOR: '1' })).out).toMatch(sequence)
    expect((await chidao(mistake, { FORCE_COLOR: '1' })).err).toMatch(sequence)
  })
})

describe('no colours are shown', () => {
  it('in a pipe', async () => {
    expect((await chidao(page)).out).not.toMatch(sequence)
    expect((await chidao(mistake)).err).not.toMatch(sequence)
  })

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { FORCE_COLOR: '0' }])(
    'on a terminal with %j',
    async (env) => {
      expect((await chidaoOnTerminal(page, env)).out).not.toMatch(sequence)
      expect((await chidaoOnTerminal(mistake, env)).out).not.toMatch(sequence)
    },
  )
})

it('colours change no word of a page', async () => {
  const plain = await chidao(page)
  const coloured = await chidao(page, { FORCE_COLOR: '1' })
  expect(coloured.out.replace(new RegExp(`${sequence.source}\\d+m`, 'g'), '')).toBe(plain.out)
})
