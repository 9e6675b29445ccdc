/** The Postgres of the selftest: what it loses when it is turned back, and that it loses nothing when it moves. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startPostgres } from '#src/cli/selftest/postgres-server.ts'
import { openDatabase } from '#src/store/database.ts'

it('goes back to what was kept while it was at work, and on elsewhere with everything', async () => {
  const home = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const directory = await mkdtemp(join(home, 'chidao-postgres-'))
  {
    await using postgres = await startPostgres(join(directory, 'postgres'))
    const ask = async (sql: string) => {
      const db = openDatabase({ url: postgres.urlOf('postgres'), poolSize: 1 })
      try {
        return (await db.raw(sql)).rows
      } finally {
        await db.destroy()
      }
    }
    const all = () => ask('select n from kept order by n')
    await ask('create table kept (n int)')
    await ask('insert into kept values (1)')
    const kept = await postgres.keep()
    await ask('insert into kept values (2)')
    expect(await all()).toEqual([{ n: 1 }, { n: 2 }])

    await postgres.turnBack(kept)
    expect(await all()).toEqual([{ n: 1 }])

    await ask('insert into kept values (3)')
    await postgres.failOver()
    expect(await all()).toEqual([{ n: 1 }, { n: 3 }])
    await postgres.stopAtOnce()
    await postgres.startAgain()
    expect(await all()).toEqual([{ n: 1 }, { n: 3 }])
  }
  await rm(directory, { recursive: true })
}, 120_000)
