import type { Knex } from 'knex'
import { anchorOf, type Gap, gapsOf, sealOf } from './sealing.ts'

/** What was done to the history by somebody who was not allowed to. */
export type Tampering =
  | 'payloadAltered'
  | 'payloadRemoved'
  | 'payloadInserted'
  | 'chainAltered'
  | 'chainGap'
  | 'chainCut'

export interface Finding {
  readonly tampering: Tampering
  /** Place in the chain; null for a payload that stands outside of it. */
  readonly seq: number | null
  readonly historyId: string | null
}

export interface Audit {
  readonly entries: number
  readonly purged: number
  readonly unsealed: number
  readonly findings: readonly Finding[]
  /** What was lost with commits of the store, which nobody was not allowed to. */
  readonly gaps: readonly Gap[]
  /** True when there were more than are listed. */
  readonly more: boolean
}

interface Row {
  readonly seq: number
  readonly historyId: string
  readonly digest: Buffer
  readonly previous: Buffer
  readonly seal: Buffer
  readonly payload: Buffer | null
}

const atOnce = 5000
const mostFindings = 100

export function audits(db: Knex, keysDb: Knex) {
  return {
    /** Walks the whole chain; what it remembers does not grow with the history. Of a purge it accepts what that lists as removed. */
    async verify(): Promise<Audit> {
      // What is sealed meanwhile stands behind this end.
      const anchor = await anchorOf(keysDb)
      const findings: Finding[] = []
      let purged = 0
      let seq = 0
      let seal: Buffer = Buffer.alloc(32)
      let atAnchor: Buffer | null = anchor.seq === 0 ? anchor.seal : null
      const find = (tampering: Tampering, at: Partial<Row>) =>
        findings.push({ tampering, seq: at.seq ?? null, historyId: at.historyId ?? null })
      for (let rows = await page(db, seq); rows.length > 0; rows = await page(db, seq)) {
        const missing = rows.filter(({ payload }) => payload === null)
        const lawful = await purgedOf(
          db,
          missing.map(({ historyId }) => historyId),
        )
        purged += lawful.size
        for (const row of rows) {
          if (row.seq !== seq + 1) find('chainGap', row)
          else if (!row.previous.equals(seal)) find('chainAltered', row)
          if (!sealOf(anchor.key, row).equals(row.seal)) find('chainAltered', row)
          else if (row.payload === null) {
            if (!lawful.has(row.historyId)) find('payloadRemoved', row)
          } else if (!row.payload.equals(row.digest)) find('payloadAltered', row)
          seq = row.seq
          seal = row.seal
          if (row.seq === anchor.seq) atAnchor = row.seal
        }
      }
      if (!atAnchor?.equals(anchor.seal)) find('chainCut', { seq: anchor.seq })
      for (const historyId of await outside(db)) find('payloadInserted', { historyId })
      const { rows } = await db.raw(`select count(*) as n from sync.history_unsealed`)
      return {
        entries: seq,
        purged,
        unsealed: rows[0].n,
        findings: findings.slice(0, mostFindings),
        gaps: await gapsOf(keysDb),
        more: findings.length > mostFindings,
      }
    },
  }
}

async function page(db: Knex, after: number): Promise<Row[]> {
  const { rows } = await db.raw(
    `select c.seq, c.history_id as "historyId", c.digest, c.previous, c.seal, case when h.id is null then null else sync.history_digest(h) end as payload
     from sync.history_chain c left join sync.history h on h.id = c.history_id where c.seq > :after order by c.seq limit :atOnce`,
    { after, atOnce },
  )
  return rows
}

async function purgedOf(db: Knex, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await db.raw(
    `select distinct gone.id from sync.history h cross join jsonb_array_elements_text(h.detail -> 'removed') gone(id) where h.event = 'purged' and gone.id = any (:ids::text[])`,
    { ids: [...ids] },
  )
  return new Set(rows.map(({ id }: { id: string }) => id))
}

/** Neither sealed nor waiting for it. */
async function outside(db: Knex): Promise<string[]> {
  const { rows } = await db.raw(
    `select h.id from sync.history h where not exists (select from sync.history_chain c where c.history_id = h.id)
       and not exists (select from sync.history_unsealed u where u.history_id = h.id) limit :mostFindings`,
    { mostFindings },
  )
  return rows.map(({ id }: { id: string }) => id)
}
