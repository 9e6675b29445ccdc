import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { duePasses, pull, sendDue, settleAll } from '#test/support/claims.ts'
import { admitted, kept, now, runningPass, testStore, withholdRef } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'
import { dueNow, farSide, held, shown, withConnector } from './far-side.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }

it('withholds at the next reading what a lost connection kept from being withheld', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  expect(await shown(f.app)).toBe(1)
  f.rows[0] = row(1, secret)
  // Postgres ends the connection while the withholding waits for its row
  await using other = new Client(f.t.url)
  await other.begin(`select from sync.directive for update`)
  const pulling = pullAll(f.app).catch(() => 'threw')
  await other.terminateWaiting()
  await other.end()
  await pulling
  await dueNow(f.app)
  await pullAll(f.app)
  await f.app.store.db.raw(`update sync.source set deep_read_at = null`)
  await pullAll(f.app)
  expect(await shown(f.app)).toBe(0)
})

it('withholds what another reading staged after it had been found secret', async () => {
  await using f = await farSide([row(1)])
  const gate = held()
  const reached = held()
  const slow = withConnector(f.app, (connector) => ({
    read: async (ref) => {
      const message = await connector.read(ref)
      reached.release()
      await gate.until
      return message
    },
  }))
  const { openPasses } = await import('#src/flow/open-passes.ts')
  await openPasses(f.app, f.profile.name)
  const due = await duePasses(f.app.store, 100)
  const head = due.find(({ kind }) => kind === 'head')!
  const deep = due.find(({ kind }) => kind === 'deep')!
  const heading = pull(slow, head.id)
  await reached.until
  f.rows[0] = row(1, secret)
  await pull(f.app, deep.id)
  gate.release()
  await heading
  for (let poll = 0; poll < 3; poll++) {
    await dueNow(f.app)
    await f.app.store.db.raw(`update sync.source set deep_read_at = null`)
    await pullAll(f.app)
  }
  expect(await shown(f.app)).toBe(0)
})

it('withholds what turns out to be secret when a failed revision is taken up again', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const { rows } = await f.app.store.db.raw(`select * from sync.intake`)
  await f.app.store.db.raw(
    `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, seen_at) values (?, ?, '1', ?, 'v2', ?, 'failed', now(), now())`,
    [randomUUID(), f.profile.name, rows[0].source_ref, rows[0].pass_id],
  )
  f.rows[0] = row(1, secret)
  await settleAll(f.app)
  expect(await shown(f.app)).toBe(0)
})

it('does not fall into a deadlock when a directive is withheld while its last file arrives', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const file = { ref: 'f1', name: 'a.pdf', mediaType: null, size: 10 }
  const { files } = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  await using other = new Client(t.url)
  await other.begin(`select from sync.directive for update`)
  const withholding = withholdRef(t.store, 'nguon', 'a', now).catch((e) => e.code)
  await other.waiting(1)
  const completing = t.store.fileClaims
    .store(files!, kept(files!.files[0]!), now)
    .catch((e) => e.code ?? e.name)
  await other.waiting(2)
  await other.end()
  expect(await Promise.all([withholding, completing])).not.toContain('40P01')
})

it('does not fall into a deadlock when a directive is withheld while a revision is staged', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await using other = new Client(t.url)
  await other.begin(`select from sync.directive for update`)
  const staging = t.store.intake
    .stage(pass, admitted('a', { version: 'v2', subject: 'Đã sửa' }), now)
    .catch((e) => e.code)
  await other.waiting(1)
  const withholding = withholdRef(t.store, 'nguon', 'a', now).catch((e) => e.code)
  await other.waiting(2)
  await other.end()
  expect(await Promise.all([staging, withholding])).not.toContain('40P01')
})

it('sends nothing more about a directive that is withheld', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const { rows } = await f.app.store.db.raw(
    `select tracking.classify((select id from tracking.directives), ?, 'cv') as id`,
    [JSON.stringify([{ description: 'x', dueOn: null, lead: { code: 'A', name: 'A' } }])],
  )
  await f.app.store.db.raw(`select tracking.reply(?, ?, 'dv')`, [
    rows[0].id,
    JSON.stringify({ outcome: 'completed', completedOn: '2026-03-04', explanation: 'xong' }),
  ])
  await admitWaiting(f.app.store)
  f.rows[0] = row(1, secret)
  await pullAll(f.app)
  await dueNow(f.app)
  await pullAll(f.app)
  expect(await shown(f.app)).toBe(0)
  await sendDue(f.app)
  expect(f.register.state.replies).toEqual([])
})

// With the fuse that it needs, in what comes after staging (docs/decisions/0012).
it('withholds what is stored when its secrecy becomes unreadable', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  f.rows[0] = row(1, { secret_id: 99, secret_name: '???' })
  await pullAll(f.app)
  expect(await shown(f.app)).toBe(0)
})

it('goes on with the reading when one of its directives is withheld during its files', async () => {
  await using f = await farSide([row(1), row(2)])
  let done = false
  const app = withConnector(f.app, (connector) => ({
    openFiles: async (ref, files, take) => {
      if (!done) {
        done = true
        await withholdRef(f.app.store, f.profile.name, ref.sourceRef, now)
      }
      return connector.openFiles(ref, files, take)
    },
  }))
  const { openPasses } = await import('#src/flow/open-passes.ts')
  await openPasses(app, f.profile.name)
  const due = await duePasses(app.store, 100)
  expect(await pull(app, due.find(({ kind }) => kind === 'head')!.id)).toBe('done')
})

/** A session of somebody else. */
class Client implements AsyncDisposable {
  readonly #client: pg.Client
  readonly #connected: Promise<unknown>
  constructor(url: string) {
    this.#client = new pg.Client({ connectionString: url })
    this.#connected = this.#client.connect()
  }
  async begin(sql: string) {
    await this.#connected
    await this.#client.query(`begin`)
    await this.#client.query(sql)
  }
  async waiting(count: number) {
    for (;;) {
      const { rows } = await this.#client.query(
        `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      if (rows.length >= count) return rows.map((one) => one.pid)
      await this.#client.query(`select pg_stat_clear_snapshot()`)
      await sleep(20)
    }
  }
  async terminateWaiting() {
    for (const pid of await this.waiting(1))
      await this.#client.query(`select pg_terminate_backend($1)`, [pid])
  }
  async end() {
    await this.#client.query('rollback')
  }
  async [Symbol.asyncDispose]() {
    await this.#client.end()
  }
}

it('does not take for vanished what another reading staged behind its list', async () => {
  const can = { recheck: 'byWindow', reconcile: 'listing' } as const
  await using f = await farSide([row(1)], { profile: { can } })
  await pullAll(f.app)
  const open = (kind: 'deep' | 'head') =>
    f.app.store.passes.open({
      ...{ source: f.profile.name, kind, from: '2026-03-01', until: '2026-03-04' },
      ...{ upperBound: f.app.clock.now(), cursorBefore: null },
    })
  const slow = withConnector(f.app, (connector) => ({
    list: async (window, page) => {
      const listed = await connector.list(window, page)
      if (f.rows.length === 1) {
        f.rows.push(row(2))
        expect(await pull(f.app, (await open('head'))!)).toBe('done')
      }
      return listed
    },
  }))
  expect(await pull(slow, (await open('deep'))!)).toBe('done')
  expect(await shown(f.app)).toBe(2)
  // What really is gone is still missed.
  f.rows.pop()
  expect(await pull(f.app, (await open('deep'))!)).toBe('done')
  expect(await shown(f.app)).toBe(1)
})
