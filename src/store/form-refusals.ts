import type { Knex } from 'knex'
import type { FormField } from '#src/domain/eligibility.ts'

/** So many at once are no slip of one document. */
const many = 5
const keptDays = 100

export interface FormRefusal {
  readonly source: string
  readonly field: FormField
  /** The most that one reading met on the latest day. */
  readonly count: number
  readonly since: Date
}

const dayOf = (at: string) => `(${at}::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date`

/**
 * What goes on at the instant `:at` and rose from none to many within a day, a month ago at most: what was always so is how its
 * source writes.
 */
export const risenForms = `
  select f.source, f.field, f.count, rise.day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since from (
    select distinct on (source, field) * from sync.form_refusal where day between ${dayOf(':at')} - 1 and ${dayOf(':at')} order by source, field, day desc) f
  join lateral (
    select r.day from sync.form_refusal r where r.source = f.source and r.field = f.field and r.count >= ${many} and r.day between f.day - 30 and f.day
      and not exists (select from sync.form_refusal b where b.source = r.source and b.field = r.field and b.day between r.day - 7 and r.day - 1)
    order by r.day desc limit 1) rise on true
  where f.count >= ${many}`

export function formRefusals(db: Knex) {
  return {
    /** What one reading refused for its form. Of a day the most counts: readings of one day meet the same again. */
    async count(source: string, field: FormField, count: number, at: Date): Promise<void> {
      await db.raw(
        `with old as (delete from sync.form_refusal where source = :source and day < ${dayOf(':at')} - ${keptDays})
         insert into sync.form_refusal as f (source, day, field, count) values (:source, ${dayOf(':at')}, :field, :count)
         on conflict (source, field, day) do update set count = greatest(f.count, excluded.count)`,
        { source, field, count, at },
      )
    },

    async risen(at: Date): Promise<FormRefusal[]> {
      return (await db.raw(`${risenForms} order by 1, 2`, { at })).rows
    },

    /** Of the last days, newest first. */
    async lately(
      source: string,
      at: Date,
    ): Promise<{ day: string; field: FormField; count: number }[]> {
      const { rows } = await db.raw(
        `select day::text as day, field, count from sync.form_refusal where source = :source and day > ${dayOf(':at')} - 14 order by day desc, field`,
        { source, at },
      )
      return rows
    },
  }
}
