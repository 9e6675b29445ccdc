import type { Knex } from 'knex'
import { nearHours } from '#src/domain/alert.ts'
import type { Urgency } from '#src/domain/directive.ts'
import { type AttentionKind, attentionKinds } from './attention-kinds.ts'
import { waiting } from './attention-rows.ts'

export interface Attention {
  readonly kind: AttentionKind
  /** With kind and source its name: a row's id, `withhold` of a fuse, `field:code` of a code, a channel, else the source. */
  readonly id: string
  /** Empty where it is of none. */
  readonly source: string
  /** Null where none is known, or may be named. */
  readonly directiveId: string | null
  /** Null of what is withheld: nothing is said of it. */
  readonly code: string | null
  /** One word: a failure, an order, an alert, why it is withheld, or what a fuse asks. */
  readonly cause: string
  readonly since: Date
  /** The nearest legal deadline that this may cost; null where none runs. */
  readonly endangers: Date | null
  /** Issued before its source went live: the deadline is shown and not counted, so these come behind those that are. */
  readonly beforeGoLive: boolean
  /** What belongs to the kind, counts and instants as JSON has them; never a reference of something not admitted. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface AttentionAsked {
  /** The service's own clock. */
  readonly at: Date
  readonly kinds?: readonly AttentionKind[]
  readonly sources?: readonly string[]
  readonly directiveId?: string
  /** Hours before its deadline from which a directive of each urgency is listed. */
  readonly near?: Readonly<Record<Urgency, number>>
}

export type AttentionCounts = Readonly<Record<AttentionKind, number>>

/** How much waits for a person: the one number that every place tells. */
export function totalOf(counts: AttentionCounts): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

/** Of these those that a person here can still be late with: what was released late decides no exit code. */
export function decidingOf({ releasedLate, ...others }: AttentionCounts): number {
  return totalOf(others as AttentionCounts)
}

export function attention(db: Knex) {
  return {
    /** Danger first; then the nearest endangered deadline, then what waits longest; a page at a time. */
    async list(
      asked: AttentionAsked,
      { limit = 100, offset = 0 }: { limit?: number; offset?: number } = {},
    ): Promise<Attention[]> {
      const { rows } = await db.raw(
        `${waiting} select kind, id, source, directive_id as "directiveId", code, cause, since, endangers, before_go_live as "beforeGoLive", detail
         from waiting where ${chosen}
         order by ${danger}, endangers is null or before_go_live, endangers, since, kind, source, id limit :limit offset :offset`,
        { ...boundTo(asked), limit, offset },
      )
      return rows
    },

    /** Every kind, also those of which there is none. */
    async counts(asked: AttentionAsked): Promise<AttentionCounts> {
      const { rows } = await db.raw(
        `${waiting} select kind, count(*) as n from waiting where ${chosen} group by kind`,
        boundTo(asked),
      )
      const none = Object.fromEntries(attentionKinds.map((kind) => [kind, 0]))
      const some = rows.map(({ kind, n }: { kind: AttentionKind; n: number }) => [kind, n])
      return { ...none, ...Object.fromEntries(some) } as AttentionCounts
    },
  }
}

const danger = `case kind when 'overdue' then 0 when 'dueSoon' then 1 when 'withoutText' then 2 when 'foundLate' then 3 when 'doubtedDate' then 4 when 'alert' then 5 else 6 end`

const chosen = `(:kinds::text[] is null or kind = any (:kinds)) and (:sources::text[] is null or source = any (:sources))
  and (:directiveId::uuid is null or directive_id = :directiveId)`

function boundTo({ at, kinds, sources, directiveId, near = nearHours }: AttentionAsked) {
  return {
    at,
    near: JSON.stringify(near),
    horizon: new Date(at.getTime() + Math.max(...Object.values(near)) * 3_600_000),
    kinds: kinds ? [...kinds] : null,
    sources: sources ? [...sources] : null,
    directiveId: directiveId ?? null,
  }
}
