import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Needles } from './needles.ts'

interface Database {
  raw(sql: string): PromiseLike<{ rows: Record<string, string>[] }>
}

/**
 * Looks for strings that must not be anywhere: in every row of every table, and in every byte under the
 * given folders (data files and write-ahead log included), as UTF-8, UTF-16 and base64. Returns how many
 * of them were found, and `controlsFound` the same for strings that must be there: a search that cannot
 * find those proves nothing.
 */
export async function searchForLeaks(options: {
  databases: readonly Database[]
  folders: readonly string[]
  canaries: readonly string[]
  controls: readonly string[]
}): Promise<{ leaks: number; controlsFound: number }> {
  const wanted = [...options.canaries, ...options.controls]
  const needles = new Needles(
    wanted.flatMap((name) => formsOf(name).map((bytes) => ({ name, bytes }))),
  )
  const found = new Set<string>()
  for (const db of options.databases) {
    for await (const row of rowsOf(db)) needles.collect(Buffer.from(row), found)
  }
  for (const folder of options.folders) {
    for (const file of await filesUnder(folder)) await collectFromFile(file, needles, found)
  }
  return {
    leaks: options.canaries.filter((text) => found.has(text)).length,
    controlsFound: options.controls.filter((text) => found.has(text)).length,
  }
}

async function* rowsOf(db: Database): AsyncGenerator<string> {
  const { rows: tables } = await db.raw(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  for (const { name } of tables) {
    const { rows } = await db.raw(`select t::text as row from ${name} t`)
    for (const { row } of rows) yield row ?? ''
  }
}

function formsOf(text: string): Buffer[] {
  const inner = Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)
  return [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(inner)]
}

const pieceBytes = 4 * 1024 * 1024

async function collectFromFile(file: string, needles: Needles, found: Set<string>): Promise<void> {
  let tail = Buffer.alloc(0)
  for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) {
    const window = Buffer.concat([tail, piece as Buffer])
    needles.collect(window, found)
    tail = Buffer.from(window.subarray(Math.max(0, window.length - needles.longest)))
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
