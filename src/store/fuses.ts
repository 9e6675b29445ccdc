import type { Knex } from 'knex'
import { isUnusual } from '#src/domain/fuse.ts'
import { remember } from './history.ts'

export type FuseKind = 'withhold' | 'recall' | 'purge'

export interface OpenFuse {
  readonly id: string
  readonly source: string
  readonly kind: FuseKind
  readonly counted: number
  readonly outOf: number
  readonly trippedAt: Date
  readonly lastAt: Date
}

/** An answer to go ahead covers what comes within a day and is not far more than what was asked about. */
const answerHolds = `interval '1 day'`

export function fuses(db: Knex) {
  return {
    /** Whether so many of so many may go. If not, a person is asked, once until there is an answer. */
    async holds(
      source: string,
      kind: FuseKind,
      counted: number,
      outOf: number,
      at: Date,
    ): Promise<boolean> {
      if (!isUnusual(counted, outOf)) return true
      const answered = await db.raw(
        `select answer from sync.fuse where source = :source and kind = :kind and answer is not null
           and answered_at > :at::timestamptz - ${answerHolds} and :counted <= counted * 1.2
         order by answered_at desc limit 1`,
        { source, kind, counted, at },
      )
      if (answered.rows[0]) return answered.rows[0].answer === 'proceed'
      await db.raw(
        `insert into sync.fuse (source, kind, counted, out_of, tripped_at, last_at) values (:source, :kind, :counted, :outOf, :at, :at)
         on conflict (source, kind) where answer is null do update set counted = excluded.counted, out_of = excluded.out_of, last_at = excluded.last_at`,
        { source, kind, counted, outOf, at },
      )
      return false
    },

    async open(): Promise<OpenFuse[]> {
      const { rows } = await db.raw(
        `select id, source, kind, counted, out_of as "outOf", tripped_at as "trippedAt", last_at as "lastAt"
         from sync.fuse where answer is null order by tripped_at`,
      )
      return rows
    },

    /** False when no such question is open. */
    async answer(
      source: string,
      kind: FuseKind,
      answer: 'proceed' | 'keep',
      { actor, reason }: { actor: string; reason: string },
      at: Date,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.fuse set answer = :answer, answered_at = :at, answered_by = :actor, reason = :reason
           where source = :source and kind = :kind and answer is null returning counted, out_of as "outOf"`,
          { source, kind, answer, at, actor, reason },
        )
        if (!rows[0]) return false
        await remember(tx, {
          at,
          directiveId: null,
          actor,
          event: 'fuseAnswered',
          detail: { source, kind, answer, reason, ...rows[0] },
        })
        return true
      })
    },
  }
}
