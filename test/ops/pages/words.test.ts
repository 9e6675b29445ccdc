import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Both, Words } from '#src/ops/words/both.ts'

const folder = join(import.meta.dirname, '../../../src/ops/words')
const files = readdirSync(folder).filter((name) => name !== 'both.ts')

/** `kinds.flash` and what it says; a sentence with gaps is filled with numbers. */
function lines(words: Words, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, word]) => {
    if (typeof word === 'string') return [[path + name, word]]
    if (typeof word === 'function')
      return [[path + name, (word as (...given: unknown[]) => string)(3, 4, 5, 6)]]
    return lines(word, `${path}${name}.`)
  })
}

describe('the words of the pages', () => {
  it.each(files)('%s says everything in both languages', async (file) => {
    const [both] = Object.values(await import(join(folder, file))) as Both<Words>[]
    const vi = lines(both!.vi as Words)
    const en = lines(both!.en as Words)
    expect(vi.length).toBeGreaterThan(5)
    expect(en.map(([path]) => path)).toEqual(vi.map(([path]) => path))
    for (const [path, word] of [...vi, ...en]) expect(word.trim(), path).not.toBe('')
  })

  it.each(files)(
    '%s is written with diacritics in Vietnamese, and without in English',
    async (file) => {
      const [both] = Object.values(await import(join(folder, file))) as Both<Words>[]
      const marked = /[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]/i
      const vi = lines(both!.vi as Words).filter(([, word]) => /\p{L}{4,}/u.test(word))
      const withMarks = vi.filter(([, word]) => marked.test(word))
      expect(withMarks.length / vi.length).toBeGreaterThan(0.95)
      const english = lines(both!.en as Words).filter(([, word]) => marked.test(word))
      expect(english.filter(([path]) => path !== 'product' && path !== 'otherLanguage')).toEqual([])
    },
  )
})
