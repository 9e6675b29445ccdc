/**
 * The search is shown builds that leak, one leak of each kind: it must see each, and say where. Leaks are made by one build
 * where none of them can be taken for another, by its place or its form, whatever its reference looks like.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formsOfText } from '#src/cli/demo/forms.ts'
import { search } from '#src/cli/demo/leak-search.ts'
import { root } from '#src/wiring.ts'
import type { Patch } from '#test/support/leaking-build.ts'
import { placesOf } from './places.ts'
import { runService } from './run.ts'
import {
  type LoudPostgres,
  type LoudRedis,
  leakDirectory,
  startLoudPostgres,
  startLoudRedis,
} from './servers.ts'
import { canariesOf } from './wanted.ts'

type Build = 'in passing' | 'of what was refused' | 'as owner' | 'unfinished' | 'dying'

interface Leak {
  readonly build: Build
  readonly place: string
  /** As the search names it: what leaked, and not only that something did. */
  readonly form?: RegExp
  readonly patches: readonly Patch[]
}

/** Right where a message has been refused; `item`, `pass` and `app` are in scope. */
const whenRefused = (insert: string): Patch => ({
  file: 'src/flow/take-rows.ts',
  before: 'reading.refused(settled)',
  insert: `{ const app = globalThis.__app; ${insert} }`,
})

/** Where a message has been read whole; `message`, `item` and, below, `app` are in scope. */
const whenRead = (insert: string): Patch => ({
  file: 'src/flow/admit.ts',
  before: 'const admission = decide(message.value, version',
  insert: `if (message.value.header.subject?.includes('QZ')) { const app = globalThis.__app; ${insert} }`,
})

const appForAll: Patch = {
  file: 'src/worker/claimer.ts',
  before: 'const hands = openHands(app, wake)',
  insert: 'globalThis.__app = app',
}

/** With the rights of the service alone no table could be made or altered. */
const asOwner: Patch = {
  file: 'src/store/database.ts',
  before: 'return knex({',
  insert: 'role = undefined',
}

const subject = 'message.value.header.subject'
const reference = 'item.ref.transportRef'

const dyingOfAnError = whenRead(
  `setTimeout(() => { throw Object.assign(new Error(${subject}), { detail: ${subject}, item }) }, 0)`,
)

const leaks: Record<string, Leak> = {
  'a log line with a subject': {
    build: 'in passing',
    place: 'service log',
    form: /^UTF-8$/,
    patches: [whenRead(`process.stderr.write(JSON.stringify({ msg: ${subject} }) + '\\n')`)],
  },
  'a row that was rolled back': {
    build: 'unfinished',
    place: 'Postgres WAL',
    patches: [
      whenRead(
        `await app.store.db.transaction(async (tx) => { await tx.raw("insert into sync.calendar values (?, '{}', now())", [${subject}]); throw new Error('never mind') }).catch(() => {})`,
      ),
    ],
  },
  // Last of its build: it goes no further.
  'the text of an error, kept by the queue': {
    build: 'unfinished',
    place: 'job data',
    patches: [
      whenRead(`throw new Error('cannot decide on ' + ${subject})`),
      {
        file: 'src/worker/hands.ts',
        before: 'ended = ourMistake',
        insert: 'globalThis.__mistake = error',
      },
      {
        file: 'src/worker.ts',
        before: 'if (done.ended === ourMistake)',
        insert:
          'if (done.ended === ourMistake) throw new UnrecoverableError(globalThis.__mistake.message)',
      },
    ],
  },
  'a row in the intake': {
    build: 'as owner',
    // Settled and forgotten again at once, which leaves it in the file.
    place: 'Postgres data',
    form: /^digits in UTF-8$/,
    patches: [
      whenRefused(
        `await app.store.db.raw("insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, seen_at) values (gen_random_uuid(), ?, ?, 'x', ?, ?, 'failed', now(), now()) on conflict do nothing", [pass.source, ${reference}, item.version, pass.id])`,
      ),
    ],
  },
  'a number in a column of a table': {
    build: 'of what was refused',
    place: 'Postgres data',
    form: /^int8 LE$/,
    patches: [
      asOwner,
      whenRefused(
        `await app.store.db.raw('create table if not exists sync.seen (n bigint)').catch(() => {}); await app.store.db.raw('insert into sync.seen values (?)', [${reference}]); await app.store.db.raw('delete from sync.seen')`,
      ),
    ],
  },
  'a short hash of a reference': {
    build: 'as owner',
    place: 'tables',
    form: /^sha256 in hex$/,
    patches: [
      asOwner,
      whenRefused(
        `await app.store.db.raw('create table if not exists sync.refused (trace text)').catch(() => {}); await app.store.db.raw('insert into sync.refused values (left(encode(sha256(?::text::bytea), \\'hex\\'), 16))', [String(${reference})])`,
      ),
    ],
  },
  'an unmapped code longer than allowed': {
    build: 'dying',
    place: 'tables',
    patches: [
      asOwner,
      whenRead(
        `await app.store.db.raw('alter table sync.unmapped_code drop constraint if exists unmapped_code_code_check'); await app.store.sources.countUnmapped(source.profile.name, 'symbol', message.value.header.symbol, 1, new Date())`,
      ),
    ],
  },
  'an error of Postgres with its values': {
    build: 'in passing',
    place: 'Postgres log',
    form: /^UTF-8$/,
    patches: [
      whenRead(
        `await app.store.sources.countUnmapped(source.profile.name, 'subject', ${subject}, 1, new Date()).catch(() => {})`,
      ),
    ],
  },
  'a ring that carries a reference': {
    build: 'of what was refused',
    place: 'Redis files',
    form: /^digits in UTF-8$/,
    patches: [
      whenRefused(
        `const { Queue } = await import('bullmq'); const { Redis } = await import('ioredis'); const redis = new Redis(process.env.QUEUE_URL, { maxRetriesPerRequest: null }); const queue = new Queue('upkeep', { connection: redis }); await queue.add('tidy-files', { about: 'item ' + ${reference} }); await queue.close(); redis.disconnect()`,
      ),
    ],
  },
  'a key in Redis that lives for a second': {
    build: 'in passing',
    place: 'Redis files',
    patches: [
      whenRead(
        `const { Redis } = await import('ioredis'); const redis = new Redis(process.env.QUEUE_URL); await redis.set('refused:' + ${subject}, '1', 'PX', 1000); redis.disconnect()`,
      ),
    ],
  },
  'a temporary file, by its name': {
    build: 'of what was refused',
    place: 'temporary files',
    form: /^digits in UTF-8$/,
    patches: [
      whenRefused(
        `(await import('node:fs')).writeFileSync((await import('node:os')).tmpdir() + '/message-' + ${reference} + '.xml', '')`,
      ),
    ],
  },
  'a file in UTF-16 beside the files of others': {
    build: 'in passing',
    place: 'file store',
    form: /UTF-16LE/,
    patches: [
      whenRead(
        `(await import('node:fs')).writeFileSync(process.env.CHIDAO_DATA + '/files/cache', Buffer.from(${subject}, 'utf16le'))`,
      ),
    ],
  },
  // Last of its build, too.
  'the last words of a process that dies of an error': {
    build: 'dying',
    place: 'service log',
    form: /^UTF-8$/,
    patches: [
      dyingOfAnError,
      {
        file: 'src/main.ts',
        before: "process.on('uncaughtException'",
        insert: "const off = { on() {} }; off.on('uncaughtException'",
        instead: true,
      },
    ],
  },
  'a heap snapshot': {
    build: 'in passing',
    place: 'working directory',
    patches: [
      whenRead(
        `if (!globalThis.__dumped) { globalThis.__dumped = true; (await import('node:v8')).writeHeapSnapshot() }`,
      ),
    ],
  },
}

