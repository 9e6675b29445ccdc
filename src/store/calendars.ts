import type { Knex } from 'knex'
import { remember } from './history.ts'

export interface KeptCalendar {
  readonly version: string
  readonly content: unknown
  /** `file`: shipped or configured, read at a start. `import`: put in force by a person. */
  readonly origin: 'file' | 'import'
  readonly loadedAt: Date
  readonly loadedBy: string
  readonly reason: string | null
}

export interface NewCalendar {
  readonly version: string
  readonly content: unknown
  readonly actor: string
  readonly reason: string | null
  readonly at: Date
}

/**
 * Why a list is not put in force: it is the one in force, it was in force before, it is older than the one in
 * force, or it has the date of that one and other days.
 */
export type CalendarRefusal = 'inForce' | 'known' | 'older' | 'sameDate'

export function calendars(db: Knex) {
  return {
    /**
     * The list of the configuration, at every start: in force from now on unless the store has one as new, and
     * only once, so that two machines with different files do not take turns. True when it is in force from now on.
     */
    async keep(version: string, content: unknown, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const refused = await refusal(tx, version, content)
        const editedInPlace = refused === 'sameDate' && (await inForce(tx))?.origin === 'file'
        if (refused && !editedInPlace) return false
        const previous = await versionInForce(tx)
        const file = { version, content, actor: 'bridge', reason: null, at }
        await insert(tx, file, 'file')
        if (previous) await rememberLoading(tx, file, previous)
        return true
      })
    },

    /** Puts a list in force for every process. */
    async import(list: NewCalendar): Promise<CalendarRefusal | 'loaded'> {
      return db.transaction(async (tx) => {
        const refused = await refusal(tx, list.version, list.content)
        if (refused) return refused
        const previous = await versionInForce(tx)
        await insert(tx, list, 'import')
        await rememberLoading(tx, list, previous)
        return 'loaded'
      })
    },

    /** What `import` would say, without a trace. */
    async refusal(version: string, content: unknown): Promise<CalendarRefusal | null> {
      return db.transaction((tx) => refusal(tx, version, content))
    },

    /** Null in a store that no service has opened yet. */
    inForce: (): Promise<KeptCalendar | null> => inForce(db),

    versionInForce: (): Promise<string | null> => versionInForce(db),
  }
}

/** Whoever recomputes deadlines shares this lock, so that no list becomes in force under it. */
export async function lockCalendar(tx: Knex, how: 'toReplace' | 'toUse'): Promise<void> {
  await tx.raw(`select sync.${how === 'toReplace' ? 'lock' : 'share'}_mutex('calendar')`)
}

export async function versionInForce(tx: Knex): Promise<string | null> {
  const { rows } = await tx.raw(`select version from sync.calendar order by place desc limit 1`)
  return rows[0]?.version ?? null
}

async function inForce(tx: Knex): Promise<KeptCalendar | null> {
  const { rows } = await tx.raw(
    `select version, content, origin, loaded_at as "loadedAt", loaded_by as "loadedBy", reason from sync.calendar order by place desc limit 1`,
  )
  return rows[0] ?? null
}

/** Lists are compared by the day they were drawn up, which they state themselves. */
async function refusal(
  tx: Knex,
  version: string,
  content: unknown,
): Promise<CalendarRefusal | null> {
  await lockCalendar(tx, 'toReplace')
  const { rows } = await tx.raw(
    `select version = :version as same, coalesce(content ->> 'generated', '') as generated,
       exists (select from sync.calendar where version = :version) as known
     from sync.calendar order by place desc limit 1`,
    { version },
  )
  const last: { same: boolean; known: boolean; generated: string } | undefined = rows[0]
  if (!last) return null
  const generated = String((content as { generated?: unknown }).generated ?? '')
  if (last.same) return 'inForce'
  if (last.known) return 'known'
  if (generated < last.generated) return 'older'
  return generated === last.generated ? 'sameDate' : null
}

async function insert(
  tx: Knex,
  { version, content, actor, reason, at }: NewCalendar,
  origin: KeptCalendar['origin'],
): Promise<void> {
  await tx.raw(
    `insert into sync.calendar (version, content, loaded_at, origin, loaded_by, reason) values (:version, :content, :at, :origin, :actor, :reason)`,
    { version, content: JSON.stringify(content), at, origin, actor, reason },
  )
}

async function rememberLoading(
  tx: Knex,
  { version, actor, reason, at }: NewCalendar,
  previous: string | null,
): Promise<void> {
  const why = reason === null ? {} : { reason }
  await remember(tx, {
    at,
    directiveId: null,
    actor,
    event: 'calendarReplaced',
    detail: { version, previous, ...why },
  })
}
