/** Copies of a server's data, taken as an operator's tools take them. */
import { execFile } from 'node:child_process'
import { chown, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '../../store/database.ts'

const run = promisify(execFile)

/** Nobody ends the session that holds the backup while files are copied. */
const patienceMs = 600_000

/** With owners, modes and times. */
export async function copyTree(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to])
}

/** Files that go while they are copied end a copy; the next is whole. */
const attempts = 3

/**
 * Of a server that goes on meanwhile: a base backup, as `pg_basebackup` takes one. Started on it, the server is where it
 * was when the last of its log was copied.
 */
export async function copyWhileAtWork(url: string, from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await copyOnce(url, from, to)
    } catch (error) {
      await rm(to, { recursive: true, force: true })
      if (attempt === attempts) throw error
    }
  }
}

async function copyOnce(url: string, from: string, to: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1, leaseMs: patienceMs })
  try {
    // One session from beginning to end; a transaction holds it.
    const label = await db.transaction(async (tx) => {
      await tx.raw(`select pg_backup_start('kept', true)`)
      await copyTree(from, to)
      const { rows } = await tx.raw(`select labelfile from pg_backup_stop(false)`)
      return rows[0].labelfile as string
    })
    for (const name of ['postmaster.pid', 'postmaster.opts', 'pg_wal'])
      await rm(join(to, name), { recursive: true, force: true })
    await copyTree(join(from, 'pg_wal'), join(to, 'pg_wal'))
    const labelFile = join(to, 'backup_label')
    await writeFile(labelFile, label, { mode: 0o600 })
    const { uid, gid } = await stat(to)
    if (process.getuid?.() === 0) await chown(labelFile, uid, gid)
  } finally {
    await db.destroy()
  }
}
