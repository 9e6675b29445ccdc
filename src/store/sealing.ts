import { createHmac, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'

/** The key of the seals and where the chain was last seen to end: both outside the store. */
export async function migrateSeals(keysDb: Knex): Promise<void> {
  await keysDb.raw(
    `create table if not exists seal (only_row boolean primary key default true check (only_row), key bytea not null check (length(key) = 32), seq bigint not null, seal bytea not null)`,
  )
  await keysDb.raw(
    `insert into seal (key, seq, seal) values (:key, 0, :first) on conflict do nothing`,
    { key: randomBytes(32), first },
  )
}

interface Link {
  readonly seq: number
  readonly historyId: string
  readonly digest: Buffer
  readonly previous: Buffer
}

const first = Buffer.alloc(32)
const atOnce = 1000

export function sealing(db: Knex, keysDb: Knex) {
  return {
    /** Chains what was committed since; other sealers wait, writers never do. Returns how many entries. */
    async seal(): Promise<number> {
      const { rows } = await db.raw(`select exists (select from sync.history_unsealed) as unsealed`)
      if (!rows[0].unsealed) return 0
      const { key } = await anchorOf(keysDb)
      let sealed = 0
      for (;;) {
        const last = await sealBatch(db, key)
        if (last === null) return sealed
        sealed += last.count
        await keysDb.raw(`update seal set seq = :seq, seal = :seal where seq < :seq`, {
          seq: last.seq,
          seal: last.seal,
        })
        if (last.count < atOnce) return sealed
      }
    },

    /** How many sealed entries a store that came out of a backup does not have. */
    async lost(): Promise<number> {
      const { seq } = await anchorOf(keysDb)
      return Math.max(0, seq - (await endOf(db)).seq)
    },

    /** The chain goes on from where the backup ends; what is lost stands in an entry of its own. */
    async anchorAgain(): Promise<void> {
      const { seq, seal } = await endOf(db)
      await keysDb.raw(`update seal set seq = :seq, seal = :seal where seq > :seq`, { seq, seal })
    },
  }
}

export async function anchorOf(keysDb: Knex): Promise<{ key: Buffer; seq: number; seal: Buffer }> {
  return (await keysDb.raw(`select key, seq, seal from seal`)).rows[0]
}

export function sealOf(key: Buffer, { seq, historyId, digest, previous }: Link): Buffer {
  return createHmac('sha256', key)
    .update(`${seq} ${historyId} `)
    .update(previous)
    .update(digest)
    .digest()
}

async function endOf(db: Knex): Promise<{ seq: number; seal: Buffer }> {
  const { rows } = await db.raw(
    `select seq, seal from sync.history_chain order by seq desc limit 1`,
  )
  return rows[0] ?? { seq: 0, seal: first }
}

async function sealBatch(
  db: Knex,
  key: Buffer,
): Promise<{ seq: number; seal: Buffer; count: number } | null> {
  return db.transaction(async (tx) => {
    await tx.raw(`select sync.lock_mutex('seal')`)
    const { rows } = await tx.raw(
      `select h.id, sync.history_digest(h) as digest from sync.history h where h.id in (
         select history_id from sync.history_unsealed limit :atOnce)
       order by h.at, h.id`,
      { atOnce },
    )
    if (rows.length === 0) return null
    let { seq, seal } = await endOf(tx)
    const links = rows.map(({ id, digest }: { id: string; digest: Buffer }) => {
      const link: Link = { seq: ++seq, historyId: id, digest, previous: seal }
      seal = sealOf(key, link)
      return [
        link.seq,
        id,
        digest.toString('hex'),
        link.previous.toString('hex'),
        seal.toString('hex'),
      ]
    })
    await tx.raw(
      `insert into sync.history_chain (seq, history_id, digest, previous, seal)
       select (l ->> 0)::bigint, (l ->> 1)::uuid, decode(l ->> 2, 'hex'), decode(l ->> 3, 'hex'), decode(l ->> 4, 'hex') from jsonb_array_elements(:links::jsonb) l`,
      { links: JSON.stringify(links) },
    )
    await tx.raw(`delete from sync.history_unsealed where history_id = any (:ids)`, {
      ids: rows.map(({ id }: { id: string }) => id),
    })
    return { seq, seal, count: rows.length }
  })
}
