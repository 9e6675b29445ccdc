/** `chidao dates`, and what `chidao deadline` says of years that are none, by the real executable while no service runs. */
import { expect, it } from 'vitest'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

it('lists days of issue that cannot be believed with both values, and settles them with a reason', async () => {
  const rows = [row(1), row(2)]
  const register = await openRegister(rows)
  register.state.list = (_, { page }) => ({
    data: page === 1 ? rows : [],
    pagination: { total: 2 },
  })
  await using t = await testApp([profileAt(register.address)])
  const env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
  }
  await pullAll(t.app)
  expect((await chidao(['dates'], env)).code).toBe(0)
  rows[0] = row(1, { publish_date: '2569-03-02T00:00:00+07:00' })
  rows[1] = row(2, { publish_date: '2026-12-03T00:00:00+07:00' })
  await t.app.store.db.raw(`update sync.pass set due_at = clock_timestamp()`)
  await pullAll(t.app)
  await register.close()

  const listed = await chidao(['dates'], env)
  expect([listed.code, listed.out]).toEqual([3, expect.stringMatching(/2569-03-02 +2026-03-04/)])
  const found = JSON.parse((await chidao(['dates', '--json'], env)).out)
  const [one, other] = found as { id: string; issuedOn: string }[]
  expect(found).toHaveLength(2)
  const attention = await chidao(['attention', '--kind', 'doubtedDate'], env)
  expect(attention.out).toContain(`$ chidao dates accept ${one!.id} --reason "…" --yes`)

  const reason = 'nguồn ghi năm Phật lịch'
  const unsaid = await chidao(['dates', 'keep', one!.id, '--reason', reason], env)
  expect([unsaid.code, unsaid.err]).toEqual([2, expect.stringContaining('add --yes')])
  const said = ['--reason', reason, '--yes', '--as', 'trực ban', '--json']
  const kept = await chidao(['dates', 'keep', one!.id, ...said], env)
  expect(JSON.parse(kept.out)).toEqual({ id: one!.id, settled: 'kept', actor: 'trực ban', reason })
  expect((await chidao(['dates', 'accept', other!.id, ...said], env)).code).toBe(0)
  expect((await chidao(['dates', 'accept', other!.id, ...said], env)).code).toBe(1)
  expect((await chidao(['dates'], env)).code).toBe(0)
  const { rows: stored } = await t.app.store.db.raw(
    `select id, deadline_date as day from sync.directive order by day`,
  )
  expect(stored.map(({ day }: { day: string }) => day)).toEqual(
    other!.issuedOn.startsWith('2569')
      ? ['2026-03-04', '2569-03-06']
      : ['2026-03-04', '2026-12-07'],
  )
  const shown = await chidao(['show', one!.id], env)
  expect(shown.out).toContain('giữ thời hạn / deadline kept')
}, 120_000)

it.each(['2569', '0206', '2062', '1926'])('counts no deadline from the year %s', async (year) => {
  const { code, err } = await chidao(['deadline', `${year}-11-27T09:00:00+07:00`])
  expect([code, err]).toEqual([2, expect.stringMatching(/no document is of the year .*Buddhist/)])
})
