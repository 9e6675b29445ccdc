/** How long every page takes over HTTP with a million directives in the store, and what its slowest question is. */
import { rm } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { connect } from '#connectors/index.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import type { App, Source } from '#src/app.ts'
import { wallClock } from '#src/domain/clock.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { RefusedMemory } from '#src/domain/refused-memory.ts'
import { SecretDocuments } from '#src/domain/secret-documents.ts'
import { openLocalDisk } from '#src/files/local-disk.ts'
import { openCalendar } from '#src/flow/calendar-in-force.ts'
import { openLog } from '#src/log.ts'
import { openQueues } from '#src/queue.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { readCalendarFile, root } from '#src/wiring.ts'
import { type Databases, startServer } from './databases.ts'
import { fill, filledWith } from './pages/fill.ts'
import { type Explained, explained, planOf, watchStatements } from './pages/statements.ts'
import { openedForBench } from './pages/visitor.ts'
import { percentile, say, table } from './table.ts'

const directives = 1_000_000

/** With `store`, a directory, the directives stay there, and the next run measures without making them again. */
export async function pages({ short, store }: { short: boolean; store?: string | undefined }) {
  const count = short ? 20_000 : directives
  const times = short ? 5 : 30
  await using server = await startServer({ directory: store })
  const databases = store ? await server.kept() : await server.fresh()
  const { app, db, close } = await appOn(databases)
  await fillOnce(databases.db, count, app.calendar.version)
  const statements = watchStatements(db)
  const visitor = await openedForBench(app, await openQueues({ kind: 'none' }, ''))
  const heaviest: Explained[] = []
  const rows: string[][] = []
  for (const [name, path] of await pathsOf(databases, count)) {
    statements.taken()
    const first = await timed(() => visitor.get(path))
    const asked = statements.taken()
    const taken: number[] = []
    for (let n = 0; n < times; n++) taken.push(await timed(() => visitor.get(path)))
    const plans: Explained[] = []
    for (const one of asked) plans.push(await explained(databases.db, one))
    const most = plans.toSorted((a, b) => b.buffers - a.buffers)[0]
    if (most) heaviest.push(most)
    const figures = [first, percentile(taken, 50), percentile(taken, 95), Math.max(...taken)]
    const whole = [...new Set(plans.flatMap(({ readsWhole }) => readsWhole))].join(', ')
    const touched = [asked.length, most?.buffers ?? 0].map(String)
    rows.push([name, ...figures.map((ms) => ms.toFixed(0)), ...touched, whole])
  }
  await visitor.close()
  say(
    `Load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')} on ${cpus().length} cores.\n`,
  )
  say(table(columns, rows))
  await sayHeaviest(databases.db, heaviest)
  await close()
  // What a scrape tells of all time is counted behind it.
  if (rows.some(([name, ...row]) => name !== 'metrics' && row.at(-1) !== '')) process.exitCode = 1
}

const columns = [
  ...['page', 'first ms', 'p50 ms', 'p95 ms', 'most ms'],
  ...['statements', 'buffers of the heaviest', 'tables read whole'],
]

async function sayHeaviest(db: pg.Client, heaviest: readonly Explained[]): Promise<void> {
  const byTime = heaviest.toSorted((a, b) => b.ms - a.ms)[0]
  if (!byTime) return
  say(`\nThe slowest statement, ${byTime.ms.toFixed(0)} ms, ${byTime.buffers} buffers:\n`)
  say(`${byTime.sql.trim()}\n\n${await planOf(db, byTime)}`)
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
    sources: await sourcesOf(store),
    calendar: await openCalendar(store, shipped, new Date()),
    secrets: new SecretDocuments(),
    clock: wallClock,
    log: openLog({ level: 'error' }),
    later: { ring() {} },
    worker: 'bench',
    leaseMs: 60_000,
  }
  const close = async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
  return { app, db, close }
}

/** Named as those of the directives are; pages ask them nothing. */
async function sourcesOf(store: Store): Promise<Map<string, Source>> {
  const importFrom = addDays(localDateOf(new Date()), -1095)
  const since = { baseUrl: 'http://127.0.0.1:9', importFrom, liveFrom: importFrom }
  const profiles = [
    simulatedRestProfile({ ...since, token: 'bench' }),
    simulatedVxpProfile({ ...since, systemId: 'sys.bench', secret: 'bench' }),
  ]
  const sources = new Map<string, Source>()
  for (const profile of profiles) {
    const connector = connect(profile, {})
    await store.sources.register(profile.name, connector.can, 'bench')
    sources.set(profile.name, { profile, connector, refused: new RefusedMemory() })
  }
  return sources
}

