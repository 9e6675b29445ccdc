import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isStorable } from '#src/ops/storable.ts'
import { addressOf, type Opened, openedOps } from './opened.ts'

describe('text that cannot be stored', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openedOps()
  })
  afterAll(() => opened[Symbol.asyncDispose]())

  it.each([
    '/directives?q=abc%00def',
    '/directives?source=%00',
    '/runs?source=%00',
    '/deadlines?issuer=%00',
    '/attention?source=a%00b',
    '/replies?unit=%00',
    '/api/directives?signer=x%00',
    '/api/runs?kind=%00',
    '/directives?%00=1',
    '/directives?q=a&q=%00',
  ])('is found nowhere by %s', async (address) => {
    expect((await opened.get(address)).status).toBe(400)
  })

  it('fails no page, whatever it asks by', async () => {
    const pages = opened.routes.filter(({ method }) => method === 'GET')
    for (const { url } of pages) {
      const { status } = await opened.get(`${addressOf(url)}?q=%00&source=%00&lang=%00&after=%00`)
      expect(status, url).toBeLessThan(500)
    }
    for (const { url } of pages.filter((page) => page.url.includes(':'))) {
      const { status } = await opened.get(url.replace(/:\w+/g, '%00'))
      expect(status, url).toBeLessThan(500)
    }
  })

  it('is refused in a form, and no login is tried with it', async () => {
    for (const name of ['xem\0', '\0'])
      expect((await opened.post('/login', 'anonymous', { name, password: 'x' })).status).toBe(400)
  })
})

it.each([
  ['a NUL in a list', ['a', 'b\0'], false],
  ['half of a pair', { reason: '\ud800' }, false],
  ['a NUL in a name', { 'a\0': 1 }, false],
  ['every letter', { q: 'Hỏa tốc 𝒜', n: 1, none: null, on: true }, true],
])('knows %s', (_what, given, storable) => {
  expect(isStorable(given)).toBe(storable)
})
