/** A store out of a backup is told from the one that went on meanwhile. */
import { expect, it } from 'vitest'
import { sealHistory } from '#jobs/seal-history.ts'
import { testApp } from '#test/support/app.ts'

it('knows a backup of a minute ago', async () => {
  await using t = await testApp([])
  const { store } = t.app
  await sealHistory.run(t.app, {})
  const { rows } = await store.db.raw(`select generation from sync.life`)
  await sealHistory.run(t.app, {})
  expect(await store.life.isRestored()).toBe(false)
  await store.db.raw(`update sync.life set generation = ?`, [rows[0].generation])
  expect(await store.life.isRestored()).toBe(true)
})
