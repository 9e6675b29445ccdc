import type { Knex } from 'knex'
import type { OutboxState } from '../outbox.ts'
import { isShown } from '../predicates.ts'
import type { StoredFile } from './directive.ts'
import { type Place, pageOf, readingFrom } from './place.ts'

/** A reply on its way back, with what its source said. */
export interface ReplyRow {
  readonly id: string
  readonly place: number
  readonly source: string
  readonly state: OutboxState
  readonly directiveId: string
  readonly code: string
  readonly replyId: string
  readonly outcome: 'completed' | 'notCompleted' | 'returned'
  readonly completedOn: string | null
  readonly explanation: string
  /** The document that answers, as printed; null where there is none. */
  readonly documentCode: string | null
  readonly unit: string | null
  readonly writtenAt: Date
  readonly writtenBy: string
  readonly attemptedAt: Date | null
  readonly endedAt: Date | null
  readonly attempts: number
  readonly lookUps: number
  readonly failure: string | null
  readonly answer: string | null
  readonly farRef: string | null
}

export interface ReplyFilter {
  readonly state: OutboxState | null
  readonly source: string | null
}

/** What waits is shown by how long it does, what has ended newest first. */
const endedStates: readonly (OutboxState | null)[] = [null, 'delivered', 'settled']

export function wayBackPage(db: Knex) {
  return {
    async list({ state, source }: ReplyFilter, place: Place, limit: number) {
      const order = endedStates.includes(state) ? 'down' : 'up'
      const { rows } = await db.raw(
        `${select} where o.kind = 'reply' and ${isShown('d')} ${state === null ? '' : 'and o.state = :state'}
           ${source === null ? '' : 'and o.source = :source'} ${readingFrom(place, 'o.place', 'o.id', 'bigint', order)} limit :limit`,
        {
          ...(state !== null && { state }),
          ...(source !== null && { source }),
          place: place.key,
          placeId: place.id,
          limit: limit + 1,
        },
      )
      return pageOf<ReplyRow>(rows, place, limit, (row) => String(row.place))
    },

    async one(id: string): Promise<ReplyRow | null> {
      const { rows } = await db.raw(
        `${select} where o.id = :id::uuid and o.kind = 'reply' and ${isShown('d')}`,
        { id },
      )
      return rows[0] ?? null
    },

    /** A file of a reply whose directive may be shown. */
    async file(outboxId: string, position: number): Promise<StoredFile | null> {
      const { rows } = await db.raw(
        `select o.directive_id as "directiveId", f.name, f.stored_as as "storedAs", f.size from sync.outbox o
         join sync.reply_file f on f.reply_id = o.reply_id join sync.directive d on d.id = o.directive_id
         where o.id = :outboxId::uuid and f.position = :position and ${isShown('d')}`,
        { outboxId, position },
      )
      return rows[0] ?? null
    },
  }
}

const select = `
select o.id, o.place, o.source, o.state, d.id as "directiveId", d.code, r.id as "replyId", r.outcome, r.completed_on as "completedOn", r.explanation,
  case when r.number is not null then r.number || '/' || r.symbol end as "documentCode", n.name as unit, r.written_at as "writtenAt", r.written_by as "writtenBy",
  o.attempted_at as "attemptedAt", o.ended_at as "endedAt", o.attempts, o.look_ups as "lookUps", o.failure, o.answer, o.far_ref as "farRef"
from sync.outbox o join sync.directive d on d.id = o.directive_id join sync.reply r on r.id = o.reply_id
join sync.assignment a on a.id = r.assignment_id
left join lateral (select name from sync.unit_name where unit_id = a.unit_id order by valid_from desc limit 1) n on true`
