import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Looks for strings that must not be anywhere: in every row of every table, and in every byte under the
 * given folders (data files and write-ahead log included), as UTF-8, UTF-16 and base64. Returns how many
 * of them were found, and `controls` the same for strings that must be there: a search that cannot find
 * those proves nothing.
 */
export async function searchForLeaks(options: {
  databases: readonly Database[]
  folders: readonly string[]
  canaries: readonly string[]
  controls: readonly string[]
}): Promise<{ leaks: number; controlsFound: number }> {
  const wanted = [...options.canaries, ...options.controls]
  const found = new Set<string>()
  for (const db of options.databases)
    for await (const text of rowsOf(db)) collect(text, wanted, found)
  const forms = wanted.flatMap((text) => formsOf(text).map((bytes) => ({ text, bytes })))
  for (const folder of options.folders)
    for (const file of await filesUnder(folder)) await collectFromFile(file, forms, found)
  return {
    leaks: options.canaries.filter((text) => found.has(text)).length,
    controlsFound: options.controls.filter((text) => found.has(text)).length,
  }
}

interface Database {
  raw(sql: string): PromiseLike<{ rows: Record<string, string>[] }>
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

function collect(text: string, wanted: readonly string[], found: Set<string>): void {
  for (const one of wanted)
    if (!found.has(one) && holds(Buffer.from(text), Buffer.from(one))) found.add(one)
}

/** A number counts only as a whole: nine digits also occur by chance inside longer ones and inside hashes. */
function holds(text: Buffer, wanted: Buffer): boolean {
  const numeric = /^[0-9]+$/.test(wanted.toString('latin1'))
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (!numeric || (!isHexDigit(text[at - 1]) && !isHexDigit(text[at + wanted.length])))
      return true
  }
  return false
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && /[0-9a-f]/i.test(String.fromCharCode(byte))
}

interface Form {
  readonly text: string
  readonly bytes: Buffer
}

function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text)
  const inner = utf8.toString('base64').replace(/=+$/, '')
  return [utf8, Buffer.from(text, 'utf16le'), Buffer.from(inner.slice(0, -1))]
}

const pieceBytes = 4 * 1024 * 1024

async function collectFromFile(
  file: string,
  forms: readonly Form[],
  found: Set<string>,
): Promise<void> {
  const overlap = Math.max(...forms.map((form) => form.bytes.length))
  let tail = Buffer.alloc(0)
  for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) {
    const window = Buffer.concat([tail, piece as Buffer])
    for (const { text, bytes } of forms)
      if (!found.has(text) && holds(window, bytes)) found.add(text)
    tail = window.subarray(Math.max(0, window.length - overlap))
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
