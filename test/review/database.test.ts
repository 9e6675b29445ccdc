import { existsSync } from 'node:fs'
import net from 'node:net'
import { Readable } from 'node:stream'
import type { Knex } from 'knex'
import pg from 'pg'
import { expect, it } from 'vitest'
import { openPasses } from '#src/flow/open-passes.ts'
import { recordReply } from '#src/flow.ts'
import { openLog } from '#src/log.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { openStore } from '#src/store/store.ts'
import { row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { duePasses, pull } from '#test/support/claims.ts'
import { testDatabase } from '#test/support/database.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { farSide, shown } from './far-side.ts'

it('migrates from two processes at once', async () => {
  await using database = await testDatabase()
  const two = [openDatabase({ url: database.url }), openDatabase({ url: database.url })]
  const ended = await Promise.allSettled(two.map((db) => migrate(db)))
  await Promise.all(two.map((db) => db.destroy()))
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
})

it('migrates after a process was killed while it migrated', async () => {
  await using database = await testDatabase()
  const db = openDatabase({ url: database.url })
  await migrate(db)
  // What a SIGKILL inside the first migration leaves: its transaction is undone, knex's lock row is not
  await db.raw(`drop schema sync, tracking cascade`)
  await db.raw(`delete from chidao_migration`)
  await db.raw(`update chidao_migration_lock set is_locked = 1`)
  const second = await migrate(db)
    .then(() => 'migrated')
    .catch((error: Error) => error.name)
  await db.destroy()
  expect(second).toBe('migrated')
})

it.each([
  ['its database', 'alter database :db: set default_transaction_read_only = on'],
  ['its login', 'alter role current_user in database :db: set default_transaction_read_only = on'],
  ['its session', 'set default_transaction_read_only = on'],
])('writes at once when %s is read-only no more', async (_, set) => {
  await using database = await testDatabase()
  const [db, other] = [1, 2].map(() => openDatabase({ url: database.url, poolSize: 1 })) as [
    Knex,
    Knex,
  ]
  const name = { db: new URL(database.url).pathname.slice(1) }
  const isSession = set.startsWith('set')
  await other.raw('create table t (n int)')
  await (isSession ? db : other).raw(set, isSession ? {} : name)
  const code = (error: { code: string }) => error.code
  expect(await db.raw('insert into t values (1)').catch(code)).toBe('25006')
  const back = set.replace('set default', 'reset default').replace(' = on', '')
  if (!isSession)
    await other.raw(`set transaction_read_only = off; begin read write; ${back}; commit`, name)
  expect((await db.raw('insert into t values (1)')).rowCount).toBe(1)
  await Promise.all([db, other].map((one) => one.destroy()))
})

it('makes the table of the keys from several processes at once', async () => {
  await using database = await testDatabase()
  const several = [1, 2, 3, 4, 5, 6].map(() => openDatabase({ url: database.keysUrl }))
  await Promise.all(several.map((db) => db.raw('select 1')))
  const ended = await Promise.allSettled(several.map((db) => migrateKeys(db)))
  await Promise.all(several.map((db) => db.destroy()))
  expect(ended.filter(({ status }) => status === 'rejected')).toEqual([])
})

it('keeps the files of a reply whose commit was answered by a lost connection', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const task = JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])
  const { rows } = await f.app.store.db.raw(
    `select tracking.classify((select id from tracking.directives), ?, 'cv') as id`,
    [task],
  )
  await admitWaiting(f.app.store)
  await using proxy = await losingCommits(f.t.url)
  const db = openDatabase({ url: proxy.url, poolSize: 2 })
  const lossy = openStore(db, db, { leaseMs: 60_000 })
  const app = { ...f.app, store: { ...f.app.store, replies: lossy.replies } }
  const content = {
    outcome: 'completed',
    completedOn: '2026-03-04',
    explanation: 'xong',
    document: null,
  } as const
  const file = {
    name: 'a.pdf',
    mediaType: 'application/pdf',
    content: Readable.from([Buffer.from('%PDF')]),
  }
  await recordReply(app, rows[0].id, content, [file], 'dv').catch(() => {})
  await db.destroy()
  const stored = await f.app.store.db.raw(`select stored_as from sync.reply_file`)
  expect(stored.rows).toHaveLength(1) // it was committed
  const name = stored.rows[0].stored_as as string
  expect(existsSync(`${f.t.filesDirectory}/${name.slice(0, 2)}/${name}`)).toBe(true)
})

it('goes on with a reading although the tracking software sits in an open transaction', async () => {
  await using f = await farSide([row(1), row(2)], { leaseMs: 1500 })
  await pullAll(f.app)
  f.rows[0] = row(1, { secret_id: 2, secret_name: 'Mật' })
  const sitting = new pg.Client({ connectionString: f.t.url })
  await sitting.connect()
  await sitting.query(`begin`)
  await sitting.query(
    `select tracking.act_at_once(id, 'cv') from tracking.directives where code like '781/%'`,
  )
  await openPasses(f.app, f.profile.name)
  const head = (await duePasses(f.app.store, 100)).find(({ kind }) => kind === 'head')!
  const ended = await Promise.race([
    pull(f.app, head.id).catch(() => 'threw'),
    new Promise((resolve) => setTimeout(() => resolve('still waiting'), 40_000)),
  ])
  await sitting.end()
  expect(ended).not.toBe('still waiting')
})

