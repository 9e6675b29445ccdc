import type { Knex } from 'knex'
import { hasCome, isOlderThan } from './instants.ts'

export interface SourceState {
  readonly name: string
  readonly headCursor: Date | null
  readonly deepReadAt: Date | null
  readonly failures: number
  readonly openUntil: Date | null
  readonly lastFailure: string | null
  readonly lastAnswerAt: Date | null
}

/** Failures in a row after which the circuit breaker opens. */
const breakerThreshold = 3
/** Costs nobody a question. */
const ours = ['secretMissing', 'authorityMissing', 'notAskable']
const longestPauseMs = 5 * 60_000

export function sources(db: Knex) {
  return {
    /**
     * Makes the configured source known; called at every start, changes nothing of its progress. Codes that a former
     * profile did not map are counted anew.
     */
    async register(
      name: string,
      can: {
        readonly statuses: readonly string[]
        readonly replies: 'none' | 'message' | 'document'
        readonly answers?: object | null
        /** Lists a message until it is told that it was taken. */
        readonly acknowledges?: boolean
        /** How many rows its totals count and its list never shows. */
        readonly totalCountsHidden?: number
      },
      gateFingerprint: string,
    ): Promise<void> {
      await db.raw(
        `with former as (delete from sync.unmapped_code u using sync.source s where s.name = :name and u.source = s.name and s.gate_fingerprint <> :gateFingerprint)
         insert into sync.source (name, statuses, replies, answers, acknowledges, total_counts_hidden, gate_fingerprint)
           values (:name, :statuses, :replies, :answers, :acknowledges, :totalCountsHidden, :gateFingerprint)
         on conflict (name) do update set statuses = excluded.statuses, replies = excluded.replies, answers = excluded.answers, acknowledges = excluded.acknowledges,
           total_counts_hidden = excluded.total_counts_hidden, gate_fingerprint = excluded.gate_fingerprint,
           gate_since = case when source.gate_fingerprint = excluded.gate_fingerprint then source.gate_since else clock_timestamp() end
         where (source.statuses, source.replies, source.answers, source.acknowledges, source.total_counts_hidden, source.gate_fingerprint)
           is distinct from (excluded.statuses, excluded.replies, excluded.answers, excluded.acknowledges, excluded.total_counts_hidden, excluded.gate_fingerprint)`,
        {
          name,
          statuses: [...can.statuses],
          replies: can.replies,
          answers: JSON.stringify(can.answers ?? {}),
          acknowledges: can.acknowledges ?? false,
          totalCountsHidden: can.totalCountsHidden ?? 0,
          gateFingerprint,
        },
      )
    },

    async state(name: string): Promise<SourceState> {
      const { rows } = await db.raw(`${selectState} where name = ?`, [name])
      return rows[0] ?? unknown(name)
    },

    /** Its state; null while nobody asks it: its breaker is open, or a person paused it at this instant. */
    async askable(name: string, at: Date): Promise<SourceState | null> {
      const { rows } = await db.raw(
        `select ${stateColumns}, not ${breakerIsOpen('source')} and not ${isPaused('source', ':at')} as askable
         from sync.source where name = :name`,
        { name, at },
      )
      const { askable, ...state } = rows[0] ?? unknown(name)
      return askable ? state : null
    },

    async all(): Promise<SourceState[]> {
      return (await db.raw(`${selectState} order by name`)).rows
    },

    /**
     * Ends the count of failures in a row; when it last answered is kept to the second. A list that was not true is
     * made good when the same window is listed, and by no other answer.
     */
    async answered(name: string): Promise<void> {
      await db.raw(
        `update sync.source set failures = 0, open_until = null, last_answer_at = clock_timestamp()
         where name = :name and (failures > 0 or coalesce(${isOlderThan('last_answer_at', 1000)}, true))
           and (failures = 0 or last_failure <> all (:untrue) or not exists (${untrueWindow}))`,
        { name, untrue: ['pagesRepeat', 'listCapped', 'listEndless', 'listEmpty'] },
      )
    },

    /**
     * Counts a failure; from the third in a row on, nobody asks for a while that doubles up to five minutes. What was
     * under way when that began fails of the same trouble, and does not make it longer. What is missing on our side is
     * looked for at every poll.
     */
    async failed(name: string, word: string): Promise<void> {
      await db.raw(
        `update sync.source set failures = failures + 1, last_failure = :word,
           open_until = case when :word = any (:ours) then null else ${pauseAfter('failures')} end
         where name = :name and not ${breakerIsOpen('source')}`,
        { name, word, breakerThreshold, longestPauseMs, ours },
      )
    },

    /** The way back works; it says nothing of reading. */
    async tookSend(name: string): Promise<void> {
      await db.raw(
        `update sync.source set send_failures = 0, sends_open_until = null where name = ? and send_failures > 0`,
        [name],
      )
    },

    /** As `failed`, for sends alone: a source that takes nothing back is read on. */
    async refusedSend(name: string): Promise<void> {
      await db.raw(
        `update sync.source set send_failures = send_failures + 1, sends_open_until = ${pauseAfter('send_failures')}
         where name = :name and ${takesSends('source')}`,
        { name, breakerThreshold, longestPauseMs },
      )
    },

    /** True for one caller per interval. */
    async sentinelIsDue(name: string, everyMs: number): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.source set sentinel_asked_at = clock_timestamp()
         where name = :name and coalesce(${isOlderThan('sentinel_asked_at', ':everyMs')}, true)`,
        { name, everyMs },
      )
      return rowCount === 1
    },

    async sentinelRead(name: string, failure: string | null): Promise<void> {
      await db.raw(`update sync.source set sentinel_failure = :failure where name = :name`, {
        name,
        failure,
      })
    },

    async breakerIsOpen(name: string): Promise<boolean> {
      const { rows } = await db.raw(
        `select ${breakerIsOpen('source')} as open from sync.source where name = ?`,
        [name],
      )
      return rows[0]?.open ?? false
    },

    /** A code no profile maps, without any reference, for whoever completes the profile (docs/decisions/0003). */
    async countUnmapped(
      source: string,
      field: string,
      code: string,
      count: number,
      at: Date,
    ): Promise<void> {
      await db.raw(
        `insert into sync.unmapped_code (source, field, code, count, first_seen_at, last_seen_at)
         values (:source, :field, :code, :count, :at, :at)
         on conflict (source, field, code) do update set count = unmapped_code.count + excluded.count, last_seen_at = excluded.last_seen_at`,
        { source, field, code, count, at },
      )
    },
  }
}

/** Nobody asks the source for a while: it failed several times in a row. */
export const breakerIsOpen = (source: string) =>
  `coalesce(not ${hasCome(`${source}.open_until`, longestPauseMs)}, false)`

/** It refused nothing that was sent back to it several times in a row. */
export const takesSends = (source: string) =>
  `coalesce(${hasCome(`${source}.sends_open_until`, longestPauseMs)}, true)`

/** A person said so, for as long as he said and no longer; his clock may differ a little. */
export const isPaused = (source: string, at: string) =>
  `coalesce(not sync.has_come(${source}.paused_until, coalesce(${source}.paused_until - ${source}.paused_at + interval '5 minutes', interval '31 days'), ${at}::timestamptz), false)`

/** One that is about to be read again because its last list was not true. */
const untrueWindow = `select from sync.pass p join sync.pass former on former.source = p.source and former.kind = p.kind
    and former.window_from = p.window_from and former.attempts between p.attempts - 1 and p.attempts
  where p.source = :name and p.state in ('due', 'running') and p.attempts > 0 and former.state = 'failed' and former.failure = any (:untrue)`

const pauseAfter = (
  failures: string,
) => `case when ${failures} + 1 < :breakerThreshold then null else
  clock_timestamp() + least(:longestPauseMs, 1000 * power(2, least(${failures} + 1, 20))) * interval '1 millisecond' end`

const stateColumns = `name, head_cursor as "headCursor", deep_read_at as "deepReadAt", failures,
  open_until as "openUntil", last_failure as "lastFailure", last_answer_at as "lastAnswerAt"`
const selectState = `select ${stateColumns} from sync.source`

function unknown(name: string): never {
  throw new Error(
    `The source "${name}" is not known to the store. Start the service once with it configured.`,
  )
}
