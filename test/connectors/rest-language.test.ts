/** What a profile can say of a source that is not like the example's. */
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { Answer, Connector, OpenFile } from '#connectors/connector.ts'
import { fieldPath, valueAt } from '#connectors/rest/field.ts'
import { type RestProfile, restProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { replyTo, valueIn, walk, wordOf } from './contract.ts'
import { type Answered, type Ask, type LittleServer, littleServer } from './little-server.ts'
import { contentOf, detailOf, profileAt, row } from './paged-register.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

type Changes = { [Key in keyof RestProfile]?: unknown }
type Tree = Record<string, unknown>

/** The example's profile with these sections put over it. */
function profileWith(baseUrl: string, changes: Changes): RestProfile {
  const example = profileAt(baseUrl) as unknown as Tree
  return restProfile.parse({ ...example, ...changes })
}

function problemsOf(changes: Changes): string[] {
  const example = profileAt('https://far.test') as unknown as Tree
  const parsed = restProfile.safeParse({ ...example, ...changes })
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
}

async function far(
  changes: Changes,
  answer: (ask: Ask, address: string) => Answered,
): Promise<{ server: LittleServer; connector: Connector }> {
  const server = await littleServer(answer)
  open.push(server)
  const connector = connectRest(profileWith(server.address, changes), {})
  open.push({ [Symbol.asyncDispose]: () => connector.close() })
  return { server, connector }
}

const { list, detail, files, map } = profileAt('http://far.test') as unknown as Record<string, Tree>
const { success: _, total: __, ...plainList } = list as { success: unknown; total: unknown } & Tree
const window = { from: '2026-03-02', until: '2026-03-02' }
const ref = { transportRef: '1', sourceRef: '1' }
const rows = (from: number, until: number) =>
  Array.from({ length: until - from + 1 }, (_one, n) => row(from + n))
const idsOf = async (connector: Connector) =>
  (await walk(connector, window)).items.map((item) => item.unreadable || item.ref.transportRef)

async function contentsOf(connector: Connector): Promise<(string | undefined)[]> {
  const message = valueIn(await connector.read(ref))
  const handed: (string | undefined)[] = []
  await connector.openFiles(message.ref, message.files, async (_file, opened: Answer<OpenFile>) => {
    handed.push(opened.ok ? String(await buffer(opened.value.content)) : opened.failure.word)
    return true
  })
  return handed
}

describe('the place of a value', () => {
  const answer = {
    '@odata.count': 7,
    'a.b': 1,
    a: { c: 2, 'd/e': 3, 'f~g': 4, '': 5 },
    'Số ký hiệu': '7/UBND',
    list: [{ id: 1 }, { id: 2 }],
    both: { x: 1 },
    'both.x': 2,
    nothing: null,
  }
  const table: [string, unknown][] = [
    ['', answer],
    ['@odata.count', 7],
    ['a.b', 1],
    ['a.c', 2],
    ['/a/c', 2],
    ['/a/d~1e', 3],
    ['/a/f~0g', 4],
    ['/a/', 5],
    ['/a.b', 1],
    ['Số ký hiệu', '7/UBND'],
    ['/list/1/id', 2],
    ['/list/01/id', undefined],
    ['/list/length', undefined],
    ['list.length', undefined],
    ['/nothing', null],
    ['/nothing/x', undefined],
    ['/constructor/name', undefined],
    ['constructor.name', undefined],
  ]
  it.each(table)('%j', (path, expected) => {
    expect(fieldPath.test(path)).toBe(true)
    expect(valueAt(answer, path)).toEqual(expected)
  })

  it('is nowhere where it may be one of two', () => {
    expect(() => valueAt(answer, 'both.x')).toThrow()
    expect(valueAt(answer, '/both.x')).toBe(2)
  })

  it.each(['/a~2', '/~', '{page}', ' a', 'a '])('%j is refused', (path) => {
    expect(problemsOf({ map: { ...map, subject: path } })).toEqual([
      expect.stringMatching(/^map\.subject: .*JSON pointer/),
    ])
  })
})

describe('a list', () => {
  it('may stand at the root', async () => {
    const { connector } = await far({ list: { ...plainList, items: '' } }, ({ query }) => ({
      json: query.page === '1' ? rows(1, 3) : [],
    }))
    expect(await idsOf(connector)).toEqual(['1', '2', '3'])
  })

  it('is paged by rows, however many come', async () => {
    const params = { from: '{from}', to: '{until}', $skip: '{offset}', $top: '{pageSize}' }
    const { connector, server } = await far(
      { list: { ...plainList, params, items: 'value', total: '@odata.count' } },
      ({ query }) => {
        const all = rows(1, 5)
        const skip = Number(query.$skip)
        // No more than two, whatever is asked for.
        return { json: { value: all.slice(skip, skip + 2), '@odata.count': all.length } }
      },
    )
    expect(await idsOf(connector)).toEqual(['1', '2', '3', '4', '5'])
    expect(server.asked.map(({ query }) => query.$skip)).toEqual(['0', '2', '4', '5'])
  })

  const params = { from: '{from}', to: '{until}' }
  const linked = { ...plainList, params, items: '/d/results', next: '/d/__next' }

  it('goes on where the source says, with what goes with every request', async () => {
    const request = { headers: { 'X-Don-Vi': 'H50' }, params: { key: 'k1' } }
    const { connector, server } = await far({ list: linked, request }, ({ query }, address) =>
      query.skip
        ? { json: { d: { results: rows(3, 4) } } }
        : { json: { d: { results: rows(1, 2), __next: `${address}/api/other?skip=2` } } },
    )
    expect(await idsOf(connector)).toEqual(['1', '2', '3', '4'])
    expect(server.lines()).toEqual([
      'GET /api/van-ban-di?key=k1&from=2026-03-02&to=2026-03-02',
      'GET /api/other?skip=2&key=k1',
    ])
    expect(server.asked.map(({ headers }) => headers['x-don-vi'])).toEqual(['H50', 'H50'])
  })

  it.each([
    ['to another host', 'https://qlvb.example.vn/next'],
    ['to a neighbour', '//127.0.0.2/next'],
    ['with credentials', 'http://a:b@127.0.0.1/next'],
    ['to another port', 'http://127.0.0.1:1/next'],
    ['to a file', 'file:///etc/passwd'],
    ['that is no text', 7],
    ['that is an object', { href: '/next' }],
  ])('follows no link %s', async (_what, __next) => {
    const { connector, server } = await far({ list: linked }, () => ({
      json: { d: { results: rows(1, 2), __next } },
    }))
    expect(wordOf(await connector.list(window, null))).toBe('malformed')
    expect(server.asked).toHaveLength(1)
  })

  it('takes a link that says http behind a gateway, and one without a host', async () => {
    for (const __next of ['http://far.test/app/p2?x=1', '/app/p2?x=1', 'p2?x=1']) {
      const { addressIn } = await import('#connectors/rest/address.ts')
      expect(addressIn(__next, 'https://far.test/app')).toBe('/app/p2?x=1')
    }
  })

  it('is malformed where a page is followed by itself', async () => {
    const { connector } = await far({ list: linked }, () => ({
      json: { d: { results: rows(1, 2), __next: '/again' } },
    }))
    expect(wordOf(await connector.list(window, null))).toBe('ok')
    expect(wordOf(await connector.list(window, '/again'))).toBe('malformed')
  })

  it('goes on by a mark that the source gives', async () => {
    const marked = { ...linked, params: { ...params, cursor: '{next}' }, next: '/d/cursor' }
    const { connector, server } = await far({ list: marked }, ({ query }) => ({
      json: { d: query.cursor ? { results: rows(3, 3) } : { results: rows(1, 2), cursor: 'c/2' } },
    }))
    expect(await idsOf(connector)).toEqual(['1', '2', '3'])
    expect(server.asked.map(({ query }) => query.cursor)).toEqual([undefined, 'c/2'])
  })

  it('of all days at once is asked for some of them here', async () => {
    const all = { path: '/tat-ca', window: 'none', items: 'data', total: 'total' }
    const { connector } = await far({ list: all }, () => ({
      json: {
        total: 3,
        data: [row(1), row(2, { publish_date: '2026-03-01T00:00:00+07:00' }), row(3)],
      },
    }))
    const page = valueIn(await connector.list(window, null))
    expect([page.items.length, page.total, page.next]).toEqual([2, 2, null])
  })

  it.each<[string, Tree, RegExp]>([
    ['two ways on', { params: { ...params, p: '{page}' }, next: 'n' }, /two ways/],
    ['a mark without its place', { params: { ...params, n: '{next}' } }, /list\.next/],
    ['no way on', { params }, /\{page\} or \{offset\}/],
    ['days of a list without days', { params, window: 'none' }, /remove \{from\}/],
    ['changes without their day', { changed: { params: { x: '1' } } }, /holds \{from\}/],
    [
      'changes that do not go on as the list does',
      { changed: { params: { since: '{from}' } } },
      /changed\.params: .*\{page\}/,
    ],
    ['a word for none that is none', { none: ['nothing'] }, /write null, absent/],
  ])('is refused with %s', (_what, change, sentence) => {
    expect(problemsOf({ list: { ...plainList, ...change } })[0]).toMatch(sentence)
  })
})

describe('a window without documents', () => {
  const { total: ____, ...uncounted } = list!
  const counted = list!
  const said = { success: true, pagination: { total: 0 } }
  const ways: [string, unknown, Tree, Answered][] = [
    ['204', 204, counted, { status: 204 }],
    ['404', 404, counted, { status: 404, json: { success: false } }],
    ['null', null, counted, { json: { ...said, data: null } }],
    ['nothing at all', 'absent', counted, { json: said }],
    ['an empty object', {}, counted, { json: { ...said, data: {} } }],
    ['null, uncounted', null, uncounted, { json: { success: true, data: null } }],
    [
      'words instead of success',
      { field: 'message', in: ['Không có dữ liệu'] },
      counted,
      { json: { success: false, message: 'Không có dữ liệu' } },
    ],
    ['an empty text', { field: 'data', in: [''] }, counted, { json: { ...said, data: '' } }],
    [
      'an empty list without its count',
      { field: 'pagination', in: [null] },
      counted,
      { json: { success: true, data: [], pagination: null } },
    ],
  ]
  it.each(ways)('is said by %s, where the profile says so', async (_what, none, base, answer) => {
    const stated = await far({ list: { ...base, none: [none] } }, () => answer)
    expect(valueIn(await stated.connector.list(window, null))).toMatchObject({
      items: [],
      next: null,
    })
    const unstated = await far({ list: base }, () => answer)
    expect(wordOf(await unstated.connector.list(window, null))).not.toBe('ok')
    const other = none === 204 ? 404 : 204
    const otherwise = await far({ list: { ...base, none: [other] } }, () => answer)
    expect(wordOf(await otherwise.connector.list(window, null))).not.toBe('ok')
  })

  it('is none where the source counts some', async () => {
    const some = { success: true, pagination: { total: 3 } }
    for (const [none, answer] of [
      [null, { ...some, data: null }],
      ['absent', some],
      [
        { field: 'data', in: [''] },
        { ...some, data: '' },
      ],
    ]) {
      const { connector } = await far({ list: { ...counted, none: [none] } }, () => ({
        json: answer,
      }))
      expect(wordOf(await connector.list(window, null))).toBe('malformed')
    }
  })

  it('is not said by the 404 of a gateway', async () => {
    const { connector } = await far({ list: { ...counted, none: [404] } }, () => ({
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html>nginx</html>',
    }))
    expect(wordOf(await connector.list(window, null))).toBe('malformed')
  })
})

describe('a document', () => {
  const listOf = (one: object) => ({ success: true, data: [one], pagination: { total: 1 } })

  it('is read where its row says', async () => {
    const { connector } = await far(
      { detail: { ...detail, path: undefined, url: 'link' } },
      ({ path }) =>
        path === '/chi-tiet/1'
          ? { json: { success: true, data: detailOf(row(1)) } }
          : { json: listOf({ ...row(1), link: '/chi-tiet/1?v=2' }) },
    )
    const [item] = valueIn(await connector.list(window, null)).items
    if (!item || item.unreadable) throw new Error('it has a reference')
    expect(item.ref).toEqual({ transportRef: '/chi-tiet/1?v=2', sourceRef: '1' })
    expect(valueIn(await connector.read(item.ref))).toMatchObject({ ref: item.ref })
    expect(wordOf(await connector.read({ ...item.ref, sourceRef: '2' }))).toBe('malformed')
  })

  it('whose row says another host is not asked for', async () => {
    const { connector } = await far(
      { detail: { ...detail, path: undefined, url: 'link' } },
      () => ({
        json: listOf({ ...row(1), link: 'https://qlvb.example.vn/1' }),
      }),
    )
    expect(valueIn(await connector.list(window, null)).items).toEqual([{ unreadable: true }])
  })

  it('is the first of a list of one, with parameters and headers of its own', async () => {
    const changes = {
      detail: {
        path: '/api/tim',
        params: { id: '{id}', $expand: 'tep' },
        headers: { 'X-Loai': 'chi-tiet' },
        root: '/data/0',
      },
    }
    const { connector, server } = await far(changes, () => ({ json: { data: [detailOf(row(1))] } }))
    expect(wordOf(await connector.read(ref))).toBe('ok')
    expect(server.lines()).toEqual(['GET /api/tim?id=1&$expand=tep'])
    expect(server.asked[0]!.headers['x-loai']).toBe('chi-tiet')
  })

  it.each<[string, unknown, RegExp]>([
    ['without {id}', { path: '/api/tim' }, /holds \{id\}/],
    ['nowhere', {}, /^detail\.path: give path, or url/],
    ['with a misspelt setting', { path: '/{id}', rot: 'data' }, /^detail.*unknown setting rot/],
    ['as another word', 'rows', /^detail: write row/],
    ['in a row that is asked for by itself', 'row', /^can\.recheck: detail: row/],
  ])('is refused %s', (_what, detail, sentence) => {
    expect(problemsOf({ detail })).toEqual([expect.stringMatching(sentence)])
  })
})

describe('files', () => {
  const { path: ____, id: _____, ...nowhere } = files!
  const withFile = (more: object) => ({
    success: true,
    data: { ...detailOf(row(1)), attachments: [{ ...detailOf(row(1)).attachments[0], ...more }] },
  })

  it.each<[string, unknown, Answered['json']]>([
    [
      'at an address in their row',
      { ...nowhere, url: 'link' },
      withFile({ link: '/kho/a%20b/1.pdf?k=1' }),
    ],
    [
      'by a parameter',
      { ...nowhere, id: 'duong_dan', path: '/kho', params: { p: '{file}' } },
      withFile({ duong_dan: '2026/03/1.pdf' }),
    ],
  ])('come %s', async (_what, files, answer) => {
    const { connector, server } = await far({ files }, ({ path }) =>
      path.startsWith('/kho') ? { body: contentOf(1) } : { json: answer },
    )
    expect(await contentsOf(connector)).toEqual([String(contentOf(1))])
    expect(server.asked.at(-1)!.path).toMatch(/^\/kho/)
  })

  it('are asked for on no other host', async () => {
    const { connector } = await far({ files: { ...nowhere, url: 'link' } }, () => ({
      json: withFile({ link: 'https://kho.example.vn/1.pdf' }),
    }))
    expect(wordOf(await connector.read(ref))).toBe('malformed')
  })

  it('are listed behind a call, to the last page of it, before the gate is asked', async () => {
    const entry = (id: number) => ({ id, file_name: `${id}.pdf`, file_size: 3 })
    const fileList = { path: '/api/van-ban-di/{id}/tep', next: 'tiep' }
    const changes = { files: { ...files, list: fileList, items: 'tep' } }
    const { connector } = await far(changes, ({ path, query }) => {
      if (path !== '/api/van-ban-di/1/tep') return { json: { success: true, data: row(1) } }
      return query.p === '2'
        ? { json: { tep: [entry(2)] } }
        : { json: { tep: [entry(1)], tiep: '/api/van-ban-di/1/tep?p=2' } }
    })
    const { header } = valueIn(await connector.read(ref))
    expect(header.fileNames).toEqual(['1.pdf', '2.pdf'])
  })

  it.each<[string, Answered, string]>([
    ['not found', { status: 404, json: {} }, 'malformed'],
    ['away', { status: 503 }, 'unavailable'],
    ['refused', { status: 403 }, 'unauthorized'],
    ['of another shape', { json: { tep: {} } }, 'malformed'],
    ['without a name', { json: { tep: [{ id: 1 }] } }, 'malformed'],
  ])('whose list is %s have not passed', async (_what, answer, word) => {
    const list = { path: '/api/van-ban-di/{id}/tep' }
    const { connector } = await far({ files: { ...files, list, items: 'tep' } }, ({ path }) =>
      path.endsWith('/tep') ? answer : { json: { success: true, data: row(1) } },
    )
    expect(wordOf(await connector.read(ref))).toBe(word)
  })

  it('come out of their row, each as it is announced', async () => {
    const bytes = contentOf(1)
    const base64 = bytes.toString('base64')
    const inRow = { items: 'attachments', name: 'file_name', content: 'du_lieu' }
    const attachments = [
      { file_name: 'a.pdf', du_lieu: base64 },
      { file_name: 'b.pdf', du_lieu: `data:application/pdf;base64,${base64}` },
      { file_name: 'c.pdf', du_lieu: base64.replace(/(.{8})/g, '$1\r\n') },
      { file_name: 'd.pdf', du_lieu: base64.slice(0, -1) },
      { file_name: 'e.pdf', du_lieu: '' },
    ]
    const data = { ...row(1), attachments }
    const { connector } = await far({ files: inRow }, () => ({ json: { success: true, data } }))
    const { files: announced } = valueIn(await connector.read(ref))
    expect(announced.map(({ unusable, size }) => unusable ?? size)).toEqual([
      ...[bytes.length, bytes.length, bytes.length],
      ...['broken', 'noContent'],
    ])
    expect(new Set(announced.map((one) => one.ref)).size).toBe(5)
    expect((await contentsOf(connector)).slice(0, 3)).toEqual(Array(3).fill(String(bytes)))
  })

  it('out of a row are not taken with another size than is announced', async () => {
    const inRow = { items: 'attachments', name: 'n', size: 's', content: 'c' }
    const attachments = [{ n: 'a.pdf', s: 3, c: contentOf(1).toString('base64') }]
    for (const [sizeIs, expected] of [
      ['exact', 'notAnnounced'],
      ['none', String(contentOf(1))],
    ]) {
      const { connector } = await far({ files: { ...inRow, sizeIs } }, () => ({
        json: { success: true, data: { ...row(1), attachments } },
      }))
      const message = valueIn(await connector.read(ref))
      const handed: unknown[] = []
      await message.held!(message.files, async (_file, opened) => {
        const content = buffer(valueIn(opened).content)
        handed.push(
          await content.then(String, (error: { failure: { word: string } }) => error.failure.word),
        )
        return true
      })
      expect(handed).toEqual([expected])
    }
  })

  it.each<[string, Tree, RegExp]>([
    ['one path for all', { path: '/tep', id: 'id' }, /holds \{file\}/],
    ['{id} alone', { path: '/tep/{id}', id: 'id' }, /holds \{file\}/],
    ['a parameter without {file}', { path: '/tep', params: { t: 'x' }, id: 'id' }, /\{file\}/],
    ['no id', { path: '/tep/{file}' }, /needs the id/],
    ['two ways', { path: '/tep/{file}', id: 'id', url: 'u' }, /give one of/],
    ['no way', {}, /give one of/],
    ['an id beside their content', { content: 'c', id: 'id' }, /only beside path/],
  ])('are refused with %s', (_what, change, sentence) => {
    expect(problemsOf({ files: { items: 'a', name: 'n', ...change } })).toEqual([
      expect.stringMatching(sentence),
    ])
  })
})

describe('a reply', () => {
  const reply = profileAt('https://far.test').reply as unknown as Tree

  it('that cannot be looked for is said to be so', async () => {
    const { connector, server } = await far(
      { reply: { ...reply, lookUp: 'none' }, replies: { mode: 'send' } },
      () => ({ json: { success: true, data: [] } }),
    )
    expect(valueIn(await connector.lookUp(replyTo('1'), new Date()))).toEqual({
      found: 'noLookUp',
    })
    expect(server.asked).toEqual([])
  })

  it('is refused without a word of its look-up', () => {
    const { lookUp: _lookUp, ...without } = reply
    expect(problemsOf({ reply: without })).toEqual([expect.stringMatching(/lookUp: none/)])
    expect(problemsOf({ reply: { ...reply, lookUp: 'never' } })).toEqual([
      expect.stringMatching(/^reply\.lookUp: write none/),
    ])
    expect(problemsOf({ reply: { ...reply, lookUp: 'none' } })).toEqual([
      expect.stringMatching(/sentListComplete/),
    ])
  })
})
