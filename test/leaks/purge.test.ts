/**
 * What was purged is nowhere any more, after the steps that docs/purge.md tells operators to take: the test takes
 * them from that page. The same search finds every string before the purge.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { formsOfDigest, formsOfText, formsOfUuid } from '#src/cli/demo/forms.ts'
import { search } from '#src/cli/demo/leak-search.ts'
import type { Needle } from '#src/cli/demo/needles.ts'
import { captured, file, folder, type Place } from '#src/cli/demo/places.ts'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { scrubSteps } from '#src/store/scrubbing.ts'
import { root } from '#src/wiring.ts'
import { chidao } from '#test/cli/executable.ts'
import {
  contentOf,
  openRegister,
  profileAt,
  type Row,
  row,
} from '#test/connectors/paged-register.ts'
import { sha256 } from '#test/year/truth.ts'
import { storeTables, writeAheadLog } from './places.ts'
import { type LoudPostgres, leakDirectory, startLoudRedis, startPostgres } from './servers.ts'

const ref = 823_456_789
const said = {
  subject: 'Về việc rà soát hồ đập thủy lợi xung yếu trước mùa mưa bão',
  code: '4471/UBND-QZTHUYLOI',
  receiver: 'Ban quản lý công trình thủy lợi Quế Hòa',
  task: 'Kiểm tra từng cống lấy nước của hồ Khe Mước',
  explanation: 'Đã kiểm tra xong mười hai cống lấy nước',
  reply: 'BC-QZDAPHO',
}

it('is found nowhere after what operators are told to do', async () => {
  await using directory = leakDirectory()
  await using postgres = await startPostgres(directory.path)
  await using redis = await startLoudRedis(directory.path)
  const rows = [directiveRow(), row(2), row(3), row(4)]
  const register = await openRegister(rows)
  const folders = await foldersIn(directory.path, register.address)
  const [storeUrl, keysUrl] = await databasesOn(postgres)
  const env = {
    CHIDAO_CONFIG: join(folders.data, 'chidao.yaml'),
    CHIDAO_DATA: folders.data,
    DATABASE_URL: storeUrl,
    KEYS_DATABASE_URL: keysUrl,
    QUEUE_URL: redis.url,
    CHIDAO_CLOCK: clock,
  }
  const store = await connected(storeUrl)
  const keys = await connected(keysUrl)
  const service = start(folders, env)
  const one = async (sql: string) => (await store.query(sql).catch(() => ({ rows: [] }))).rows[0]
  try {
    const staged = `select count(*)::int as n from tracking.directives where files_complete`
    await vi.waitUntil(async () => (await one(staged))?.n === 4, patience)
    await answer(store)
    await vi.waitUntil(() => register.state.replies.length === 1, patience)
    // Sampled values of columns stay in the statistics of the planner.
    await store.query('analyze')
    const needles = await needlesOf(store, keys, join(folders.data, 'files'))
    const places = () => [
      folder('Postgres data', postgres.data, (name) => name.startsWith('pg_wal/')),
      writeAheadLog(join(postgres.data, 'pg_wal')),
      file('Postgres log', postgres.logFile),
      storeTables(storeUrl),
      storeTables(keysUrl, 'keys'),
      folder('data directory', folders.data),
      folder('service log', folders.logs),
      folder('Redis files', redis.directory),
      captured('Redis keys', redis.contents),
      captured('Redis memory', redis.memory),
    ]
    await postgres.flush()
    expect(await namesIn(places(), needles)).toEqual(expect.objectContaining(foundBefore(needles)))

    rows[0] = { ...directiveRow(), secret_id: 2, secret_name: 'Mật' }
    await vi.waitUntil(async () => (await one(staged)).n === 3, patience)
    const { rows: withheld } = await store.query(
      `select id from sync.directive where withheld_because = 'secret'`,
    )
    for (const { id } of withheld) {
      const by = ['--authority', 'QĐ 23/2016 Đ6.4', '--as', 'trực ban']
      const { code, err } = await chidao(['purge', id, '--yes', ...by], env)
      expect([code, err]).toEqual([0, ''])
    }
    const { rows: left } = await store.query(`select from sync.directive`)
    expect(left).toHaveLength(3)
    await ended(service)
    expect((await chidao(['audit', 'verify'], env)).code).toBe(0)

    const steps = await documentedSteps()
    expect(steps.map(withoutComment)).toEqual(scrubSteps)
    const scrubbed = await chidao(['purge', '--scrub', '--yes'], env)
    expect([scrubbed.code, scrubbed.err]).toEqual([0, ''])
    expect(scrubbed.out).toMatch(/backups from before the purge/)
    await redis.snapshot()
    expect(await namesIn(places(), needles)).toEqual({})
    // What was not purged is still there, so the search still sees.
    const { leaks } = await search({
      places: places(),
      canaries: formsOfText('another', 'triển khai nhiệm vụ số 3'),
    })
    expect(leaks.map(({ place }) => place)).toEqual(
      expect.arrayContaining(['Postgres data', 'tables']),
    )
    expect((await chidao(['audit', 'verify'], env)).code).toBe(0)
  } finally {
    await ended(service)
    await store.end()
    await keys.end()
    await register.close()
  }
}, 300_000)

const clock = formatClock(
  acceleratedClock({ origin: new Date('2026-03-04T02:00:00Z'), epochMs: Date.now(), speed: 1 }),
)
const patience = { timeout: 90_000, interval: 100 }

function directiveRow(): Row {
  return row(ref, {
    number: 4471,
    notation: said.code,
    abstract: said.subject,
    recipients: said.receiver,
  })
}

/** As docs/purge.md says: every statement of its page, in order. */
async function documentedSteps(): Promise<string[]> {
  const page = await readFile(join(root, 'docs/purge.md'), 'utf8')
  const blocks = [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql]) => sql!)
  return blocks
    .join('')
    .split(/;[^\n]*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

const withoutComment = (step: string) => step.replace(/\s*--[^\n]*$/, '')

async function answer(store: pg.Client): Promise<void> {
  const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
  const reply = {
    outcome: 'completed',
    completedOn: '2026-03-04',
    explanation: said.explanation,
    document: {
      number: '902',
      symbol: said.reply,
      issuedOn: '2026-03-04',
      typeName: 'Báo cáo',
      subject: 'Kết quả kiểm tra',
      signer: 'Nguyễn Văn Thử',
    },
  }
  await store.query(
    `select tracking.reply(assignment, $2, 'đơn vị') from tracking.directives d,
       lateral tracking.classify(d.id, $1, 'chuyên viên') assignment where d.subject = $3`,
    [JSON.stringify([{ description: said.task, dueOn: null, lead }]), reply, said.subject],
  )
}

/** What it says and is called, what stands for it, the key and the first bytes of its file. */
async function needlesOf(store: pg.Client, keys: pg.Client, files: string): Promise<Needle[]> {
  const { rows } = await store.query(
    `select d.id, d.content_digest as content, i.version, f.stored_as as "storedAs" from sync.directive d
     join sync.intake i on i.directive_id = d.id join sync.directive_file f on f.directive_id = d.id where d.subject = $1`,
    [said.subject],
  )
  const { id, content, version, storedAs } = rows[0]
  const { rows: key } = await keys.query('select key from directive_key where directive_id = $1', [
    id,
  ])
  const names = await readdir(files, { recursive: true, withFileTypes: true })
  const stored = names.find(({ name }) => name === storedAs)!
  const bytes = await readFile(join(stored.parentPath, stored.name))
  return [
    ...Object.entries(said).flatMap(([name, text]) => formsOfText(name, text)),
    ...formsOfText('reference', String(ref)),
    ...formsOfDigest('digest', content),
    ...formsOfDigest('version', version),
    ...formsOfDigest('file hash', sha256(contentOf(ref))),
    ...formsOfText('file name', `${ref}.pdf`),
    { name: 'key', form: 'raw', bytes: key[0].key },
    { name: 'stored file', form: 'its end', bytes: bytes.subarray(-48) },
    ...formsOfUuid('name of the stored file', storedAs),
  ]
}

async function namesIn(places: readonly Place[], needles: readonly Needle[]) {
  const { leaks } = await search({ places, canaries: needles })
  const found: Record<string, string[]> = {}
  for (const { name, place } of leaks) {
    found[name] ??= []
    if (!found[name].includes(place)) found[name].push(place)
  }
  return found
}

/** Each where it must be at least. */
function foundBefore(needles: readonly Needle[]): Record<string, unknown> {
  const places = (name: string) =>
    name === 'key'
      ? ['Postgres data', 'Postgres WAL']
      : name === 'stored file'
        ? ['data directory']
        : ['Postgres data', 'Postgres WAL', 'tables']
  return Object.fromEntries(
    [...new Set(needles.map(({ name }) => name))].map((name) => [
      name,
      expect.arrayContaining(places(name)),
    ]),
  )
}

async function foldersIn(path: string, address: string) {
  const folders = { data: join(path, 'chidao'), logs: join(path, 'logs') }
  for (const one of Object.values(folders)) await mkdir(one, { recursive: true })
  await writeFile(
    join(folders.data, 'chidao.yaml'),
    stringify({
      poll: { everySeconds: 0.5 },
      sweep: { everySeconds: 0.5 },
      sources: [profileAt(address)],
    }),
  )
  return folders
}

async function databasesOn({ urlOf }: LoudPostgres): Promise<[string, string]> {
  const admin = await connected(urlOf('postgres'))
  await admin.query('create database store')
  await admin.query('create database store_keys')
  await admin.end()
  return [urlOf('store'), urlOf('store_keys')]
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  return client
}

function start(folders: { logs: string }, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(join(root, 'bin/chidao'), ['start'], {
    env: {
      PATH: process.env.PATH,
      HOME: folders.logs,
      CHIDAO_LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout!.pipe(createWriteStream(join(folders.logs, 'stdout')))
  child.stderr!.pipe(createWriteStream(join(folders.logs, 'stderr')))
  return child
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(late)
}
