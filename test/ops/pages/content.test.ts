import { describe, expect, it } from 'vitest'
import { general } from '#src/ops/words/general.ts'
import { openedPages, tokenOfTheSource } from './opened-pages.ts'
import { fileContent, stock } from './stock.ts'

interface ApiPage {
  readonly rows: readonly { readonly id: string }[]
  readonly after: string | null
  readonly before: string | null
}

const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)> & 'ký' "tự"`

describe('what the pages say', () => {
  it('escapes whatever stands in a field, on every page', async () => {
    await using opened = await openedPages()
    const { app } = opened.t
    const kept = await stock(app, {
      subject: hostile,
      issuer: hostile,
      typeName: hostile,
      code: `12/${hostile}`,
      symbol: hostile,
      summary: hostile,
      signer: { name: hostile, position: hostile, competence: hostile },
      receivers: [hostile],
    })
    await app.store.db.raw(
      `update sync.intake set failure = ?, transport_ref = ? where state = 'failed'`,
      [hostile, hostile],
    )
    await app.store.db.raw(`update sync.directive_file set name = ? where failure is not null`, [
      hostile,
    ])
    await app.store.db.raw(
      `update sync.source set last_failure = :hostile, failures = 1, paused_until = '9999-01-01', paused_at = now(), paused_by = :hostile, paused_reason = :hostile`,
      { hostile },
    )
    for (const path of [
      '/',
      '/deadlines',
      '/directives',
      `/directives?q=${encodeURIComponent(hostile)}`,
      `/directives?source=${encodeURIComponent(hostile)}&issuer=${encodeURIComponent(hostile)}&after=${encodeURIComponent(hostile)}`,
      `/directives/${kept.open}`,
      `/directives/${kept.classified}`,
      `/directives/${kept.open}/acts/recall`,
      `/directives/${kept.overdue}`,
      `/directives/${kept.overdue}/files/${kept.missing}/acts/giveUp`,
      '/replies',
      `/replies/${kept.unconfirmed}`,
      `/replies/${kept.rejected}`,
      '/attention',
      `/attention?kind=${encodeURIComponent(hostile)}&done=${encodeURIComponent(hostile)}&n=1`,
      `/attention/confirm?act=retry&item=stagingFailed/nguon/${kept.failedIntake}`,
      '/runs',
      '/sources',
      '/sources/nguon',
      `/sources/nguon/pause?until=2026-09-09T10:00`,
      `/sources/${encodeURIComponent(hostile)}`,
      `/runs/resyncs/new?source=${encodeURIComponent(hostile)}&since=${encodeURIComponent(hostile)}`,
    ]) {
      const said = await opened.text(path)
      expect(said, path).toContain('<main')
      expect(said, path).not.toContain('<script>')
      expect(said, path).not.toContain('<img src=x')
      expect(said, path).not.toMatch(/="[^"]*"tự"/)
    }
    expect(await opened.text(`/directives/${kept.open}`)).toContain(
      '&#60;script&#62;alert(&#39;x&#39;)',
    )
  })

  it('says in words how much time is left, and how urgent it is', async () => {
    await using opened = await openedPages()
    await stock(opened.t.app)
    const vi = await opened.text('/deadlines')
    expect(vi).toContain('quá hạn 9 giờ')
    expect(vi).toContain('còn 15 giờ')
    expect(vi).toContain('Hỏa tốc')
    expect(vi).toContain('24:00 ngày 06/09/2026')
    const en = await opened.text('/deadlines?lang=en')
    expect(en).toContain('9 hours overdue')
    expect(en).toContain('Very urgent')
    expect(vi.indexOf('02/CĐ - UBND')).toBeLessThan(vi.indexOf('780/UBND-NNMT'))
  })

  it('shows nothing of what is withheld, but that something is', async () => {
    await using opened = await openedPages()
    const kept = await stock(opened.t.app)
    for (const path of [
      '/',
      '/deadlines',
      '/directives',
      '/directives?q=999',
      '/directives?q=999%2FUBND-GIAU',
      '/directives?q=vanbangiulai',
      '/replies',
      '/attention',
      '/attention?kind=withheld',
      '/api/deadlines',
      '/api/directives?q=999',
      '/api/attention',
      '/api/overview',
    ])
      expect((await opened.text(path)).replace(/(value|href)="[^"]*"/g, ''), path).not.toMatch(
        /giữlại|UBND-GIAU/,
      )
    for (const path of [
      `/directives/${kept.withheld}`,
      `/directives/${kept.withheld}/acts/recall`,
      `/api/directives/${kept.withheld}`,
    ])
      expect((await opened.get(path)).status, path).toBe(404)
    expect(await opened.text('/')).toMatch(
      /Đang giữ lại<\/dt><dd><a href="\/attention"><span class="value">1</,
    )
    const none = await opened.text('/directives/00000000-0000-4000-8000-000000000000')
    const gone = await opened.text(`/directives/${kept.withheld}`)
    const plain = (page: string) => page.replace(/value="[^"]*"|[0-9a-f-]{36}/g, '')
    expect(plain(gone)).toBe(plain(none))
  })

  it('finds a directive by its code as printed or not, and by words with and without diacritics', async () => {
    await using opened = await openedPages()
    const kept = await stock(opened.t.app)
    const finds = async (query: string) =>
      (await opened.text(`/directives?${query}`)).includes(`/directives/${kept.overdue}"`)
    for (const q of [
      '02/CĐ - UBND',
      '2/CĐ-UBND',
      'ứng phó bão',
      'ung pho bao',
      'UNG PHO',
      'bão 9',
      'bao so',
      'ung ph',
    ])
      expect(await finds(`q=${encodeURIComponent(q)}`), q).toBe(true)
    for (const q of ['3/CĐ-UBND', 'ứng phó lũ', 'khong co'])
      expect(await finds(`q=${encodeURIComponent(q)}`), q).toBe(false)
    expect(await finds('issuer=quang+tri&signer=nguyen+thu')).toBe(true)
    expect(await finds('issuer=ha+noi')).toBe(false)
    expect(await finds('signer=quang+tri')).toBe(false)
    expect(await finds('from=2026-09-05&until=2026-09-05')).toBe(true)
    expect(await finds('from=2026-09-06')).toBe(false)
    expect(await finds('state=recalled')).toBe(false)
  })

  it('filters and pages by the address alone', async () => {
    await using opened = await openedPages()
    await stock(opened.t.app)
    const codes = (page: string) =>
      [...page.matchAll(/lang="vi">(\d+\/[^<]+)<\/a>/g)].map((found) => found[1])
    const flash = codes(await opened.text('/deadlines?urgency=flash'))
    expect(flash).toHaveLength(3)
    expect(codes(await opened.text('/deadlines?pressing=overdue'))).toEqual(['02/CĐ - UBND'])
    expect(codes(await opened.text('/deadlines?source=khac'))).toEqual([])
    const api = async (query: string) =>
      (await opened.get(`/api/directives?${query}`)).json() as Promise<ApiPage>
    const all = await api('limit=500')
    const seen: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page: ApiPage = await api(`limit=4&after=${after}`)
      seen.push(...page.rows.map(({ id }) => id))
      after = page.after
    }
    expect(seen).toEqual(all.rows.map(({ id }) => id))
    expect(seen).toHaveLength(15)
    const second = await api(`limit=4&after=${(await api('limit=4')).after}`)
    const back = await api(`limit=4&before=${second.before}`)
    expect(back.rows.map(({ id }) => id)).toEqual(seen.slice(0, 4))
  })

  it('hands out a file to be kept, never to be shown', async () => {
    await using opened = await openedPages()
    const kept = await stock(opened.t.app)
    const answer = await opened.get(`/directives/${kept.open}/files/${kept.file}`)
    expect(await answer.text()).toBe(fileContent)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="Cong van 780 _b__ky so___b_.pdf"; filename\*=UTF-8''C%C3%B4ng/,
    )
    await opened.t.app.store.withholding.withhold(kept.open, 'byHand', opened.t.app.clock.now())
    expect((await opened.get(`/directives/${kept.open}/files/${kept.file}`)).status).toBe(404)
  })

  it('shows the profile in force with its authority, and no secret of it', async () => {
    await using opened = await openedPages()
    const said = await opened.text('/sources/qlvb-tinh')
    const { profile } = opened.t.app.sources.get('qlvb-tinh')!
    expect(said).toContain(profile.transferAuthority.replace(/&/g, '&#38;'))
    expect(said).toContain('gate.scope.issuers')
    expect(said).toContain('Mô phỏng trên máy này')
    expect(said).not.toContain(tokenOfTheSource)
  })

  it('describes its API, which says what the pages say', async () => {
    await using opened = await openedPages()
    const kept = await stock(opened.t.app)
    const json = async (path: string): Promise<any> => (await opened.get(path)).json()
    const openapi = await json('/api/openapi.json')
    expect(Object.keys(openapi.paths).sort()).toEqual([
      '/api/attention',
      '/api/deadlines',
      '/api/directives',
      '/api/directives/{id}',
      '/api/overview',
      '/api/runs',
      '/api/runs/{id}',
    ])
    const overview = await json('/api/overview')
    expect(overview.deadlines).toMatchObject({ overdue: 1, withheld: 1, withoutText: 1 })
    expect(overview.needsAttention.stagingFailed).toBe(1)
    const one = await json(`/api/directives/${kept.open}`)
    expect(one).toMatchObject({ code: '780/UBND-NNMT', state: 'open' })
    expect((await json('/api/runs')).rows).toHaveLength(1)
  })

  it('keeps the language that was chosen', async () => {
    await using opened = await openedPages()
    const answer = await opened.get('/?lang=en')
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('chidao-lang=en'))
    expect(cookie).toMatch(/HttpOnly/)
    expect(await opened.text('/', 'chidao-lang=en')).toContain(general.en.skip)
    expect(await opened.text('/', 'chidao-lang=<script>')).toContain(general.vi.skip)
  })
})
