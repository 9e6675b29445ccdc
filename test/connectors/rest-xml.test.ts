import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { parseStrictXml } from '#connectors/rest/strict-xml.ts'
import { valueIn, walk, wordOf } from './contract.ts'
import { detailOf, profileAt, type Row, row } from './paged-register.ts'

const host = 'https://qlvb.test'
const window = { from: '2026-03-02', until: '2026-03-02' }
const rows = [row(5121), row(5122, { attachment_count: '0' })]

afterEach(() => nock.cleanAll())

describe('a source that answers in XML', () => {
  it('is listed and read as one that answers in JSON', async () => {
    serve(list(rows), rows[0]!)
    const { items } = await walk(connector(), window)
    expect(items).toMatchObject(rows.map(({ id }) => ({ ref: { sourceRef: `${id}` } })))
    const message = valueIn(await connector().read(ref))
    expect(message).toMatchObject({
      header: { subject: rows[0]!.abstract, fields: { secret_id: '1', secret_name: 'Thường' } },
      files: [{ name: 'a & b.pdf' }],
    })
  })

  it('is read with no file, and with several', async () => {
    for (const names of [[], ['một.pdf', 'hai.pdf']]) {
      serve(list(rows), rows[0]!, names)
      expect(valueIn(await connector().read(ref)).files.map(({ name }) => name)).toEqual(names)
    }
  })

  it('shows a day without documents as such, by its empty list', async () => {
    serve(
      '<kq><success>true</success><data/><pagination><total>0</total></pagination></kq>',
      rows[0]!,
    )
    expect((await walk(connector(), window)).items).toEqual([])
  })

  it.each([
    ['cut off', list(rows).slice(0, -40)],
    ['a page', '<html><body>Đăng nhập</body></html>'],
    ['with a DOCTYPE', `<!DOCTYPE kq [<!ENTITY x "Thường">]>${list(rows)}`],
    ['with a second root', `${list(rows)}<kq/>`],
    ['with an entity of HTML', list(rows).replace('Trần', '&copy;')],
    [
      'without its list',
      '<kq><success>true</success><pagination><total>0</total></pagination></kq>',
    ],
  ])('is malformed %s, never empty', async (_what, xml) => {
    serve(xml, rows[0]!)
    await expect(walk(connector(), window)).rejects.toThrow(/malformed/)
  })

  it('gives no value for a field that stands twice', async () => {
    serve(list(rows), { ...rows[0]!, secret_name: ['Mật', 'Thường'] })
    expect(valueIn(await connector().read(ref)).header.fields.secret_name).toEqual([
      'Mật',
      'Thường',
    ])
  })

  it('says nothing of what it could not read', async () => {
    serve('<kq><trich_yeu>Kế hoạch phòng thủ</trich', rows[0]!)
    const failure = await walk(connector(), window).catch((error: unknown) => error)
    expect(`${failure}${JSON.stringify(failure)}`).not.toMatch(/phòng thủ|trich/)
  })

  it('is asked at the gate item by item', async () => {
    const item = `<x:van_ban xmlns:x="urn:x">${fields({ ...detailOf(rows[0]!) })}</x:van_ban>`
    expect(wordOf(await connector().decode(item))).toBe('ok')
    expect(wordOf(await connector().decode(item.slice(0, -3)))).toBe('malformed')
  })
})

describe('the two readers of XML', () => {
  it('decode what hides in references, sections and comments alike', () => {
    const xml = '<a><s k="M&#x1EAD;t">M&#7853;t</s><t><![CDATA[Mậ]]>t</t><u>M<!-- -->ật</u></a>'
    expect(parseStrictXml(Buffer.from(xml), [])).toEqual({
      a: { s: { '#text': 'Mật', '@k': 'Mật' }, t: 'Mật', u: 'Mật' },
    })
  })

  it('take thousands of references in a long list', () => {
    const xml = `<a>${'<b>x &amp; y</b>'.repeat(5000)}</a>`
    expect(parseStrictXml(Buffer.from(xml), ['a.b'])).toEqual({
      a: { b: Array(5000).fill('x & y') },
    })
  })
})

const ref = { transportRef: '5121', sourceRef: '5121' }

/** The paths of the JSON example below one root, and every literal as text. */
function connector() {
  const profile = profileAt(host)
  const inRoot = (path: string) => `/kq/${path.replace(/^\//, '')}`
  const success = { field: 'kq.success', in: ['true'] }
  const { list, detail, files } = profile
  if (detail === 'row') throw new Error('the example asks for a detail')
  return connectRest(
    {
      ...profile,
      answers: 'xml',
      list: { ...list, success, items: '/kq/data/van_ban', total: inRoot(list.total!) },
      detail: { ...detail, success, root: inRoot(detail.root!) },
      files: { ...files!, items: `/${files!.items}/tep` },
    } satisfies RestProfile,
    {},
  )
}

function serve(listed: string, detail: Row, names = ['a & b.pdf']): void {
  nock(host)
    .get('/api/van-ban-di')
    .query(true)
    .reply(200, listed, { 'content-type': 'application/xml' })
    .get('/api/van-ban-di')
    .query(({ page }) => page === '2')
    .reply(200, list([]), { 'content-type': 'application/xml' })
    .get('/api/van-ban-di/5121')
    .reply(200, detailXml(detail, names))
}

function list(all: readonly Row[]): string {
  const items = all.map((one) => `<van_ban>${fields(one)}</van_ban>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?><kq><success>true</success><data>${items}</data><pagination><total>${all.length}</total></pagination></kq>`
}

function detailXml(one: Row, names: readonly string[]): string {
  const { files } = profileAt(host)
  const tep = names.map(
    (name, at) => `<tep>${fields({ [files!.id!]: at + 1, [files!.name]: name })}</tep>`,
  )
  return `<kq><success>true</success><data>${fields(one)}<${files!.items}>${tep.join('')}</${files!.items}></data></kq>`
}

function fields(record: object): string {
  return Object.entries(record)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
