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
  await keysDb.raw(
    `create table if not exists seal_gap (after_seq bigint not null, until_seq bigint not null, noticed_at timestamptz not null default now())`,
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
    /**
     * Chains what was committed since; other sealers wait, writers never do. Returns how many entries; null where the
     * chain has lost the end that was last seen of it: to go on from there would hide that.
     */
    async seal(): Promise<number | null> {
      const { rows } = await db.raw(`select exists (select from sync.history_unsealed) as unsealed`)
      if (!rows[0].unsealed) return 0
      const anchor = await anchorOf(keysDb)
      if (!(await isInChain(db, anchor))) return null
      const { key } = anchor
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

    /**
     * Of a store that has lost commits: the chain goes on from where it ends now, and what is lost stays known as a gap.
     * Returns how many entries; none where the anchor is still in the chain.
     */
    async noteGap(): Promise<number> {
      const anchor = await anchorOf(keysDb)
      if (await isInChain(db, anchor)) return 0
      const end = await endOf(db)
      const from = Math.min(end.seq, anchor.seq)
      await keysDb.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update seal set seq = :seq, seal = :seal where seq = :was and seal = :sealWas`,
          { ...end, was: anchor.seq, sealWas: anchor.seal },
        )
        // Another process has noted it.
        if (rowCount === 0) return
        await tx.raw(`insert into seal_gap (after_seq, until_seq) values (:from, :until)`, {
          from,
          until: anchor.seq,
        })
      })
      return anchor.seq - from
    },
  }
}

/** Whether the chain still has what was last seen to be its end. */
async function isInChain(db: Knex, { seq, seal }: Pick<Anchor, 'seq' | 'seal'>): Promise<boolean> {
  if (seq === 0) return true
  const { rows } = await db.raw(`select seal from sync.history_chain where seq = ?`, [seq])
  return rows[0]?.seal.equals(seal) ?? false
}

interface Anchor {
  readonly key: Buffer
  readonly seq: number
  readonly seal: Buffer
}

export interface Gap {
  /** The last entry before it. */
  readonly after: number
  readonly until: number
  readonly noticedAt: Date
}

/** What stores that went back have lost of the history. */
export async function gapsOf(keysDb: Knex): Promise<Gap[]> {
  const { rows } = await keysDb.raw(
    `select after_seq as after, until_seq as until, noticed_at as "noticedAt" from seal_gap order by noticed_at`,
  )
  return rows
}

export async function anchorOf(keysDb: Knex): Promise<Anchor> {
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
