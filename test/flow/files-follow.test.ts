/** A directive shows as soon as the gate has admitted it; what its files do afterwards holds nobody up (QĐ 23/2016 Đ6.1, Đ8). */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { handIn } from '#src/flow/hand-in.ts'
import { contentOf, row } from '#test/connectors/paged-register.ts'
import { zip } from '#test/edxml/messages.ts'
import { type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { retryAll, settleAll } from '#test/support/claims.ts'

const by = { actor: 'quản trị', reason: 'nguồn không có tệp' }
const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function source(more: Partial<RestProfile> = {}): Promise<FarSide> {
  const f = await farSide([row(1)], {
    profile: { retries: { times: 1, firstPauseMs: 1, maxPauseMs: 5 }, ...more },
  })
  open.push(f)
  return f
}

const rowsOf = async ({ app }: FarSide, sql: string) => (await app.store.db.raw(sql)).rows
const onDisk = async ({ app }: FarSide) => {
  const names: string[] = []
  for await (const { name } of app.files.list()) names.push(name)
  return names
}

const named = (header: string) => (f: FarSide) => {
  f.register.state.file = (response, id) =>
    response
      .writeHead(200, {
        'content-type': 'application/pdf',
        'content-disposition': Buffer.from(header).toString('latin1'),
      })
      .end(contentOf(id))
}

it.each([
  ['in plain words', 'attachment; filename="TỐI MẬT - ke hoach.pdf"'],
  [
    'as RFC 6266 has it',
    `attachment; filename*=UTF-8''${encodeURIComponent('Kế hoạch (MẬT).pdf')}`,
  ],
  ['in the second of two names', `attachment; filename="vb.pdf"; filename*=UTF-8''TUYET%20MAT.pdf`],
  ['without diacritics', 'attachment; filename=780_MAT.pdf'],
  ['as a suffix', 'attachment; filename="780-UBND-NNMT-TM.M.pdf"'],
  ['outside the grammar', 'attachment; filename=CV (MẬT) 780.pdf'],
])('withholds a directive whose file comes under a marked name: %s', async (_, header) => {
  const f = await source()
  named(header)(f)
  await pullAll(f.app)
  expect(await rowsOf(f, `select withheld_because as because from sync.directive`)).toEqual([
    { because: 'otherSecret' },
  ])
  expect(await rowsOf(f, `select state, attempts from sync.directive_file`)).toEqual([
    { state: 'waiting', attempts: 0 },
  ])
  expect(await onDisk(f)).toEqual([])
  expect(JSON.stringify(f.t.logged)).not.toMatch(/MAT|MẬT|\.pdf/)
  // Nobody asks for it again, and its next reading does not show it.
  await retryAll(f.app.store)
  const asked = f.register.state.asked.length
  await settleAll(f.app)
  expect(f.register.state.asked.length).toBe(asked)
})

it.each([
  ['an ordinary one', 'attachment; filename="Giải phóng mặt bằng.pdf"'],
  ['one whose letters a server replaced', 'attachment; filename="Gi?i ph?ng.pdf"'],
  ['none', 'inline'],
  ['an empty one', 'attachment; filename=""'],
])('keeps a file that comes under %s', async (_, header) => {
  const f = await source()
  named(header)(f)
  await pullAll(f.app)
  expect(await rowsOf(f, `select state from tracking.directive_files`)).toEqual([
    { state: 'stored' },
  ])
})

const zipped = (entries: Record<string, Buffer>) => (f: FarSide) => {
  const content = zip(entries)
  f.register.state.announced = {
    ...{ file_name: 'ho-so.zip', mime_type: 'application/zip', file_size: content.length },
  }
  f.register.state.file = (response) =>
    response.writeHead(200, { 'content-type': 'application/zip' }).end(content)
}
const anything = Buffer.from('nội dung')

it.each([
  ['a file', { 'van ban.pdf': anything, 'Phụ lục (TỐI MẬT).xlsx': anything }],
  ['a folder', { 'TUYET MAT/van ban.pdf': anything }],
  ['a folder of Windows', { 'ho so\\780_MAT\\van ban.pdf': anything }],
  ['the only file', { '780_MẬT.pdf': anything }],
])('withholds a directive whose zip names %s so', async (_, entries) => {
  const f = await source()
  zipped(entries)(f)
  await pullAll(f.app)
  expect(await rowsOf(f, `select withheld_because as because from sync.directive`)).toEqual([
    { because: 'otherSecret' },
  ])
  expect(await rowsOf(f, `select state from sync.directive_file`)).toEqual([{ state: 'waiting' }])
  expect(await onDisk(f)).toEqual([])
  expect(JSON.stringify(f.t.logged)).not.toMatch(/MAT|MẬT/)
})

it.each([
  ['ordinary names', { 'van ban.pdf': anything, 'bieu mau/Mẫu 01.xlsx': anything }],
  [
    'what office programs put there',
    Object.fromEntries(
      [
        ...['[Content_Types].xml', '_rels/.rels', 'docProps/app.xml', 'docProps/thumbnail.jpeg'],
        ...['word/document.xml', 'word/fontTable.xml', 'word/theme/theme1.xml', 'mimetype'],
        ...['customXml/itemProps1.xml', 'xl/sharedStrings.xml', 'xl/worksheets/sheet1.xml'],
        ...['ppt/tableStyles.xml', 'Thumbnails/thumbnail.png', 'META-INF/manifest.xml'],
      ].map((name) => [name, anything]),
    ),
  ],
  ['nothing', {}],
])('keeps a zip that holds %s', async (_, entries) => {
  const f = await source()
  zipped(entries)(f)
  await pullAll(f.app)
  expect(await rowsOf(f, `select state from tracking.directive_files`)).toEqual([
    { state: 'stored' },
  ])
})

it('keeps nothing where there is no key', async () => {
  const f = await source()
  f.register.state.file = (response) => response.writeHead(500).end()
  await pullAll(f.app)
  f.register.state.file = null
  const [{ id }] = await rowsOf(f, `select id from sync.directive`)
  await f.app.store.keys.destroy([id])
  await retryAll(f.app.store)
  await settleAll(f.app)
  expect(await rowsOf(f, `select state, failure from sync.directive_file`)).toEqual([
    { state: 'waiting', failure: 'keyGone' },
  ])
  expect(await f.app.store.keys.of(id)).toBeNull()
  expect(await onDisk(f)).toEqual([])
})

const annexes =
  (many: number, bad: number, word = 'notFound') =>
  (f: FarSide) => {
    const { connector } = [...f.app.sources.values()][0]!
    const read = connector.read.bind(connector)
    const sizes = Array.from({ length: many }, (_, n) => contentOf(n).length)
    Object.assign(connector, {
      read: async (ref: Parameters<typeof read>[0]) => {
        const message = await read(ref)
        if (!message.ok) return message
        const files = sizes.map((size, n) => ({
          ...{ ref: `t${n}`, name: `tệp ${n}.pdf`, mediaType: 'application/pdf', size },
        }))
        return { ...message, value: { ...message.value, files } }
      },
      openFiles: async (_: unknown, files: { ref: string }[], take: Take) => {
        for (const file of files) {
          const n = Number(file.ref.slice(1))
          const opened =
            n === bad
              ? { ok: false, failure: { word, source: 'x', operation: 'openFile' } }
              : { ok: true, value: whole(n) }
          if (!(await take(file, opened))) break
        }
        return { ok: true, value: null }
      },
    })
  }
type Take = (file: unknown, opened: unknown) => Promise<boolean>
const whole = (n: number) => ({
  ...{ content: Readable.from([contentOf(n)]), size: contentOf(n).length, names: [] },
  note: () => null,
})

it.each([0, 1, 2])('stores the files beside one that does not come: the %i.', async (bad) => {
  const f = await source()
  annexes(3, bad)(f)
  await pullAll(f.app)
  const states = await rowsOf(f, `select state, failure from sync.directive_file order by position`)
  expect(states).toEqual(
    [0, 1, 2].map((n) =>
      n === bad ? { state: 'waiting', failure: 'notFound' } : { state: 'stored', failure: null },
    ),
  )
  expect(await rowsOf(f, `select files_complete as whole from tracking.directives`)).toEqual([
    { whole: false },
  ])
  annexes(3, -1)(f)
  await retryAll(f.app.store)
  await settleAll(f.app)
  expect(await rowsOf(f, `select files_complete as whole from tracking.directives`)).toEqual([
    { whole: true },
  ])
})

it.each(['unavailable', 'timeout', 'unauthorized'])(
  'asks for the others of a file that is always answered with %s',
  async (word) => {
    const f = await source()
    annexes(3, 0, word)(f)
    await pullAll(f.app)
    for (let round = 0; round < 3; round++) {
      await retryAll(f.app.store)
      await settleAll(f.app)
    }
    expect(
      await rowsOf(f, `select state, failure from sync.directive_file order by position`),
    ).toEqual([
      { state: 'waiting', failure: word },
      { state: 'stored', failure: null },
      { state: 'stored', failure: null },
    ])
  },
)

it('takes the first file for the document itself, or the one that the profile names', async () => {
  const f = await source()
  annexes(2, -1)(f)
  await pullAll(f.app)
  const texts = `select f.position, is_full_text as text from tracking.directive_files f order by 1`
  expect(await rowsOf(f, texts)).toEqual([
    { position: 0, text: true },
    { position: 1, text: false },
  ])
})

it('counts every file that a revision announced, whatever became of it', async () => {
  const f = await source()
  annexes(3, 1)(f)
  await pullAll(f.app)
  annexes(2, -1)(f)
  f.rows[0] = row(1, { abstract: 'Về việc triển khai nhiệm vụ khác' })
  await pullAll(f.app)
  const counted = `select revision, announced, stored, waiting, unusable, superseded, balances from sync.file_balance order by 1`
  expect(await rowsOf(f, counted)).toEqual(
    [
      ...[{ revision: 1, announced: 3, stored: 2, waiting: 1, unusable: 0, superseded: 0 }],
      ...[{ revision: 2, announced: 2, stored: 1, waiting: 1, unusable: 0, superseded: 0 }],
    ].map((one) => ({ ...one, balances: true })),
  )
  await retryAll(f.app.store)
  await settleAll(f.app)
  expect(await rowsOf(f, `select balances from sync.file_balance`)).toEqual([
    { balances: true },
    { balances: true },
  ])
})

it('keeps a file that an administrator hands in, and says who did', async () => {
  const f = await source()
  f.register.state.file = (response) => response.writeHead(404).end()
  await pullAll(f.app)
  const [file] = await f.app.store.directiveFiles.open(5)
  const given = (name: string) => ({ name, open: () => Readable.from([Buffer.from('%PDF-1.7 x')]) })
  expect(await handIn(f.app, file!.id, given('CV 780 (MẬT).pdf'), by)).toBe('marked')
  expect(await handIn(f.app, randomUUID(), given('a.pdf'), by)).toBe('notWaited')
  expect(await handIn(f.app, file!.id, given('a.pdf'), by)).toBe('handedIn')
  expect(await handIn(f.app, file!.id, given('a.pdf'), by)).toBe('notWaited')
  expect(await rowsOf(f, `select state, size, handed_in from tracking.directive_files`)).toEqual([
    { state: 'stored', size: 10, handed_in: true },
  ])
  expect(
    await rowsOf(
      f,
      `select actor, detail ->> 'reason' as reason from sync.history where event = 'fileHandedIn'`,
    ),
  ).toEqual([by])
  expect(await onDisk(f)).toHaveLength(1)
  // Its source does not take it back.
  f.register.state.file = null
  await retryAll(f.app.store)
  await settleAll(f.app)
  expect(await rowsOf(f, `select size from tracking.directive_files`)).toEqual([{ size: 10 }])
})

it('hands nothing in for a directive that is withheld', async () => {
  const f = await source()
  f.register.state.file = (response) => response.writeHead(404).end()
  await pullAll(f.app)
  const [file] = await f.app.store.directiveFiles.open(5)
  await f.app.store.withholding.withhold(file!.directiveId, 'doubtful', f.app.clock.now())
  const given = { name: 'a.pdf', open: () => Readable.from([Buffer.from('x')]) }
  expect(await handIn(f.app, file!.id, given, by)).toBe('notWaited')
  expect(await f.app.store.directiveFiles.giveUp(file!.id, 'done', by, f.app.clock.now())).toBe(
    false,
  )
  expect(await onDisk(f)).toEqual([])
})
