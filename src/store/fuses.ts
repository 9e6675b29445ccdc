import type { Knex } from 'knex'
import { isUnusual } from '#src/domain/fuse.ts'
import { remember } from './history.ts'

export type FuseKind = 'withhold' | 'recall' | 'purge'

export interface OpenFuse {
  readonly id: string
  readonly source: string
  readonly kind: FuseKind
  /** The most that was to go at once, with what went in the day before. */
  readonly counted: number
  readonly outOf: number
  readonly trippedAt: Date
  readonly lastAt: Date
}

export interface Wanted {
  readonly source: string
  readonly kind: FuseKind
  /** How many are to go now. */
  readonly count: number
  /** How many there are to go from. */
  readonly outOf: number
}

export interface FuseAnswer {
  readonly answer: 'proceed' | 'keep'
  /** The count that the person was shown: what has grown since was not meant. */
  readonly seen: number
  readonly actor: string
  readonly reason: string
}

const dayMs = 86_400_000
/** As long as one is asked about, a few more are the same question. */
const sameQuestion = 1.2

export function fuses(db: Knex) {
  return {
    /**
     * Whether so many may go, counted with what went of that source in the last day: a source that turns bad little
     * by little is as bad. If not, a person is asked, once until there is an answer.
     */
    async holds(wanted: Wanted, at: Date): Promise<boolean> {
      const gone = await goneBetween(db, wanted, daysBefore(at, 1), at)
      const counted = gone + wanted.count
      const outOf = wanted.outOf + gone
      if (!isUnusual(counted, outOf)) return true
      const last = await lastAnswer(db, wanted, at)
      if (last?.answer === 'proceed') {
        const uncovered = await beyond(db, last, wanted, at)
        if (!isUnusual(Math.min(counted, uncovered), outOf)) return true
      }
      const kept = last?.answer === 'keep' && last.answeredAt > daysBefore(at, 1)
      if (kept && counted <= last.counted * sameQuestion) return false
      const { source, kind } = wanted
      await db.raw(
        `insert into sync.fuse (source, kind, counted, out_of, tripped_at, last_at) values (:source, :kind, :counted, :outOf, :at, :at)
         on conflict (source, kind) where answer is null do update set counted = greatest(fuse.counted, excluded.counted), out_of = excluded.out_of, last_at = excluded.last_at`,
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

    /** `grown`: more are to go than the person saw, and nothing is answered. */
    async answer(
      source: string,
      kind: FuseKind,
      { answer, seen, actor, reason }: FuseAnswer,
      at: Date,
    ): Promise<'answered' | 'grown' | 'notOpen'> {
      return db.transaction(async (tx) => {
        const { rows: open } = await tx.raw(
          `select id, counted, out_of as "outOf" from sync.fuse where source = :source and kind = :kind and answer is null for update`,
          { source, kind },
        )
        if (!open[0]) return 'notOpen'
        const { id, counted, outOf } = open[0]
        if (counted > seen) return 'grown'
        await tx.raw(
          `update sync.fuse set answer = :answer, answered_at = :at, answered_by = :actor, reason = :reason where id = :id`,
          { id, answer, at, actor, reason },
        )
        await remember(tx, {
          at,
          directiveId: null,
          actor,
          event: 'fuseAnswered',
          detail: { source, kind, answer, reason, counted, outOf },
        })
        return 'answered'
      })
    },
  }
}

interface Answered {
  readonly answer: 'proceed' | 'keep'
  readonly counted: number
  readonly lastAt: Date
  readonly answeredAt: Date
}

/** It counts for a day, and a day longer for what went under it. */
async function lastAnswer(
  db: Knex,
  { source, kind }: Wanted,
  at: Date,
): Promise<Answered | undefined> {
  const { rows } = await db.raw(
    `select answer, counted, last_at as "lastAt", answered_at as "answeredAt" from sync.fuse
     where source = :source and kind = :kind and answer is not null and answered_at > :since order by answered_at desc limit 1`,
    { source, kind, since: daysBefore(at, 2) },
  )
  return rows[0]
}

/** How many go beyond those that a person let go: an answer is used up by what went since the day it was about. */
async function beyond(db: Knex, last: Answered, wanted: Wanted, at: Date): Promise<number> {
  const from = daysBefore(last.lastAt, 1)
  const expired = new Date(last.answeredAt.getTime() + dayMs)
  const covers =
    expired > at
      ? last.counted
      : Math.min(last.counted, await goneBetween(db, wanted, from, expired))
  return (await goneBetween(db, wanted, from, at)) + wanted.count - covers
}

/** What went at the word of a source, and is gone still: what was released or given back was no harm. */
async function goneBetween(
  db: Knex,
  { source, kind }: Wanted,
  from: Date,
  until: Date,
): Promise<number> {
  const { rows } = await db.raw(`select count(*)::int as n from ${gone[kind]}`, {
    source,
    from,
    until,
  })
  return rows[0].n
}

const gone: Readonly<Record<FuseKind, string>> = {
  withhold: `sync.directive where source = :source and withheld_itself in ('doubtful', 'vanished') and withheld_at > :from and withheld_at <= :until`,
  recall: `sync.directive where source = :source and recalled_at > :from and recalled_at <= :until and recall_authority is null`,
  purge: `sync.purge where source = :source and at > :from and at <= :until`,
}

function daysBefore(at: Date, days: number): Date {
  return new Date(at.getTime() - days * dayMs)
}