async function timed(get: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await get()
  return performance.now() - began
}

async function pathsOf({ db }: Databases, count: number): Promise<[string, string][]> {
  const one = await db.query(
    `select id, code from sync.directive where withheld_at is null and classified_at is not null limit 1 offset 1000`,
  )
  const deep = await db.query(
    `select id, issued_on::text as day from sync.directive where withheld_at is null order by issued_on desc, id desc limit 1 offset ${Math.floor(count / 2)}`,
  )
  const reply = await db.query(`select id from sync.outbox where kind = 'reply' limit 1`)
  const run = await db.query(`select id from sync.pass limit 1 offset 100`)
  const { id, code } = one.rows[0]
  const deepPlace = `after=${deep.rows[0].day}_${deep.rows[0].id}`
  const lastYear = new Date(Date.now() - 365 * 86_400_000).toISOString().slice(0, 7)
  const q = (text: string) => `/directives?q=${encodeURIComponent(text)}`
  return [
    ['overview, 30 days', '/'],
    ['overview, 24 hours', '/?span=hour'],
    ['overview, 12 months', '/?span=month'],
    ['deadlines', '/deadlines'],
    ['deadlines, flash, one issuer', '/deadlines?urgency=flash&issuer=chu+tich'],
    ['deadlines, overdue', '/deadlines?pressing=overdue'],
    ['deadlines, soon, one kind', '/deadlines?pressing=soon&kind=Ch%E1%BB%89+th%E1%BB%8B'],
    ['deadlines, one source', '/deadlines?source=truc-vxp&urgency=urgent'],
    ['deadlines, one day', `/deadlines?day=${new Date().toISOString().slice(0, 10)}`],
    ['deadlines, a month a year ago', `/deadlines?month=${lastYear}`],
    ['directives, newest', '/directives'],
    ['directives, deep in the list', `/directives?${deepPlace}`],
    ['directives, by code', q(code)],
    ['directives, common word', q('cong tac')],
    ['directives, rare words', q('phong chong thien tai Gio Linh dot 517')],
    ['directives, no such word', q('khongcotunay')],
    ['directives, half a word', q('phong chong thien ta')],
    ['directives, signer and source', '/directives?signer=le+quang&source=qlvb-tinh'],
    ['directives, word and signer', '/directives?q=ung+pho&signer=dung'],
    ['directives, issuer', '/directives?issuer=thu+tuong'],
    ['directives, no such issuer', '/directives?issuer=khongco'],
    ['directives, no such signer', '/directives?signer=khongco'],
    ['directives, no such code', q('999999/QĐ-XYZ')],
    ['directives, word and a day', '/directives?q=cong+tac&from=2025-03-03&until=2025-03-03'],
    ['directives, common word, deep', `${q('cong tac')}&${deepPlace}`],
    ['directives, source, deep', `/directives?source=truc-vxp&${deepPlace}`],
    ['directives, back from deep', `/directives?${deepPlace.replace('after', 'before')}`],
    ['directives, words of a year ago', q(`dot 51 nam ${lastYear.slice(0, 4)}`)],
    ['directives, common two years ago', q(`cong tac nam ${Number(lastYear.slice(0, 4)) - 1}`)],
    ['directives, word and refused', `${q('cong tac')}&state=refused`],
    ['directives, word and open', `${q('cong tac')}&state=open`],
    ['directives, classified', '/directives?state=classified'],
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
    ['replies, delivered', '/replies?state=delivered&source=truc-vxp'],
    ['runs, failed', '/runs?state=failed'],
    ['runs, deep readings', '/runs?kind=deep&source=truc-vxp'],
    ['attention, one source', '/attention?source=truc-vxp&kind=sendRejected'],
    ['JSON: overview', '/api/overview'],
    ['JSON: deadlines', '/api/deadlines'],
    ['JSON: directives, 500', '/api/directives?limit=500'],
    ['JSON: one directive', `/api/directives/${id}`],
    ['JSON: attention', '/api/attention'],
    ['JSON: runs', '/api/runs'],
    ['metrics', '/metrics'],
  ]
}
