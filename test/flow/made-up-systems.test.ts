/** Two systems that nobody wrote code for, connected by their profiles alone. */
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import {
  contentOf,
  type Dossier,
  dossier,
  file,
  iOffice,
} from '#test/connectors/made-up/ioffice.ts'
import { fileOf, type Item, item, sharePoint } from '#test/connectors/made-up/sharepoint.ts'
import { pullAll, testApp } from '#test/support/app.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

async function running(profile: RestProfile) {
  const clock = manualClock(new Date('2026-03-04T02:00:00Z'))
  const t = await testApp([profile], { clock })
  open.push(t)
  const { app } = t
  const { db } = app.store
  return {
    app,
    t,
    async poll() {
      clock.set(new Date(clock.now().getTime() + 60_000))
      await db.raw(`update sync.source set open_until = null`)
      await db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await pullAll(app)
    },
    async directives(): Promise<Record<string, unknown>[]> {
      const { rows } = await db.raw(
        `select code, subject, issuer, issued_on::text as day, signer_name as signer, urgency, receivers from tracking.directives order by code`,
      )
      return rows
    },
    codes: async (): Promise<string[]> =>
      (await db.raw(`select code from tracking.directives order by code`)).rows.map(
        ({ code }: { code: string }) => code,
      ),
    /** What is stored of the files of each directive, in the clear. */
    async files(): Promise<Record<string, [string, string][]>> {
      const { rows } = await db.raw(
        `select d.code, d.id, f.name, f.stored_as as "storedAs" from sync.directive_file f join sync.directive d on d.id = f.directive_id where f.state = 'stored' and f.superseded_by is null order by d.code, f.position`,
      )
      const found: Record<string, [string, string][]> = {}
      for (const { code, id, name, storedAs } of rows) {
        const key = await app.store.keys.of(id)
        const content = await buffer(app.files.open(storedAs, key!))
        found[code] = [...(found[code] ?? []), [name, content.toString('utf8')]]
      }
      return found
    },
  }
}

