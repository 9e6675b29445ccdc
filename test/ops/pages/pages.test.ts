import { describe, expect, it } from 'vitest'
import { openedPages } from './opened-pages.ts'
import { stock } from './stock.ts'

describe('the pages', () => {
  it('each answers, in both languages', async () => {
    await using opened = await openedPages()
    const kept = await stock(opened.t.app)
    const { rows } = await opened.t.app.store.db.raw(`select id from sync.pass limit 1`)
    for (const path of [
      '/',
      '/?span=hour',
      '/?span=month',
      '/deadlines',
      '/directives',
      `/directives/${kept.open}`,
      `/directives/${kept.classified}`,
      `/directives/${kept.overdue}`,
      `/directives/${kept.overdue}/files/${kept.missing}/acts/retry`,
      `/directives/${kept.overdue}/files/${kept.missing}/acts/giveUp`,
      '/replies',
      `/replies/${kept.unconfirmed}`,
      '/attention',
      '/attention?kind=withheld',
      '/attention?kind=withoutText',
      '/attention?kind=fileMissing',
      '/runs',
      `/runs/${rows[0].id}`,
      '/runs/resyncs/new',
      '/sources',
      '/sources/nguon',
      '/sources/nguon/pause?until=2026-09-08T10:00',
    ])
      for (const lang of ['vi', 'en']) {
        const answer = await opened.get(path, `chidao-lang=${lang}`)
        const said = await answer.text()
        expect(
          answer.status,
          `${path} ${opened.t.logged.filter((l) => l.includes('opsTrouble')).at(-1)}`,
        ).toBe(200)
        expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
        expect(said, path).toContain(`<html lang="${lang}"`)
        expect(said, path).not.toMatch(/undefined|\[object|NaN/)
      }
  })
})
