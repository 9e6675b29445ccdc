import type { Knex } from 'knex'

export function calendars(db: Knex) {
  return {
    /** Keeps every version a deadline was computed with; returns false when this one is known. */
    async keep(version: string, content: unknown, at: Date): Promise<boolean> {
      const { rowCount } = await db.raw(
        `insert into sync.calendar (version, content, loaded_at) values (:version, :content, :at) on conflict do nothing`,
        { version, content: JSON.stringify(content), at },
      )
      return rowCount === 1
    },
  }
}
