/** How long every page takes over HTTP with a million directives in the store, and what its slowest question is. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type pg from 'pg'
import type { App } from '#src/app.ts'
import { wallClock } from '#src/domain/clock.ts'
import { openLocalDisk } from '#src/files/local-disk.ts'
import { openCalendar } from '#src/flow/calendar-in-force.ts'
import { SecretDocuments } from '#src/flow/secret-documents.ts'
import { openLog } from '#src/log.ts'
import { openQueues } from '#src/queue.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { openStore } from '#src/store/store.ts'
import { readCalendarFile, root } from '#src/wiring.ts'
import { type Databases, startServer } from './databases.ts'
import { fill, filledWith } from './pages/fill.ts'
import { openedForBench } from './pages/visitor.ts'
import { say, table } from './table.ts'

const directives = 1_000_000

interface Slowest {
  ms: number
  sql: string
  bindings: readonly unknown[]
}

/** With `store`, a directory, the directives stay there, and the next run measures without making them again. */
export async function pages({ short, store }: { short: boolean; store?: string | undefined }) {
  const count = short ? 20_000 : directives
  const times = short ? 5 : 40
  await using server = await startServer({ directory: store })
  const databases = store ? await server.kept() : await server.fresh()
  const { app, db, close } = await appOn(databases)
  await fillOnce(databases.db, count, app.calendar.version)
  const slowest = watchStatements(db)
  const visitor = await openedForBench(app, await openQueues({ kind: 'none' }))
  const rows: string[][] = []
  for (const [name, path] of await pathsOf(databases)) {
    const first = await timed(() => visitor.get(path))
    const taken: number[] = []
    for (let n = 0; n < times; n++) taken.push(await timed(() => visitor.get(path)))
    taken.sort((a, b) => a - b)
    const at = (share: number) =>
      taken[Math.min(taken.length - 1, Math.floor(taken.length * share))]!
    rows.push([name, ...[first, at(0.5), at(0.95), taken.at(-1)!].map((ms) => ms.toFixed(0))])
  }
  say(table(['page', 'first ms', 'p50 ms', 'p95 ms', 'most ms'], rows))
  await visitor.close()
  say(`\nThe slowest statement, ${slowest.ms.toFixed(0)} ms:\n\n${slowest.sql.trim()}\n`)
  const { rows: plan } = await db.raw(
    `explain (analyze, buffers) ${slowest.sql}`,
    slowest.bindings as never,
  )
  say(plan.map((line: Record<string, string>) => line['QUERY PLAN']).join('\n'))
  await close()
}

async function fillOnce(db: pg.Client, count: number, calendarVersion: string): Promise<void> {
  const there = await filledWith(db)
  if (there === count) return say(`The ${count} directives of an earlier run.\n`)
  const { rows } = await db.query(`select exists (select from sync.directive) as some`)
  if (rows[0].some)
    throw new Error(
      `The store holds ${there ?? 'a part of the'} directives, not ${count}: name another directory.`,
    )
  const began = performance.now()
  await fill(db, count, calendarVersion)
  say(`${count} directives made in ${Math.round((performance.now() - began) / 1000)} s.\n`)
}

async function appOn({ url, keysUrl }: Databases) {
  const db = openDatabase({ url, poolSize: 12 })
  const keysDb = openDatabase({ url: keysUrl, poolSize: 2 })
  await migrate(db)
  await migrateKeys(keysDb)
  const store = openStore(db, keysDb, { leaseMs: 60_000 })
  const shipped = readCalendarFile(join(root, 'config/calendar/vietnam.json'))
  const directory = join('/var/tmp', `chidao-bench-files-${process.pid}`)
  const app: App = {
    store,
    files: await openLocalDisk(directory),
    sources: new Map(),
    calendar: await openCalendar(store, shipped, new Date()),
    secrets: new SecretDocuments(),
    clock: wallClock,
    log: openLog({ level: 'error' }),
    later: { ring: async () => {} },
    worker: 'bench',
    leaseMs: 60_000,
  }
  const close = async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
  return { app, db, close }
}

/** From when it was sent to when it was answered, the slowest one with what it was asked with. */
function watchStatements(db: Knex): Slowest {
  const slowest: Slowest = { ms: 0, sql: '', bindings: [] }
  const begun = new Map<string, number>()
  db.on('query', ({ __knexQueryUid }) => begun.set(__knexQueryUid, performance.now()))
  db.on('query-response', (_response, { __knexQueryUid, sql, bindings }) => {
    const ms = performance.now() - (begun.get(__knexQueryUid) ?? performance.now())
    begun.delete(__knexQueryUid)
    if (ms > slowest.ms && /^\s*(select|with)/i.test(sql))
      Object.assign(slowest, { ms, sql: sql.replace(/\$\d+/g, '?'), bindings })
  })
  return slowest
}

async function timed(get: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await get()
  return performance.now() - began
}

async function pathsOf({ db }: Databases): Promise<[string, string][]> {
  const one = await db.query(
    `select id, code from sync.directive where withheld_at is null and classified_at is not null limit 1 offset 1000`,
  )
  const deep = await db.query(
    `select id, issued_on::text as day from sync.directive where withheld_at is null order by issued_on desc, id desc limit 1 offset 5000`,
  )
  const reply = await db.query(`select id from sync.outbox where kind = 'reply' limit 1`)
  const run = await db.query(`select id from sync.pass limit 1 offset 100`)
  const { id, code } = one.rows[0]
  const q = (text: string) => `/directives?q=${encodeURIComponent(text)}`
  return [
    ['overview, 30 days', '/'],
    ['overview, 24 hours', '/?span=hour'],
    ['overview, 12 months', '/?span=month'],
    ['deadlines', '/deadlines'],
    ['deadlines, flash, one issuer', '/deadlines?urgency=flash&issuer=chu+tich'],
    ['deadlines, overdue', '/deadlines?pressing=overdue'],
    ['directives, newest', '/directives'],
    ['directives, deep in the list', `/directives?after=${deep.rows[0].day}_${deep.rows[0].id}`],
    ['directives, by code', q(code)],
    ['directives, common word', q('cong tac')],
    ['directives, rare words', q('phong chong thien tai Gio Linh dot 517')],
    ['directives, no such word', q('khongcotunay')],
    ['directives, half a word', q('dot 51')],
    ['directives, signer and source', '/directives?signer=le+quang&source=qlvb-tinh'],
    ['directives, word and signer', '/directives?q=ung+pho&signer=dung'],
    ['directives, a month', '/directives?from=2025-03-01&until=2025-03-31'],
    ['directives, to be classified', '/directives?state=open'],
    ['directives, recalled', '/directives?state=recalled'],
    ['one directive', `/directives/${id}`],
    ['replies', '/replies'],
    ['replies, unconfirmed', '/replies?state=unconfirmed'],
    ['one reply', `/replies/${reply.rows[0].id}`],
    ['attention', '/attention'],
    ['attention, withheld', '/attention?kind=withheld'],
    ['runs', '/runs'],
    ['one run', `/runs/${run.rows[0].id}`],
    ['sources', '/sources'],
    ['one source', '/sources/qlvb-tinh'],
  ]
}
