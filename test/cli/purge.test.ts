/** `chidao purge`, by the real executable while no service runs. */
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memoryOnDisk, tellMemoryOnDisk } from '#src/cli/memory-on-disk.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let data: string
let env: Record<string, string>

beforeAll(async () => {
  register = await openRegister([row(1), row(2)])
  t = await testApp([profileAt(register.address)])
  await pullAll(t.app)
  data = await mkdtemp(join(tmpdir(), 'chidao-data-'))
  await symlink(t.filesDirectory, join(data, 'files'))
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: data,
  }
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
  await rm(data, { recursive: true })
})

const codes = async () => {
  const { rows } = await t.app.store.db.raw(`select id, code from sync.directive order by code`)
  return rows as { id: string; code: string }[]
}
const onDisk = async () => {
  const entries = await readdir(t.filesDirectory, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
const by = ['--authority', 'CV 12/VP-TH', '--as', 'trực ban']

it('removes nothing without a confirmation, an authority, or what is meant', async () => {
  const [first] = await codes()
  for (const [args, wrong] of [
    [[first!.code, ...by], /--dry-run/],
    [[first!.code, '--yes'], /--authority/],
    [[first!.code, '--yes', '--authority', ' '], /by whose decision/],
    [[first!.code, '--yes', '--authority', 'công văn (MẬT)'], /not eligible/],
    [[first!.code, '--yes', '--authority', 'x'], /must name a decision/],
    [[first!.code, '--dry-run', '--authority', 'theo chỉ đạo'], /with a letter and a digit/],
    [[first!.code, '--yes', '--authority', '12/2026'], /must name a decision/],
    [[first!.code, '--yes', '--authority', '\u200b\u00a0'], /by whose decision/],
    [[first!.code, '--yes', '--authority', 'CV 12 '.repeat(1700)], /longer than 300/],
  ] as const) {
    const { code, out, err } = await chidao(['purge', ...args], env)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(wrong)])
    expect(err).not.toContain('(MẬT)')
  }
  const absent = await chidao(['purge', '999/ABSENT', '--yes', ...by], env)
  expect([absent.code, absent.err]).toEqual([1, expect.stringContaining('holds nothing')])
  expect(absent.err).not.toContain('ABSENT')

  const shown = await chidao(['purge', first!.code, '--dry-run', '--json', ...by], env)
  expect(JSON.parse(shown.out)).toMatchObject({ dryRun: true, id: first!.id, copies: 1 })
  expect(Object.keys(JSON.parse(shown.out)).sort()).toEqual([
    'copies',
    'dryRun',
    'files',
    'id',
    'replies',
    'source',
    'tasks',
    'withheldBecause',
  ])
  expect(await codes()).toHaveLength(2)
}, 60_000)

it('removes one for good, with its files and keys, and leaves the history whole', async () => {
  await pullAll(t.app)
  const [first, second] = await codes()
  const { rows: files } = await t.app.store.db.raw(
    `select stored_as as name from sync.directive_file where directive_id = ? and stored_as is not null`,
    [first!.id],
  )
  expect(files).toHaveLength(1)
  expect(await onDisk()).toContain(files[0].name)
  const { code, out, err } = await chidao(['purge', first!.code, '--yes', '--json', ...by], env)
  expect([code, err]).toEqual([0, ''])
  const { purged } = JSON.parse(out)
  expect(await codes()).toEqual([second])
  const { rows } = await t.app.store.db.raw(
    `select id, actor, authority, keys, files, finished_at is not null as finished from sync.purge`,
  )
  expect(rows).toEqual([
    {
      id: purged,
      actor: 'trực ban',
      authority: 'CV 12/VP-TH',
      keys: [],
      files: [],
      finished: true,
    },
  ])
  expect(await onDisk()).toHaveLength(1)
  const audit = await chidao(['audit', 'verify'], env)
  expect(audit.code, audit.err).toBe(0)
  expect((await chidao(['purge', first!.code, '--yes', ...by], env)).code).toBe(1)

  // What the page of the command says of a source that goes on calling it ordinary.
  await pullAll(t.app)
  expect(await codes()).toHaveLength(2)
}, 60_000)

it('scrubs nothing without a confirmation, and says what it would do and cannot reach', async () => {
  const unconfirmed = await chidao(['purge', '--scrub'], env)
  expect([unconfirmed.code, unconfirmed.out]).toEqual([2, ''])
  const both = await chidao(['purge', '780/UBND', '--scrub', '--yes'], env)
  expect(both).toMatchObject({ code: 2, err: expect.stringMatching(/or --scrub, and not both/) })
  const shown = await chidao(['purge', '--scrub', '--dry-run'], env)
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toMatch(/Would write every table.*\n(.*\n)*.*backups.*\n(.*\n)*.*freed blocks/)
})

it.each([
  ['a partition', '/dev/sda2 partition 1 0 -2', ['/dev/sda2']],
  ['a file', '/swapfile file 1 0 -2\n/dev/sdb1 partition 1 0 -3', ['/swapfile', '/dev/sdb1']],
  ['compressed memory', '/dev/zram0 partition 1 0 100', []],
  ['a mapped device, which may be encrypted', '/dev/dm-1 partition 1 0 -2', []],
])('knows swap on %s', async (_, lines, swaps) => {
  const files: Record<string, string> = {
    '/proc/swaps': `Filename Type Size Used Priority\n${lines}\n`,
    '/sys/power/state': 'freeze mem disk\n',
    '/sys/power/resume': '8:2\n',
  }
  const found = await memoryOnDisk(async (path) => files[path] ?? '')
  expect(found).toEqual({ swaps, hibernates: true })
  expect(tellMemoryOnDisk(found)).toMatch(/hibernate/)
  files['/sys/power/resume'] = '0:0\n'
  const asleep = await memoryOnDisk(async (path) => files[path] ?? '')
  expect(asleep.hibernates).toBe(false)
  expect(tellMemoryOnDisk(await memoryOnDisk(async () => ''))).toBeNull()
})

it('says who may scrub', async () => {
  const name = `thuong_${Math.random().toString(36).slice(2)}`
  const { db } = t.app.store
  await db.raw(`create role ${name} login password 'x'`)
  try {
    const asOther = (url: string) => {
      const other = new URL(url)
      other.username = name
      other.password = 'x'
      return String(other)
    }
    const { code, err } = await chidao(['purge', '--scrub', '--yes'], {
      ...env,
      DATABASE_URL: asOther(t.url),
      KEYS_DATABASE_URL: asOther(`${t.url}_keys`),
    })
    expect([code, err]).toEqual([1, expect.stringMatching(/The login is no superuser/)])
  } finally {
    await db.raw(`drop owned by ${name}`)
    await db.raw(`drop role ${name}`)
  }
})
