import type { Knex } from 'knex'

const measuredAnewMs = 60_000

export interface DatabaseClock {
  /** The instant by the database's clock, which is asked once a minute. */
  now(): Promise<Date>
  /** The same for whoever cannot wait, by when it was last asked; before that, by this machine's own clock. */
  lastKnown(): Date
}

/**
 * The clock of the database, so that workers on several machines agree on what came first, and a machine whose clock is
 * wrong or steps does no harm. Carried on by this process's monotonic clock.
 */
export function databaseClock(db: Knex): DatabaseClock {
  let measured: { readonly at: number; readonly ahead: number } | null = null
  let asking: Promise<void> | null = null
  const isStale = () => measured === null || performance.now() - measured.at > measuredAnewMs

  async function measure(): Promise<void> {
    const { rows } = await db.raw(`select clock_timestamp() as at`)
    const at = performance.now()
    measured = { at, ahead: rows[0].at.getTime() - at }
  }

  function ask(): Promise<void> {
    asking ??= measure().finally(() => {
      asking = null
    })
    return asking
  }

  function lastKnown(): Date {
    return new Date(measured === null ? Date.now() : performance.now() + measured.ahead)
  }

  return {
    async now() {
      if (isStale()) await ask()
      return lastKnown()
    },
    lastKnown() {
      // Until the database answers again, the old measure is the best there is.
      if (isStale()) ask().catch(() => {})
      return lastKnown()
    },
  }
}
