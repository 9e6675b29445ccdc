/** One bad annex holds nothing up: what a message, which never changes, has broken is named, and the rest is stored. */
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { TakeFile } from '#connectors/connector.ts'
import { handOver, read } from '#connectors/vxp/fetching.ts'
import type { VxpProfile } from '#connectors/vxp/profile.ts'
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { withFiles } from '#test/edxml/messages.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { simulatedAxis } from '#test/support/axis.ts'
import { retryAll, settleAll } from '#test/support/claims.ts'

const by = { actor: 'quản trị', reason: 'đã xin bản khác' }

async function limits() {
  await using s = await simulatedAxis()
  return [...s.t.app.sources.values()][0]!.profile.limits
}

/** The app over an axis that has this one message. */
async function axisWith(message: string, more: Partial<VxpProfile> = {}) {
  const s = await simulatedAxis({ profile: more })
  const { app } = s.t
  const [source] = app.sources.values()
  const profile = source!.profile as VxpProfile
  const sent = Buffer.from(asDirective(message))
  const client = { open: async () => Readable.from([sent]) }
  Object.assign(source!.connector, {
    list: async () => ({
      ok: true,
      value: { items: [listed], next: null, total: 1, digest: null },
    }),
    read: async () => ({
      ok: true,
      value: await read(client as unknown as Parameters<typeof read>[0], profile, listed.ref),
    }),
    openFiles: (_: unknown, files: readonly AnnouncedFile[], take: TakeFile) =>
      handOver(source!.profile as VxpProfile, client.open, files, take),
  })
  const rows = async (sql: string) => (await app.store.db.raw(sql)).rows
  return {
    app,
    rows,
    logged: s.t.logged,
    raiseLimit: (maxFileBytes: number) =>
      Object.assign(source!, {
        profile: { ...profile, limits: { ...profile.limits, maxFileBytes } },
      }),
    files: () =>
      rows(
        `select stored_as is not null as stored, unusable from sync.directive_file order by position`,
      ),
    attention: () =>
      app.store.attention.list({ at: s.clock.now(), kinds: ['fileUnusable', 'stagingFailed'] }),
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

/** The sample, as one of the offices writes it whose directives these are. */
const asDirective = (message: string) =>
  message
    .replaceAll('000.00.00.H99', '000.00.00.H50')
    .replaceAll('UBND tỉnh Mẫu', 'UBND tỉnh Quảng Trị')
    .replaceAll('2025/03/10', '2026/01/20')
    .replace('SteeringType>0', 'SteeringType>1')

const listed = {
  unreadable: false,
  ref: { transportRef: 'm1', sourceRef: null },
  version: 'm1',
  header: null,
} as const

const pdf = Buffer.from('%PDF-1.7 toàn văn').toString('base64')
const withoutLast = (message: Buffer) =>
  message.toString().replace(/<Attachment>(?![\s\S]*<Attachment>)[\s\S]*?<\/Attachment>/, '')
const annexes: Readonly<Record<string, readonly [message: string, why: string]>> = {
  'has no content': [withFiles(['a.pdf', pdf], ['b.pdf', '']).toString(), 'noContent'],
  'is in the manifest alone': [
    withoutLast(withFiles(['a.pdf', pdf], ['b.pdf', pdf])),
    'notInMessage',
  ],
  'has a letter that is no base64': [
    withFiles(['a.pdf', pdf], ['b.pdf', `${pdf.slice(0, 8)}*${pdf.slice(9)}`]).toString(),
    'broken',
  ],
  'breaks off': [withFiles(['a.pdf', pdf], ['b.pdf', pdf.slice(0, 9)]).toString(), 'broken'],
}

it.each(Object.keys(annexes))(
  'stages a directive whose second file %s, and names that file',
  async (annex) => {
    const [message, why] = annexes[annex]!
    await using s = await axisWith(message)
    await pullAll(s.app)
    expect(await s.files()).toEqual([
      { stored: true, unusable: null },
      { stored: false, unusable: why },
    ])
    expect(await s.rows(`select files_complete as whole from tracking.directives`)).toEqual([
      { whole: false },
    ])
    expect(await s.rows(`select state from sync.intake`)).toEqual([{ state: 'staged' }])
    // Nothing more will come of it.
    expect(await s.rows(`select from sync.outbox where kind = 'acknowledge'`)).toHaveLength(1)
    const [item] = await s.attention()
    expect(item).toMatchObject({ kind: 'fileUnusable', cause: why, detail: { files: 1 } })
    expect(await s.app.store.directiveFiles.know(item!.id, by, start)).toBe(true)
    expect(await s.attention()).toEqual([])
    expect(await s.app.store.directiveFiles.know(item!.id, by, start)).toBe(false)
  },
)

it('stages one of which no file can be used at all', async () => {
  await using s = await axisWith(withFiles(['a.pdf', ''], ['b.pdf', '']).toString())
  await pullAll(s.app)
  expect(await s.rows(`select state from sync.intake`)).toEqual([{ state: 'staged' }])
  expect(await s.attention()).toMatchObject([{ kind: 'fileUnusable', detail: { files: 2 } }])
})

it('waits for a file that is larger than the limit, which can be raised', async () => {
  const large = Buffer.alloc(5000, 'x').toString('base64')
  await using s = await axisWith(withFiles(['a.pdf', pdf], ['b.pdf', large]).toString(), {
    limits: { ...(await limits()), maxFileBytes: 1000 },
  })
  await pullAll(s.app)
  expect(
    await s.rows(`select unusable from sync.directive_file where unusable is not null`),
  ).toEqual([])
  expect(await s.rows(`select state, failure from sync.directive_file order by position`)).toEqual([
    { state: 'stored', failure: null },
    { state: 'waiting', failure: 'tooLarge' },
  ])
  // By how much, an operator is told.
  expect(await s.app.store.directiveFiles.open(5)).toMatchObject([{ size: 5000 }])
  expect(await s.rows(`select from sync.outbox where kind = 'acknowledge'`)).toEqual([])
  s.raiseLimit(10_000)
  await retryAll(s.app.store)
  await settleAll(s.app)
  expect(
    await s.rows(`select state, size from tracking.directive_files order by position`),
  ).toEqual([
    { state: 'stored', size: Buffer.from(pdf, 'base64').length },
    { state: 'stored', size: 5000 },
  ])
  expect(await s.rows(`select from sync.outbox where kind = 'acknowledge'`)).toHaveLength(1)
})

/** A register whose second file never comes. */
async function registerWithout() {
  const register = await openRegister([row(1)])
  const t = await testApp([profileAt(register.address)])
  register.state.file = (response) => response.writeHead(500).end()
  await pullAll(t.app)
  return {
    ...t,
    register,
    open: () => t.app.store.directiveFiles.open(10),
    shown: async () => (await t.app.store.db.raw(`select from tracking.directives`)).rows.length,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

it('waits no longer for a file that a person gives up', async () => {
  await using s = await registerWithout()
  expect(await s.shown()).toBe(1)
  const [file] = await s.open()
  expect(await s.app.store.directiveFiles.giveUp(file!.id, 'done', by, start)).toBe(true)
  expect(await s.open()).toEqual([])
  const { rows } = await s.app.store.db.raw(
    `select event, actor, detail ->> 'reason' as reason from sync.history where event = 'fileGivenUp'`,
  )
  expect(rows).toEqual([{ event: 'fileGivenUp', ...by }])
  // Nothing asks for it any more, and doing it again does nothing.
  s.register.state.file = null
  await retryAll(s.app.store)
  await settleAll(s.app)
  const { rows: files } = await s.app.store.db.raw(
    `select stored_as, unusable from sync.directive_file`,
  )
  expect(files).toEqual([{ stored_as: null, unusable: 'givenUp' }])
  expect(await s.app.store.directiveFiles.giveUp(file!.id, 'done', by, start)).toBe(false)
})

it('fetches another version of a file that was given up', async () => {
  await using s = await registerWithout()
  const [file] = await s.open()
  await s.app.store.directiveFiles.giveUp(file!.id, 'done', by, start)
  s.register.state.file = null
  s.register.state.announced = { file_name: '1 (bản thay).pdf' }
  await s.app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
  const { rows } = await s.app.store.db.raw(`select id from sync.directive`)
  await s.app.store.db.raw(`update sync.directive set checked_at = '2020-01-01' where id = ?`, [
    rows[0].id,
  ])
  await pullAll(s.app)
  const { rows: files } = await s.app.store.db.raw(
    `select stored_as is not null as stored, unusable from sync.directive_file where superseded_by is null`,
  )
  expect(files).toEqual([{ stored: true, unusable: null }])
})

it('gives up no file that is stored, or that nobody has', async () => {
  await using s = await registerWithout()
  const { directiveFiles } = s.app.store
  for (const id of ['x', '00000000-0000-4000-8000-000000000000'])
    expect(await directiveFiles.giveUp(id, 'done', by, start)).toBe(false)
  expect(await s.open()).toHaveLength(1)
})