it('withholds what else became secret although the tracking software sits on one of it', async () => {
  await using f = await farSide([row(1), row(2), row(3)])
  await pullAll(f.app)
  for (const n of [1, 2, 3]) f.rows[n - 1] = row(n, { secret_id: 2, secret_name: 'Mật' })
  const sitting = new pg.Client({ connectionString: f.t.url })
  await sitting.connect()
  await sitting.query(`begin`)
  await sitting.query(
    `select tracking.act_at_once(id, 'cv') from tracking.directives where code like '781/%'`,
  )
  await openPasses(f.app, f.profile.name)
  const head = (await duePasses(f.app.store, 100)).find(({ kind }) => kind === 'head')!
  await pull(f.app, head.id).catch(() => {})
  const left = await f.app.store.db.raw(`select code from tracking.directives`)
  await sitting.end()
  expect(left.rows).toEqual([{ code: '781/UBND-NNMT' }])
})

it('logs nothing of what an error quotes, whatever stands in it', async () => {
  const lines: string[] = []
  const log = openLog({ level: 'info', stream: { write: (line) => void lines.push(line) } })
  const error = new Error('invalid value: "Kế hoạch ABC tuyệt mật\n(phụ lục.ts:1)"')
  log.jobFailed({ job: 'x', error })
  expect(lines.join()).not.toContain('phụ lục')
})

it('lists what failed when one of it waits for a person', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, { ...admitted('a'), revises: 'byMessage' } as never, now)
  await t.store.intake.stage(
    pass,
    { ...admitted('a', { version: 'v2', subject: 'Khác' }), revises: 'byMessage' } as never,
    now,
  )
  const { localTime } = await import('#src/cli/output.ts')
  const [failed] = await t.store.overview.failed(10)
  expect(failed).toMatchObject({ failure: 'conflict' })
  expect(() => localTime(failed!.dueAt as Date)).not.toThrow()
})

it('gives the role of the tracking software the views and functions of the contract and nothing else', async () => {
  await using t = await testStore()
  const { rows } = await t.store.db.raw(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not in ('pg_catalog', 'information_schema', 'tracking') and n.nspname !~ '^pg_'
       and c.relkind in ('r', 'v', 'S', 'm') and has_schema_privilege('chidao_tracking', n.oid, 'usage')
       and (has_table_privilege('chidao_tracking', c.oid, 'select') or has_table_privilege('chidao_tracking', c.oid, 'insert'))`,
  )
  expect(rows).toEqual([])
  const callable = await t.store.db.raw(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'sync' and has_schema_privilege('chidao_tracking', n.oid, 'usage')`,
  )
  expect(callable.rows).toEqual([])
  const publicly = await t.store.db.raw(
    `select p.oid::regprocedure::text as name from pg_proc p where p.pronamespace = 'tracking'::regnamespace
       and has_function_privilege('pg_monitor', p.oid, 'execute')`,
  )
  expect(publicly.rows).toEqual([])
})

it('keeps temporary objects of a caller out of the functions', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.db.transaction(async (tx) => {
    await tx.raw(`create temp table directive (id uuid) on commit drop`)
    await tx.raw(`set local role chidao_tracking`)
    await tx.raw(`select tracking.classify((select id from tracking.directives), '[]', 'cv')`)
  })
  expect(await shown({ store: t.store } as never)).toBe(1)
})

it('has an index for every reference that a deletion or a cascade follows', async () => {
  await using t = await testStore()
  const { rows } = await t.store.db.raw(
    `select c.conrelid::regclass || '(' || a.attname || ')' as reference
     from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confdeltype in ('c', 'n') and not exists (
       select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and i.indpred is null)
     order by 1`,
  )
  expect(rows.map(({ reference }: { reference: string }) => reference)).toEqual([])
})

it('survives nulls everywhere', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  const codes: string[] = []
  for (const sql of [
    `select tracking.classify(null, null, null)`,
    `select tracking.classify((select id from tracking.directives), null, null)`,
    `select tracking.classify((select id from tracking.directives), '[]', null)`,
    `select tracking.classify((select id from tracking.directives), '[1]', 'cv')`,
    `select tracking.classify((select id from tracking.directives), '[{"description":""}]', 'cv')`,
    `select tracking.refuse((select id from tracking.directives), null, 'cv')`,
    `select tracking.act_at_once(null, null)`,
    `select tracking.begin_work(null, null)`,
    `select tracking.reply(null, null, null)`,
    `select tracking.return_to_office(null, null, null)`,
  ])
    codes.push(
      await t.store.db.raw(sql).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    )
  expect(codes.filter((code) => !code.startsWith('CD'))).toEqual([])
})

/** Passes everything on, and breaks the connection once it has carried COMMIT to the server and back. */
async function losingCommits(url: string) {
  const at = new URL(url)
  const behind = Number(at.port)
  const server = net.createServer((client) => {
    const up = net.connect(behind, at.hostname)
    let committing = false
    client.on('data', (bytes) => {
      if (bytes.includes('COMMIT')) committing = true
      up.write(bytes)
    })
    up.on('data', (bytes) => {
      if (committing) {
        client.destroy()
        up.destroy()
      } else client.write(bytes)
    })
    for (const socket of [client, up]) socket.on('error', () => {})
    up.on('close', () => client.destroy())
    client.on('close', () => up.destroy())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  at.port = String((server.address() as net.AddressInfo).port)
  return {
    url: at.toString(),
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}