describe('a SharePoint', () => {
  async function connected(items: Item[]) {
    const far = await sharePoint(items)
    open.push(far.server)
    return { far, s: await running(far.profile) }
  }

  it('has all its eligible documents staged with their files', async () => {
    const items = [
      ...Array.from({ length: 7 }, (_, n) => item(n + 1)),
      item(8, { SecretCode: 'M', SecretLevelName: 'Mật' }),
      item(9, { SecretLevelName: 'Tối mật' }),
      item(10, { DocTypeName: '41;#Giấy mời' }),
      item(11, { StatusID: 0, StatusName: 'Chờ xử lý' }),
      // Of 2 March in Vietnam.
      item(12, { DateIssued: '2026-03-02T16:59:59Z', UrgentCode: 'HT' }),
    ]
    const { far, s } = await connected(items)
    await s.poll()
    const eligible = [1, 2, 3, 4, 5, 6, 7, 12]
    expect(await s.codes()).toEqual(eligible.map((id) => `${400 + id}/UBND-KT`).sort())
    const directives = await s.directives()
    expect(directives[0]).toEqual({
      code: '401/UBND-KT',
      subject: 'V/v rà soát tiến độ dự án số 1',
      issuer: 'UBND tỉnh Quảng Trị',
      day: '2026-03-03',
      signer: 'Nguyễn Văn 1',
      urgency: 'normal',
      receivers: ['Sở Tài chính', 'UBND phường Đông Hà'],
    })
    expect(directives.at(-1)).toMatchObject({ day: '2026-03-02', urgency: 'flash' })
    expect(await s.files()).toEqual(
      Object.fromEntries(
        eligible.map((id) => [
          `${400 + id}/UBND-KT`,
          [`${400 + id}.pdf`, 'Phụ lục 1.pdf'].map((name) => [name, String(fileOf(id, name))]),
        ]),
      ),
    )
    // Of what its row refuses nothing else is asked.
    expect(far.server.lines().filter((line) => /\((?:8|9|10|11)\)/.test(line))).toEqual([])
  })

  it('stages nothing whose list of files could not be read, or names a secret', async () => {
    const items = [item(1)]
    const { far, s } = await connected(items)
    for (const fileList of [
      { status: 500, body: '' },
      { status: 404, body: '{"error":{}}' },
      { status: 200, body: '{"d":{}}' },
      { status: 200, body: '{"d":{"results":null}}' },
      { status: 200, body: '<html>Đăng nhập</html>' },
    ]) {
      far.state.fileList = fileList
      await s.poll()
      expect(await s.codes()).toEqual([])
    }
    far.state.fileList = null
    far.state.files = () => ['Mật_401.pdf']
    await s.poll()
    expect(await s.codes()).toEqual([])
    far.state.files = () => ['401.pdf']
    items[0] = item(1, { Modified: '2026-03-03T03:00:00Z' })
    await s.poll()
    expect(await s.codes()).toEqual(['401/UBND-KT'])
  })

  it('names a listing of changes that fails, and loses nothing by it', async () => {
    const old = { DateIssued: '2026-02-22T17:00:00Z' }
    const items = [item(1, old), item(2)]
    const { far, s } = await connected(items)
    await s.poll()
    for (const changed of [
      { status: 503, body: '' },
      { status: 200, body: '{"d":{}}' },
      { status: 200, body: '{"d":{"results":[],"__next":"https://khac.example.vn/"}}' },
    ]) {
      far.state.changed = changed
      items[0] = item(1, { ...old, Compendium: 'Đính chính', Modified: '2026-03-04T01:30:00Z' })
      await s.poll()
      const { rows } = await s.app.store.db.raw(
        `select failure from sync.pass where kind = 'head' and state = 'failed' order by attempts desc limit 1`,
      )
      expect(rows[0].failure).toBe(changed.status === 503 ? 'unavailable' : 'malformed')
    }
    far.state.changed = null
    await s.poll()
    expect((await s.directives())[0]?.subject).toBe('Đính chính')
  })

  it('follows what was changed at the next poll, whatever its day of issue', async () => {
    const old = { DateIssued: '2026-02-22T17:00:00Z', Modified: '2026-02-23T01:00:00Z' }
    const items = [item(1, old), item(2, old), item(3, old), item(4)]
    const { far, s } = await connected(items)
    await s.poll()
    expect(await s.codes()).toHaveLength(4)
    far.server.asked.length = 0
    const Modified = '2026-03-04T01:30:00Z'
    items[0] = { ...items[0]!, Compendium: 'V/v đính chính', Modified }
    items[1] = { ...items[1]!, SecretCode: 'M', Modified }
    // Issued long ago, before anything is to be imported, and released only now.
    items.push(item(5, { DateIssued: '2026-02-19T16:00:00Z', Modified }))
    items.push(item(6, { ...old, Modified }))
    await s.poll()
    expect(await s.directives()).toMatchObject([
      { code: '401/UBND-KT', subject: 'V/v đính chính' },
      { code: '403/UBND-KT' },
      { code: '404/UBND-KT' },
      { code: '406/UBND-KT' },
    ])
    far.server.asked.length = 0
    await s.poll()
    // What is known by now is not asked for again.
    expect(far.server.lines().filter((line) => /items\(/.test(line))).toEqual([])
  })
})

describe('an iOffice', () => {
  async function connected(dossiers: Dossier[]) {
    const far = await iOffice(dossiers)
    open.push(far.server)
    return { far, s: await running(far.profile) }
  }

  it('has all its eligible documents staged with their files', async () => {
    const dossiers = [
      ...Array.from({ length: 5 }, (_, n) => dossier(n + 1)),
      dossier(6, { doMat: 'Mật' }),
      dossier(7, { doMat: null }),
      dossier(8, { ngayBanHanh: '19/02/2026' }),
      dossier(9, { ngayBanHanh: '25/02/2026', doKhan: '3' }),
      dossier(10, { files: [file('Tối mật.pdf')] }),
      dossier(11, { files: [] }),
    ]
    const { far, s } = await connected(dossiers)
    await s.poll()
    const eligible = [1, 2, 3, 4, 5, 9, 11]
    expect(await s.codes()).toEqual(eligible.map((id) => `${780 + id}/UBND-NNMT`).sort())
    expect((await s.directives()).find(({ urgency }) => urgency === 'flash')?.day).toBe(
      '2026-02-25',
    )
    expect(await s.files()).toEqual(
      Object.fromEntries(
        eligible
          .filter((id) => id !== 11)
          .map((id) => [
            `${780 + id}/UBND-NNMT`,
            [`${id}.pdf`, `phu-luc-${id}.pdf`].map((name) => [name, String(contentOf(name))]),
          ]),
      ),
    )
    expect(far.state.logins).toBe(1)
    await s.poll()
    expect(await s.codes()).toHaveLength(eligible.length)
  })

  it('is asked again under a new login where the former is over', async () => {
    const dossiers = [dossier(1)]
    const { far, s } = await connected(dossiers)
    await s.poll()
    for (const expired of [
      { json: { status: { code: '401' }, data: null } },
      { status: 401, json: {} },
      { status: 302, json: {} },
    ]) {
      far.state.expired = expired
      far.state.taken.clear()
      dossiers.push(dossier(dossiers.length + 1))
      await s.poll()
      expect(await s.codes()).toHaveLength(dossiers.length)
    }
    expect(far.state.logins).toBe(4)
  })

  it('follows a content that was changed, and says of one that is broken what is wrong', async () => {
    const dossiers = [dossier(1, { files: [file('1.pdf')] })]
    const { s } = await connected(dossiers)
    await s.poll()
    dossiers[0] = dossier(1, { files: [file('1.pdf', contentOf('khác').toString('base64'))] })
    dossiers.push(dossier(2, { files: [file('2.pdf', 'JVBERi0x…'), file('3.pdf', null)] }))
    await s.poll()
    expect(await s.files()).toEqual({ '781/UBND-NNMT': [['1.pdf', String(contentOf('khác'))]] })
    const { rows } = await s.app.store.db.raw(
      `select name, state, unusable from sync.directive_file where superseded_by is null and state <> 'stored' order by name`,
    )
    expect(rows).toEqual([
      { name: '2.pdf', state: 'unusable', unusable: 'broken' },
      { name: '3.pdf', state: 'unusable', unusable: 'noContent' },
    ])
  })
})
