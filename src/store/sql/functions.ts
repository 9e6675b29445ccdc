/** The functions of the store: their text is in the .sql files beside this one, and no migration changes it. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Knex } from 'knex'

/** Raised, with the digest, by every change of a file: it says which of two processes has the newer functions. */
export const edition = {
  number: 3,
  digest: 'bf1f654dfe897f24f96b8a42e3c79396191870ac584fe2faaae5bae623fa9e0c',
}

/**
 * Puts the functions of this version into the store, unless they are there or newer ones are: in a rolling upgrade, a
 * process of the former version that starts late must not take them back (docs/decisions/0035).
 */
export async function applyFunctions(db: Knex): Promise<void> {
  const { rows } = await db.raw(`select edition, digest from sync.function_edition`)
  const [stored] = rows as { edition: number; digest: string }[]
  if (stored && stored.edition > edition.number) return
  const text = functionText()
  const digest = digestOf(text)
  if (stored && stored.edition === edition.number && stored.digest === digest) return
  await db.transaction(async (tx) => {
    // A function may be used above the place where it is made.
    await tx.raw(`set local check_function_bodies = off`)
    // knex takes a question mark for a binding.
    await tx.raw(text.replaceAll('?', '\\?'))
    await tx.raw(
      `insert into sync.function_edition (edition, digest) values (:number, :digest)
       on conflict (only_row) do update set edition = excluded.edition, digest = excluded.digest`,
      { number: edition.number, digest },
    )
  })
}

/** All files in the order of their names, the one of the rights behind those that make functions. */
export function functionText(): string {
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sql'))
  const isRights = (name: string) => Number(name === 'access.sql')
  names.sort((a, b) => isRights(a) - isRights(b) || (a < b ? -1 : 1))
  return names.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
