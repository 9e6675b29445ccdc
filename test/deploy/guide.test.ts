import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'

const docs = join(root, 'docs')
const megabyte = 1024 * 1024

it('shows in the guides the screenshots that there are, all of them, in less than 2 MB', () => {
  const shown = ['van-hanh.md', 'operations.md'].flatMap((guide) =>
    [
      ...readFileSync(join(docs, guide), 'utf8').matchAll(/!\[[^\]]+\]\(screenshots\/([^)]+)\)/g),
    ].map(([, name]) => name!),
  )
  const kept = readdirSync(join(docs, 'screenshots'))
  expect([...new Set(shown)].sort()).toEqual(kept.sort())
  const bytes = kept.map((name) => statSync(join(docs, 'screenshots', name)).size)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 * megabyte)
})
