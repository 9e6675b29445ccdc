import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { PassKind } from '../passes.ts'
import { type Place, pageOf, readingFrom } from './place.ts'

/** One reading of one window, with what became of everything it showed. */
export interface RunRow {
  readonly id: string
  readonly source: string
  readonly kind: PassKind
  readonly from: LocalDate
  readonly until: LocalDate
  readonly state: 'due' | 'running' | 'done' | 'open' | 'failed'
  readonly attempts: number
  readonly failure: string | null
  readonly openedAt: Date
  readonly endedAt: Date | null
  readonly seen: number | null
  readonly allowed: number | null
  readonly notEligible: number | null
  readonly undecided: number | null
  readonly resyncId: string | null
}

export interface RunFilter {
  readonly source: string | null
  readonly kind: string | null
  readonly state: string | null
}

export interface UnmappedCode {
  readonly field: string
  readonly code: string
  readonly count: number
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
}

export function runsPage(db: Knex) {
  return {
    async list(filter: RunFilter, place: Place, limit: number) {
      const asked = Object.entries(filter).filter(([, value]) => value !== null)
      const conditions = asked.map(([name]) => `and p.${name} = :${name}`).join(' ')
      const { rows } = await db.raw(
        `select p.id, p.source, p.kind, p.window_from as "from", p.window_until as "until", p.state, p.attempts, p.failure,
           p.opened_at as "openedAt", p.ended_at as "endedAt", p.seen, p.allowed, p.not_eligible as "notEligible", p.undecided, p.resync_id as "resyncId"
         from sync.pass p where true ${conditions}
         ${readingFrom(place, 'p.opened_at', 'p.id', 'timestamptz', 'down')} limit :limit`,
        { ...Object.fromEntries(asked), place: place.key, placeId: place.id, limit: limit + 1 },
      )
      return pageOf<RunRow>(rows, place, limit, (row) => row.openedAt.toISOString())
    },

    /** Codes that no line of the profile names, for whoever completes it. */
    async unmapped(source: string): Promise<UnmappedCode[]> {
      const { rows } = await db.raw(
        `select field, code, count, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt" from sync.unmapped_code
         where source = ? order by last_seen_at desc, field, code limit 100`,
        [source],
      )
      return rows
    },
  }
}
