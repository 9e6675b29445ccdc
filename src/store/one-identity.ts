/** What statements ask of two rows of one identity (docs/decisions/0027), each once. */
import type { Knex } from 'knex'
import { areSaidSame, isClose } from './reasons.ts'

export const documentOf = (d: string) => `coalesce(${d}.primary_id, ${d}.id)`

export const isOneIdentity = (d: string, k: string) =>
  `${k}.same_document_key = ${d}.same_document_key and ${k}.source <> ${d}.source`

/** Two documents, of which no source gives both: one that does says itself that they are two. */
export const areApart = (
  d: string,
  k: string,
) => `${documentOf(d)} <> ${documentOf(k)} and not exists (
  select from sync.directive x join sync.directive y on y.source = x.source
  where ${documentOf('x')} = ${documentOf(d)} and ${documentOf('y')} = ${documentOf(k)})`

/** Of two of one identity: whether they are plainly one document, or a person said so. */
export function isPlainlyOne(one: string, other: string): string {
  return `(${isClose(one, other)} and sync.share_word(${one}.subject, ${other}.subject)
    or ${areSaidSame(one, other)})`
}

/** Notes for a person what has the identity of these through another source and is another document so far. */
export async function askIfSame(tx: Knex, ids: readonly string[], at: Date): Promise<void> {
  await tx.raw(
    `insert into sync.may_be_same (one, other, asked_at)
     select distinct least(d.id, k.id), greatest(d.id, k.id), :at::timestamptz
     from sync.directive d join sync.directive k on ${isOneIdentity('d', 'k')} where d.id = any (:ids) and ${areApart('d', 'k')}
     on conflict do nothing`,
    { ids: [...ids], at },
  )
}
