/** Where a service writes, as bytes to search: folders with their file names, rows of tables, and whatever was captured. */
import { createReadStream } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { join, relative } from 'node:path'

export interface Place {
  readonly name: string
  /** `overlap` bytes at the end of one piece of a long stream stand at the beginning of the next again. */
  pieces(overlap: number): AsyncIterable<Piece>
}

export interface Piece {
  readonly where: string
  readonly bytes: Uint8Array
  /** Whether it goes on from, and is continued by, another of the same `where`. */
  readonly goesOn: { readonly before: boolean; readonly after: boolean }
}

export interface Database {
  raw(sql: string): PromiseLike<{ rows: Record<string, string>[] }>
}

/** Every file under the folder, and every name: a file may be empty and its name still say too much. */
export function folder(
  name: string,
  path: string,
  except: (file: string) => boolean = () => false,
): Place {
  return {
    name,
    async *pieces(overlap) {
      const entries = await readdir(path, { recursive: true, withFileTypes: true })
      for (const entry of entries) {
        const file = join(entry.parentPath, entry.name)
        const where = relative(path, file)
        if (except(where)) continue
        yield whole(`the name ${where}`, entry.name)
        if (entry.isFile()) yield* piecesOf(file, where, overlap)
        else if (entry.isSymbolicLink()) yield whole(where, await readlink(file))
      }
    },
  }
}

export function file(name: string, path: string): Place {
  return { name, pieces: (overlap) => piecesOf(path, path, overlap) }
}

/** Every row as text, which also shows what the files hold as integers. */
export function tables(name: string, db: Database): Place {
  return {
    name,
    async *pieces() {
      const { rows: all } = await db.raw(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      )
      for (const { name: table } of all) {
        const { rows } = await db.raw(`select t::text as row from ${table} t`)
        for (const { row } of rows) yield whole(table!, row ?? '')
      }
    },
  }
}

/** What is read when the search comes to it. */
export function captured(
  name: string,
  read: () => AsyncIterable<[where: string, content: string | Uint8Array]>,
): Place {
  return {
    name,
    async *pieces() {
      for await (const [where, content] of read()) yield whole(where, content)
    },
  }
}

function whole(where: string, content: string | Uint8Array): Piece {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { where, bytes, goesOn: { before: false, after: false } }
}

const pieceBytes = 4 * 1024 * 1024

async function* piecesOf(path: string, where: string, overlap: number): AsyncGenerator<Piece> {
  let held: Buffer | null = null
  let before = false
  try {
    for await (const read of createReadStream(path, { highWaterMark: pieceBytes })) {
      if (held) {
        yield { where, bytes: held, goesOn: { before, after: true } }
        held = Buffer.concat([held.subarray(Math.max(0, held.length - overlap)), read as Buffer])
        before = true
      } else held = read as Buffer
    }
  } catch (error) {
    // Removed since it was listed, as Postgres and Redis do all the time.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (held) yield { where, bytes: held, goesOn: { before, after: false } }
}
