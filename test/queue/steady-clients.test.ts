import pg from 'pg'
import { expect, it } from 'vitest'
import '#src/queue/steady-clients.ts'
import { testDatabase } from '#test/support/database.ts'

it('outlives a connection that the server ends while nobody listens to it', async () => {
  await using database = await testDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => {})
  const borrowed = await pool.connect()
  const { rows } = await borrowed.query('select pg_backend_pid() as pid')
  // Not events.once: that listens for errors itself.
  const ended = new Promise((resolve) => borrowed.once('end', resolve))
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  await ended
  await expect(borrowed.query('select 1')).rejects.toThrow()
  borrowed.release()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})
