/**
 * What a page asks the store, and what each question touches there. How many pages of the store a statement reads
 * is the same on a busy machine as on a quiet one; how long it takes is not.
 */
import type { Knex } from 'knex'
import type pg from 'pg'

export interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

export interface Explained extends Statement {
  readonly ms: number
  /** Pages of 8 KiB, found in the server's memory or not. */
  readonly buffers: number
  /** Large tables that it reads from end to end. */
  readonly readsWhole: readonly string[]
}

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Node[]
}

/** Everything asked since the last `taken`, each text once. */
export function watchStatements(db: Knex): { taken(): Statement[] } {
  const asked = new Map<string, Statement>()
  db.on('query', ({ sql, bindings }: { sql: string; bindings?: unknown[] }) => {
    if (/^\s*(select|with|update|insert|delete)/i.test(sql))
      asked.set(sql, { sql, bindings: bindings ?? [] })
  })
  return {
    taken() {
      const all = [...asked.values()]
      asked.clear()
      return all
    },
  }
}

/** Carries it out once, and undoes what it wrote. */
export async function explained(db: pg.Client, asked: Statement): Promise<Explained> {
  const [
    {
      'QUERY PLAN': [found],
    },
  ] = await plan(db, asked, 'format json')
  const root: Node = found.Plan
  const large = await largeTables(db)
  const scanned = nodesOf(root)
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name'] ?? '')
  return {
    ...asked,
    ms: found['Execution Time'],
    buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    readsWhole: [...new Set(scanned)].filter((name) => large.has(name)),
  }
}

export async function planOf(db: pg.Client, asked: Statement): Promise<string> {
  const lines = await plan(db, asked, 'format text')
  return lines.map((line) => line['QUERY PLAN']).join('\n')
}

// biome-ignore lint/suspicious/noExplicitAny: what Postgres answers depends on the format
async function plan(db: pg.Client, { sql, bindings }: Statement, format: string): Promise<any[]> {
  await db.query('begin')
  try {
    const text = `explain (analyze, buffers, ${format}) ${sql}`
    return (await db.query({ text, values: [...bindings] })).rows
  } finally {
    await db.query('rollback')
  }
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** Smaller ones are read whole because that is the quickest. */
const largeRows = 10_000

async function largeTables(db: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await db.query(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'sync'::regnamespace and reltuples >= $1`,
    [largeRows],
  )
  return new Set(rows.map(({ name }) => name))
}
