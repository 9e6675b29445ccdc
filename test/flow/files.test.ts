/** What is stored as the full text is the file that the source announced; else the file is waited for, and says why. */
import { afterEach, expect, it } from 'vitest'
import { contentOf, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { settleAll } from '#test/support/claims.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function source(): Promise<FarSide> {
  const f = await farSide([row(1)], {
    profile: { retries: { times: 2, firstPauseMs: 1, maxPauseMs: 5 } },
  })
  open.push(f)
  return f
}

const files = async ({ app }: FarSide) =>
  (
    await app.store.db.raw(
      `select stored_as is not null as stored, size, note, announced_size as announced from sync.directive_file`,
    )
  ).rows
const shown = async ({ app }: FarSide) =>
  (await app.store.db.raw(`select size, note from tracking.directive_files where state = 'stored'`))
    .rows

it('lists a file that is not the one announced, and tries again', async () => {
  const f = await source()
  const page = '<!doctype html><title>Đăng nhập</title>'.padEnd(contentOf(1).length)
  f.register.state.file = (response) =>
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(page)
  await pullAll(f.app)
  const announced = contentOf(1).length
  expect(await files(f)).toEqual([{ stored: false, size: null, note: null, announced }])
  expect(await shown(f)).toEqual([])
  expect(await f.app.store.directiveFiles.open(5)).toMatchObject([
    { failure: 'notAnnounced', isFullText: true, attempts: 1 },
  ])
  expect(JSON.stringify(f.t.logged)).not.toContain('Đăng nhập')

  f.register.state.file = null
  await dueNow(f.app)
  await settleAll(f.app)
  expect(await shown(f)).toEqual([{ size: announced, note: null }])
  expect(await f.app.store.directiveFiles.open(5)).toEqual([])
})

it('keeps a note of what is of another type than its name says, and loses it with another file', async () => {
  const f = await source()
  f.register.state.announced = { file_size: 5 }
  f.register.state.file = (response) => response.writeHead(200).end('PK\x03\x04.')
  await pullAll(f.app)
  expect(await shown(f)).toEqual([{ size: 5, note: 'typeDiffers' }])
  const whole = await f.app.store.overview.directive(
    (await f.app.store.overview.find('781/UBND-NNMT'))[0]!.id,
  )
  expect(whole?.files).toMatchObject([{ state: 'stored', note: 'typeDiffers' }])

  f.register.state.announced = {}
  f.register.state.file = null
  f.rows[0] = row(1, { abstract: 'Về việc triển khai nhiệm vụ khác' })
  await pullAll(f.app)
  expect(await shown(f)).toEqual([{ size: contentOf(1).length, note: null }])
})

it('stages nothing of a file that is cut where only the connection ends it', async () => {
  const f = await source()
  f.register.state.announced = { file_size: null }
  f.register.state.file = (response) => {
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7 nửa')
  }
  await pullAll(f.app)
  expect(await shown(f)).toEqual([])
  expect(await f.app.store.directiveFiles.open(5)).toMatchObject([{ failure: 'notAnnounced' }])
})

const filesAsked = ({ register }: FarSide) =>
  register.state.asked.filter(({ url }) => url.includes('/dinh-kem/')).length

/** A directive whose file did not come with it, and which its source shows otherwise by the time it is asked for again. */
async function afterwards(shownAs: Record<string, unknown> | null): Promise<FarSide> {
  const f = await source()
  f.register.state.file = (response) => response.writeHead(500).end()
  await pullAll(f.app)
  f.register.state.file = null
  if (shownAs) f.rows[0] = row(1, shownAs)
  else f.rows.length = 0
  await dueNow(f.app)
  return f
}

it.each([
  ['is secret', { secret_id: 2, secret_name: 'Mật' }, 'secret'],
  ['bears a mark', { abstract: 'Về việc (TỐI MẬT) triển khai nhiệm vụ số 1' }, 'otherSecret'],
  ['bears a code that nobody knows', { secret_id: 99, secret_name: '???' }, 'doubtful'],
])('fetches nothing more of a directive that %s by now', async (_, shownAs, because) => {
  const f = await afterwards(shownAs)
  const before = filesAsked(f)
  await settleAll(f.app)
  expect(filesAsked(f)).toBe(before)
  const { rows } = await f.app.store.db.raw(
    `select withheld_because as because from sync.directive`,
  )
  expect(rows[0].because).toBe(because)
  expect(await files(f)).toMatchObject([{ stored: false }])
})

it('fetches nothing while its source does not say what it is', async () => {
  const f = await afterwards(null)
  const before = filesAsked(f)
  await settleAll(f.app)
  expect(filesAsked(f)).toBe(before)
  const { rows } = await f.app.store.db.raw(`select state, failure from sync.directive_file`)
  expect(rows).toEqual([{ state: 'waiting', failure: 'notFound' }])
})

it('fetches what is still as it was', async () => {
  const f = await afterwards({})
  await settleAll(f.app)
  expect(await files(f)).toMatchObject([{ stored: true }])
})
