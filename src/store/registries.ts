import type { Knex } from 'knex'
import { type Registry, registryInKey, registryOf } from '#src/domain/identity.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { lockKeys, partIfApart } from './copies.ts'
import { askIfSame } from './one-identity.ts'
import { giveReason } from './reasons.ts'

const atOnce = 100

/** What is stored bears the identity that the profiles give it: looked at whenever a process begins. */
export function registries(db: Knex) {
  return {
    /**
     * Gives what a source's profile sees in another registry by now the identity of that, so that what is secret
     * reaches it, and what may be the same is asked. Nothing is shown by it. How many there were.
     */
    async follow(source: string, named: readonly Registry[], at: Date): Promise<number> {
      const { rows } = await db.raw(
        `select issuer, issued_on as "issuedOn", split_part(same_document_key, '|', 1) as registry, array_agg(id order by id) as ids
         from sync.directive where source = ? group by 1, 2, 3`,
        [source],
      )
      let moved = 0
      for (const { issuer, issuedOn, registry, ids } of rows as Stored[]) {
        const right = registryInKey(registryOf(issuer, issuedOn, named))
        if (right === registry) continue
        for (let from = 0; from < ids.length; from += atOnce)
          moved += await move(ids.slice(from, from + atOnce), right, at)
      }
      return moved
    },
  }

  async function move(ids: readonly string[], registry: string, at: Date): Promise<number> {
    return db.transaction(async (tx) => {
      const { rows: keys } = await tx.raw(
        `select same_document_key as old, ${keyWith(':registry')} as new from sync.directive where id = any (:ids)`,
        { ids: [...ids], registry },
      )
      const [old, fresh] = [keys.map((key: Keys) => key.old), keys.map((key: Keys) => key.new)]
      await lockKeys(tx, [...old, ...fresh])
      // What is withheld through another keeps that reason as its own: neither it nor what it leaves shows again.
      await tx.raw(
        `update sync.directive set withheld_itself = withheld_because where same_document_key = any (:old) and withheld_at is not null and withheld_itself is null`,
        { old },
      )
      const { rowCount } = await tx.raw(
        `update sync.directive set same_document_key = ${keyWith(':registry')} where id = any (:ids) and same_document_key = any (:old)`,
        { ids: [...ids], registry, old },
      )
      const { rows: withheld } = await tx.raw(
        `select distinct same_document_key as key from sync.directive where same_document_key = any (:fresh) and withheld_at is not null order by 1`,
        { fresh },
      )
      for (const { key } of withheld) {
        const none = { ids: [], because: null }
        for (const { id } of await giveReason(tx, key, none, at, { actor: 'bridge' }))
          await partIfApart(tx, id, at)
      }
      await askIfSame(tx, ids, at)
      return rowCount
    })
  }
}

interface Stored {
  readonly issuer: string
  readonly issuedOn: LocalDate
  readonly registry: string
  readonly ids: readonly string[]
}

interface Keys {
  readonly old: string
  readonly new: string
}

const keyWith = (registry: string) =>
  `${registry}::text || substr(same_document_key, strpos(same_document_key, '|'))`
