/** Broken or endless files hold up no document, and no reading from its end. */
import { expect, it } from 'vitest'
import { openPasses } from '#src/flow/open-passes.ts'
import { row } from '#test/connectors/paged-register.ts'
import { farSide } from '#test/review/far-side.ts'
import { duePasses, pull, retryAll, settleAll } from '#test/support/claims.ts'

const many = 20

it('stages every document while the files of none of them come, and ends its reading', async () => {
  await using f = await farSide(Array.from({ length: many }, (_, n) => row(n + 1)))
  const begun: (() => void)[] = []
  f.register.state.file = (response, id) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).write('%PDF-1.7')
    begun.push(() => response.end(String(id)))
  }
  await openPasses(f.app, f.profile.name)
  const [head] = await duePasses(f.app.store, 1)
  expect(await pull(f.app, head!.id)).toBe('done')
  const rows = async (sql: string) => (await f.app.store.db.raw(sql)).rows
  expect(await rows(`select count(*)::int as n from tracking.directives`)).toEqual([{ n: many }])
  const states = `select count(*)::int as n from sync.directive_file where state = 'waiting'`
  expect(await rows(states)).toEqual([{ n: many }])

  // Once its source comes to itself, every file does.
  f.register.state.file = null
  for (const end of begun) end()
  await expect
    .poll(
      async () => {
        await retryAll(f.app.store)
        await settleAll(f.app)
        return (await rows(states))[0].n
      },
      { timeout: 45_000 },
    )
    .toBe(0)
}, 60_000)
