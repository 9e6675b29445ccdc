import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import { remember } from './history.ts'
import { clockRuns, isShown } from './predicates.ts'
import { isPaused } from './sources.ts'

/** A source that nobody asks for a while, because a person said so. All instants are of the service's own clock. */
export interface Pause {
  readonly source: string
  readonly until: Date
  readonly since: Date
  readonly actor: string
  readonly reason: string
}

/** What a pause costs, as far as the store can know: what the source has not shown yet is not in it. */
export interface CostOfPause {
  /** Open directives whose legal deadline falls before the end, nearest first. */
  readonly deadlines: readonly EndangeredDeadline[]
  /** Messages that could not be read into a directive yet and whose deadline falls before the end. */
  readonly notRead: number
  /** Replies that wait to be sent, or to be looked up. */
  readonly replies: readonly WaitingReply[]
}

interface EndangeredDeadline {
  readonly id: string
  readonly code: string
  readonly deadlineDate: LocalDate
  readonly classifyBy: Date
  /** False: its files are not all here, and nobody fetches them before the pause ends. */
  readonly filesComplete: boolean
}

interface WaitingReply {
  readonly id: string
  readonly code: string
  readonly state: 'pending' | 'sending' | 'unconfirmed'
  readonly writtenAt: Date
}

export function pauses(db: Knex) {
  return {
    /** Nobody asks the source until then. Readings under way lose their lease: they stop, and wait in line. */
    async begin({ source, until, since, actor, reason }: Pause): Promise<boolean> {
      const begun = await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.source set paused_until = :until, paused_at = :since, paused_by = :actor, paused_reason = :reason where name = :source`,
          { source, until, since, actor, reason },
        )
        if (rowCount === 0) return false
        await remember(tx, {
          at: since,
          directiveId: null,
          actor,
          event: 'sourcePaused',
          detail: { source, until, reason },
        })
        return true
      })
      if (begun) await takeLeasesBack(db, source)
      return begun
    },

    /** False when nothing was paused: it ended by itself, or never was. */
    async end(source: string, actor: string, reason: string | null, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.source s set paused_until = null, paused_at = null, paused_by = null, paused_reason = null
           from (select name, paused_until from sync.source where name = :source for update) before
           where s.name = before.name and before.paused_until is not null returning before.paused_until > :at as "stillPaused"`,
          { source, at },
        )
        if (!rows[0]?.stillPaused) return false
        await remember(tx, {
          at,
          directiveId: null,
          actor,
          event: 'sourceResumed',
          detail: reason === null ? { source } : { source, reason },
        })
        return true
      })
    },

    async inForce(at: Date): Promise<Pause[]> {
      const { rows } = await db.raw(
        `select name as source, paused_until as until, paused_at as since, paused_by as actor, paused_reason as reason
         from sync.source where ${isPaused('source', ':at')} order by paused_until, name`,
        { at },
      )
      return rows
    },

    /** Those of these sources that may be asked at this instant. */
    async mayBeAsked(sources: Iterable<string>, at: Date): Promise<string[]> {
      const paused = new Set((await this.inForce(at)).map((pause) => pause.source))
      return [...sources].filter((source) => !paused.has(source))
    },

    async cost(source: string, from: Date, until: Date): Promise<CostOfPause> {
      const deadlines = await db.raw(
        `select id, code, deadline_date as "deadlineDate", classify_by as "classifyBy", files_complete_at is not null as "filesComplete"
         from sync.directive where source = :source and ${clockRuns('directive')} and classify_by > :from and classify_by <= :until order by classify_by, id`,
        { source, from, until },
      )
      const notRead = await db.raw(
        `select count(*) as n from sync.intake where source = :source and state = 'failed'
           and classify_by > :from and classify_by <= :until`,
        { source, from, until },
      )
      const replies = await db.raw(
        `select o.id, d.code, o.state, o.written_at as "writtenAt" from sync.outbox o join sync.directive d on d.id = o.directive_id
         where o.source = :source and o.kind = 'reply' and o.state in ('pending', 'sending', 'unconfirmed') and ${isShown('d')} order by o.place`,
        { source },
      )
      return { deadlines: deadlines.rows, notRead: notRead.rows[0].n, replies: replies.rows }
    },
  }
}

/** What is being sent at this moment is left alone: it may have arrived. */
async function takeLeasesBack(db: Knex, source: string): Promise<void> {
  for (const table of ['sync.pass', 'sync.intake'])
    await db.raw(
      `update ${table} set lease_until = clock_timestamp(), lease_epoch = lease_epoch + 1 where source = ? and lease_until > clock_timestamp()`,
      [source],
    )
  await db.raw(
    `update sync.directive_file f set lease_until = clock_timestamp(), lease_epoch = f.lease_epoch + 1 from sync.directive d
     where d.id = f.directive_id and d.source = ? and f.lease_until > clock_timestamp()`,
    [source],
  )
}
