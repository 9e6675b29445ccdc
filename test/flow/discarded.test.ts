/** What a person discarded, when its source later calls it secret. */
import { expect, it } from 'vitest'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'

it('keeps nothing of what was discarded once its source calls it secret', async () => {
  const register = await openRegister([row(1, { secret_id: 2, secret_name: 'Mật' }), row(2)])
  await using t = await testApp([profileAt(register.address)])
  const { db } = t.app.store
  const source = [...t.app.sources.keys()][0]!
  for (const ref of ['1', '3'])
    await db.raw(
      `with pass as (insert into sync.pass (source, kind, window_from, window_until, upper_bound, state, opened_at) values (:source, 'backfill', '2020-01-01', '2020-01-02', now(), 'failed', now()) returning id)
       insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, seen_at)
       select gen_random_uuid(), :source, :ref, :ref, 'an older one', id, 'discarded', now(), now() from pass`,
      { source, ref },
    )
  await pullAll(t.app)
  const { rows } = await db.raw(
    `select state, source_ref as ref from sync.intake where source_ref in ('', '1', '3') order by 1`,
  )
  expect(rows).toEqual([
    { state: 'discarded', ref: '3' },
    { state: 'purged', ref: '' },
  ])
  await register.close()
})
