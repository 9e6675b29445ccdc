import type { Knex } from 'knex'
import * as sync from './0001-sync.ts'
import * as tracking from './0002-tracking.ts'

interface Migration {
  up(db: Knex): Promise<void>
  down(db: Knex): Promise<void>
}

/** In order, by name. A name never changes: knex remembers it, extension included. */
const migrations: ReadonlyMap<string, Migration> = new Map([
  ['0001-sync.ts', sync],
  ['0002-tracking.ts', tracking],
])

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => [...migrations.keys()],
  getMigrationName: (name) => name,
  getMigration: async (name) => migrations.get(name)!,
}
