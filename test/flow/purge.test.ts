/** A purge and a staging at once: whatever comes first, nothing of what was purged stays. */
import { readdir } from 'node:fs/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { openPasses } from '#src/flow/open-passes.ts'
import { purgeByHand, purgeSecrets } from '#src/flow/purge.ts'
import { openDatabase } from '#src/store/database.ts'
import { row } from '#test/connectors/paged-register.ts'
import { pullAll } from '#test/support/app.ts'
import { duePasses, pull } from '#test/support/claims.ts'
import { dueNow, type FarSide, farSide, held, withConnector } from '../review/far-side.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const by = { actor: 'quản trị', authority: 'CV 12/VP-TH' }

async function remains({ app, t }: FarSide) {
  const { rows } = await app.store.db.raw(
    `select (select count(*) from sync.directive) as directives, (select count(*) from sync.directive_file) as files,
       (select count(*) from sync.intake where state <> 'purged') as intake`,
  )
  const keysDb = openDatabase({ url: `${t.url}_keys`, poolSize: 1 })
  const { rows: keys } = await keysDb.raw(`select from directive_key`)
  await keysDb.destroy()
  const stored = await readdir(t.filesDirectory, { recursive: true, withFileTypes: true })
  return {
    ...rows[0],
    keys: keys.length,
    stored: stored.filter((entry) => entry.isFile()).length,
  }
}

const nothing = { directives: 0, files: 0, intake: 0, keys: 0, stored: 0 }

async function historyIsWhole({ app }: FarSide): Promise<void> {
  await app.store.sealing.seal()
  expect(await app.store.audits.verify()).toMatchObject({ findings: [], unsealed: 0 })
}

it('wins over a staging whose files are still coming', async () => {
  await using f = await farSide([row(1)])
  const gate = held()
  const reached = held()
  const slow = withConnector(f.app, (connector) => ({
    openFiles: async (ref, files, take) => {
      reached.release()
      await gate.until
      return connector.openFiles(ref, files, take)
    },
  }))
  await openPasses(f.app, f.profile.name)
  const head = (await duePasses(f.app.store, 100)).find(({ kind }) => kind === 'head')!
  const staging = pull(slow, head.id)
  await reached.until
  const { rows } = await f.app.store.db.raw(`select id from sync.directive`)
  expect(await purgeByHand(f.app, rows[0].id, by)).not.toBeNull()
  gate.release()
  await staging
  expect(await remains(f)).toEqual(nothing)
  await historyIsWhole(f)
})

it('wins over a staging that had read the document before it became secret', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const gate = held()
  const reached = held()
  let waits = true
  const slow = withConnector(f.app, (connector) => ({
    read: async (ref) => {
      const message = await connector.read(ref)
      reached.release()
      if (waits) await gate.until
      return message
    },
  }))
  f.rows[0] = row(1, { abstract: 'Về việc triển khai nhiệm vụ khác' })
  await openPasses(f.app, f.profile.name)
  const head = (await duePasses(f.app.store, 100)).find(({ kind }) => kind === 'head')!
  const staging = pull(slow, head.id)
  await reached.until
  f.rows[0] = row(1, secret)
  await f.app.store.db.raw(`update sync.source set deep_read_at = null`)
  await pullAll(f.app)
  await purgeSecrets(f.app)
  expect(await remains(f)).toEqual(nothing)
  waits = false
  gate.release()
  await staging
  expect(await remains(f)).toEqual(nothing)
  await historyIsWhole(f)
})

it('is no end: what its source shows as ordinary again is staged anew, with its history from there', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const { rows: before } = await f.app.store.db.raw(`select id from sync.directive`)
  f.rows[0] = row(1, secret)
  await dueNow(f.app)
  await pullAll(f.app)
  await purgeSecrets(f.app)
  expect(await remains(f)).toEqual(nothing)
  f.rows[0] = row(1)
  await pullAll(f.app)
  const { rows: after } = await f.app.store.db.raw(`select id from tracking.directives`)
  expect(after).toHaveLength(1)
  expect(after[0].id).not.toBe(before[0].id)
  const { rows: history } = await f.app.store.db.raw(
    `select event from sync.history where directive_id = ?`,
    [after[0].id],
  )
  expect(history).toEqual([{ event: 'staged' }])
  await historyIsWhole(f)
})

it('purges what else is secret although somebody sits on one of it', async () => {
  await using f = await farSide([row(1), row(2), row(3)])
  await pullAll(f.app)
  const { rows } = await f.app.store.db.raw(`select id from sync.directive`)
  for (const { id } of rows) await f.app.store.withholding.withhold(id, 'secret', f.app.clock.now())
  const [first] = await f.app.store.purging.due(10)
  const sitting = new pg.Client({ connectionString: f.t.url })
  await sitting.connect()
  await sitting.query(`begin`)
  await sitting.query(`select from sync.directive where id = $1 for update`, [first!.ids[0]])
  await purgeSecrets(f.app).catch(() => {})
  const left = await remains(f)
  await sitting.end()
  expect(left).toMatchObject({ directives: 1, files: 1, keys: 1, stored: 1 })
})