const hasOps = existsSync(join(root, 'src/ops/ops.ts'))
if (hasOps)
  leaks['a label of a metric'] = {
    build: 'in passing',
    place: 'metrics and pages',
    form: /^UTF-8$/,
    patches: [
      {
        file: 'src/ops/ops.ts',
        before: 'const counted = watched(app, registry)',
        insert: 'globalThis.__registry = registry',
      },
      whenRead(
        `const { Counter } = await import('prom-client'); globalThis.__counter ??= new Counter({ name: 'chidao_refused', help: 'x', labelNames: ['subject'], registers: [globalThis.__registry] }); globalThis.__counter.inc({ subject: ${subject} })`,
      ),
    ],
  }

const directory = leakDirectory()
let postgres: LoudPostgres
let redis: LoudRedis
beforeAll(async () => {
  postgres = await startLoudPostgres(directory.path)
  redis = await startLoudRedis(directory.path)
})
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

it('tells of an error that ends the process neither what it says nor what it holds', async () => {
  const run = await runService({
    directory: directory.path,
    postgres,
    redis,
    seed: 'last-words',
    leak: [dyingOfAnError],
    documentsPerDay: 4,
  })
  const { leaks: found, blind } = await search({
    places: placesOf(run, postgres, redis).filter(({ name }) => name === 'service log'),
    canaries: await canariesOf(run.register, run.paged),
    controls: [{ place: 'service log', needle: formsOfText('its end', 'a mistake of ours')[0]! }],
  })
  expect({ found, blind }).toEqual({ found: [], blind: [] })
}, 120_000)

const builds = Map.groupBy(Object.entries(leaks), ([, { build }]) => build)

it.each([...builds])(
  'sees through a build that leaks %s',
  async (build, leaking) => {
    const run = await runService({
      directory: directory.path,
      postgres,
      redis,
      seed: build.replace(/\W+/g, '-'),
      leak: patchesOf(leaking.map(([, leak]) => leak)),
      documentsPerDay: 4,
    })
    await postgres.flush()
    const searched = new Set(leaking.map(([, { place }]) => place))
    const { leaks: found } = await search({
      places: placesOf(run, postgres, redis).filter(({ name }) => searched.has(name)),
      canaries: await canariesOf(run.register, run.paged),
    })
    const unseen = leaking.filter(
      ([, { place, form = /./ }]) =>
        !found.some((find) => find.place === place && form.test(find.form)),
    )
    expect(unseen.map(([kind]) => kind)).toEqual([])
  },
  240_000,
)

/** What two of them need stands once. */
function patchesOf(together: readonly Leak[]): Patch[] {
  const all = [appForAll, ...together.flatMap(({ patches }) => patches)]
  return [...new Map(all.map((patch) => [patch.insert, patch])).values()]
}
