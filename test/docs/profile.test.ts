/** The reference of the profile says what the schema takes, and its examples work. `npm run profile-page` writes it anew. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '#src/wiring.ts'
import { comesOf, readExamples } from './profile-example.ts'
import { keys, pageOf, type Sentences, sentenceOf, valuesAt } from './profile-page.ts'

const folder = join(root, 'docs/profile')
const sentences = parse(readFileSync(join(folder, 'keys.yaml'), 'utf8')) as Sentences
const examples = readExamples(folder)

describe('the reference of the profile', () => {
  it('says of every key what it is for, in docs/profile/keys.yaml', () => {
    expect(keys.map(({ path }) => path).filter((path) => !sentenceOf(path, sentences))).toEqual([])
  })

  it('says nothing of a key that there is not', () => {
    const said = Object.keys(sentences)
    const used = (one: string) =>
      keys.some(({ path }) => (one.startsWith('*.') ? path.endsWith(one.slice(1)) : path === one))
    expect(said.filter((one) => !used(one))).toEqual([])
  })

  it('has an example of every key, in docs/profile', () => {
    const isShown = (path: string) =>
      examples.some(({ profile }) => valuesAt(profile, path).length > 0)
    expect(keys.map(({ path }) => path).filter((path) => !isShown(path))).toEqual([])
  })

  it.each(examples)('has an example that works: $name', async (example) => {
    const { shows, unasked } = await comesOf(example)
    expect(shows).toMatchObject(example.shows)
    expect(unasked).toEqual([])
  })

  it('is the page that people read', async () => {
    await expect(pageOf(sentences, examples)).toMatchFileSnapshot(join(root, 'docs/profile.md'))
  })
})
