/** What is stored as the full text is the file that the source announced; else the directive waits, and says why. */
import { afterEach, expect, it } from 'vitest'
import { settleDue } from '#src/flow/settle-due.ts'
import { contentOf, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'

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
  (await app.store.db.raw(`select size, note from tracking.directive_files`)).rows

it('leaves a directive pending and listed while its file is not the one announced, and tries again', async () => {
  const f = await source()
  const page = '<!doctype html><title>Đăng nhập</title>'.padEnd(contentOf(1).length)
  f.register.state.file = (response) =>
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(page)
  await pullAll(f.app)
  const announced = contentOf(1).length
  expect(await files(f)).toEqual([{ stored: false, size: null, note: null, announced }])
  expect(await shown(f)).toEqual([])
  expect(await f.app.store.attention.list({ at: f.app.clock.now() })).toMatchObject([
    { kind: 'stagingFailed', cause: 'notAnnounced' },
  ])
  expect(JSON.stringify(f.t.logged)).not.toContain('Đăng nhập')

  f.register.state.file = null
  await dueNow(f.app)
  await settleDue(f.app, { upTo: 1e9 })
  expect(await shown(f)).toEqual([{ size: announced, note: null }])
  expect(await f.app.store.attention.list({ at: f.app.clock.now() })).toEqual([])
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
  expect(whole?.files).toMatchObject([{ stored: true, note: 'typeDiffers' }])

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
  expect(await f.app.store.overview.failed(5)).toMatchObject([{ failure: 'notAnnounced' }])
})
