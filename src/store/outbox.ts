import type { Knex } from 'knex'
import { remember } from './history.ts'
import { hasCome, longestLease } from './instants.ts'
import { type Lease, LeaseLost } from './lease.ts'
import { isShown } from './predicates.ts'
import { breakerIsOpen, takesSends } from './sources.ts'
import { notAdmitted } from './writings.ts'

export type OutboxKind = 'acknowledge' | 'status' | 'reply'
export type OutboxState =
  | 'pending'
  | 'sending'
  | 'delivered'
  | 'rejected'
  | 'unconfirmed'
  | 'settled'

/** A row under lease, with what the sender needs to know of the message or directive it concerns. */
export interface Send {
  readonly id: string
  readonly source: string
  readonly kind: OutboxKind
  /** `sending`: to be sent now. `unconfirmed`: to be looked up. */
  readonly state: 'sending' | 'unconfirmed'
  readonly detail: { as?: 'done' | 'fail'; code?: string; description?: string }
  readonly directiveId: string | null
  readonly replyId: string | null
  /** Of a status that all is completed: the reply with which it was. */
  readonly speaksOf: string | null
  readonly transportRef: string
  readonly sourceRef: string
  readonly code: string | null
  readonly issuedOn: string | null
  readonly issuer: string | null
  /** Under its name its source has another document by now. */
  readonly isSetAside: boolean
  readonly attempts: number
  readonly lookUps: number
  readonly attemptedAt: Date | null
  readonly writtenAt: Date
  readonly lease: Lease
}

export type SendResult =
  | { readonly state: 'delivered'; readonly farRef: string | null }
  | { readonly state: 'rejected'; readonly answer: string }
  | {
      readonly state: 'unconfirmed'
      readonly failure: string
      readonly lookAgainInS: number | null
    }
  | { readonly state: 'pending'; readonly failure: string }

const longestPauseS = 600

/** `known`: the generation of the store. Nothing is sent under one that has lost commits until that was looked into. */
export function outbox(db: Knex, leaseMs: number, known: () => number = () => 0) {
  const leaseIsOver = (row: 'o' | 'outbox') => hasLeaseEnded(row, leaseMs)

  return {
    /**
     * Takes what is due of these sources, or of all, at this instant of the service's clock, oldest first, and commits it as `sending` before anything leaves. In a directive's
     * order the first open row blocks the rest. A document whose sender vanished is not sent again: it
     * becomes unconfirmed. Acknowledgements and statuses may be repeated.
     */
    async claimDue(
      owner: string,
      limit: number,
      sources: readonly string[] | null = null,
      at: Date = new Date(),
    ): Promise<Send[]> {
      await db.raw(
        `update sync.outbox set state = case kind when 'reply' then 'unconfirmed' else 'pending' end, due_at = clock_timestamp(),
           failure = 'interrupted', lease_until = null, lease_epoch = lease_epoch + 1
         where id in (select id from sync.outbox where state = 'sending' and ${leaseIsOver('outbox')} for update skip locked)`,
      )
      const { rows } = await db.raw(
        `with due as (
           select o.id from sync.outbox o join sync.source s on s.name = o.source
           where o.state in ('pending', 'unconfirmed') and ${isDue('o')} and (:sources::text[] is null or o.source = any (:sources)) and ${maySpeak('o')} and not ${isAheadOfItsReply('o')}
             and coalesce(${leaseIsOver('o')}, true)
             and not ${breakerIsOpen('s')} and ${takesSends('s')}
             and (select generation from sync.life) >= :known
             and not exists (
               select from sync.outbox earlier where earlier.directive_id = o.directive_id and earlier.place < o.place
                 and earlier.state in ('pending', 'sending', 'unconfirmed') and not ${isAheadOfItsReply('earlier')})
           order by o.place limit :limit for update of o skip locked)
         update sync.outbox o set
           state = case o.state when 'pending' then 'sending' else o.state end,
           attempts = o.attempts + case o.state when 'pending' then 1 else 0 end,
           attempted_at = case o.state when 'pending' then :at::timestamptz else o.attempted_at end,
           look_ups = case o.state when 'pending' then 0 else o.look_ups + 1 end,
           lease_owner = :owner, lease_epoch = o.lease_epoch + 1, lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
         from due where o.id = due.id
         returning o.id`,
        { owner, limit, leaseMs, at, known: known(), sources: sources && [...sources] },
      )
      if (rows.length === 0) return []
      const claimed = await db.raw(
        `${selectSend} where o.id = any (:ids) and o.lease_owner = :owner order by o.place`,
        {
          ids: rows.map((row: { id: string }) => row.id),
          owner,
        },
      )
      return claimed.rows.map(({ epoch, ...row }: { epoch: number }) => ({
        ...row,
        lease: { owner, epoch },
      }))
    },

    /** Renews right before something leaves: a sleeper that lost its lease sends nothing. */
    async renew(send: Send): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.outbox set lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' where ${held} and ${maySpeak('outbox')}`,
        { leaseMs, ...fenceOf(send) },
      )
      if (rowCount > 0) return
      // Still ours, so its directive was withheld meanwhile: nothing has left.
      await db.raw(
        `update sync.outbox set state = case state when 'sending' then 'pending' else state end, lease_until = null where ${held}`,
        fenceOf(send),
      )
      throw new LeaseLost('a send')
    },

    async settle(send: Send, result: SendResult, at: Date): Promise<void> {
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.outbox set state = :state, lease_until = null, failure = :failure, answer = :answer, far_ref = coalesce(:farRef, far_ref),
             ended_at = case when :state in ('delivered', 'rejected') then :at::timestamptz end,
             due_at = case when :waitsForPerson then '9999-01-01' else
               clock_timestamp() + coalesce(:pauseS::float8, least(:longestPauseS, power(2, least(attempts, 20))::float8)) * interval '1 second' end
           where ${held}`,
          {
            state: result.state,
            failure: 'failure' in result ? result.failure : null,
            answer: result.state === 'rejected' ? result.answer : null,
            farRef: result.state === 'delivered' ? result.farRef : null,
            // Until then nobody looks again; a look-up by hand makes it due.
            waitsForPerson: result.state === 'unconfirmed' && result.lookAgainInS === null,
            pauseS: result.state === 'unconfirmed' ? result.lookAgainInS : null,
            longestPauseS,
            at,
            ...fenceOf(send),
          },
        )
        if (rowCount === 0) throw new LeaseLost('a send')
        if (send.kind !== 'reply' || result.state === 'pending') return
        await remember(tx, {
          at,
          directiveId: send.directiveId,
          actor: 'bridge',
          event: replyEvent[result.state],
          detail: { reply: send.replyId },
        })
      })
    },

    /** A person says what became of an unconfirmed or rejected send (docs/decisions/0005). */
    async settleByHand(
      id: string,
      as: 'delivered' | 'settled' | 'pending',
      actor: string,
      reason: string,
      at: Date,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.outbox set state = :as, due_at = clock_timestamp(), look_ups = 0, lease_until = null, lease_epoch = lease_epoch + 1,
             ended_at = case when :as = 'pending' then null else :at::timestamptz end
           where id::text = :id and state in ('unconfirmed', 'rejected') returning directive_id, reply_id`,
          { id, as, at },
        )
        if (!rows[0]) return false
        // What was dealt with otherwise has told the issuer already that it is done.
        if (as === 'settled')
          await tx.raw(
            `update sync.outbox set state = 'settled', ended_at = :at where speaks_of = :reply and state = 'pending'`,
            { reply: rows[0].reply_id, at },
          )
        await remember(tx, {
          at,
          directiveId: rows[0].directive_id,
          actor,
          event: 'replySettled',
          detail: { reply: rows[0].reply_id, as, reason },
        })
        return true
      })
    },

    /** Removes a status that turned out not to be eligible, with its text. */
    async forget(send: Send, at: Date): Promise<void> {
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(`delete from sync.outbox where ${held}`, fenceOf(send))
        if (rowCount === 0) throw new LeaseLost('a send')
        await notAdmitted(tx, send.directiveId!, 'status', 'notEligible', at)
      })
    },

    /** Ends the pauses of what waits for another attempt or look-up. */
    async makeDue(): Promise<number> {
      const { rowCount } = await db.raw(
        `update sync.outbox set due_at = clock_timestamp(), look_ups = 0 where state in ('pending', 'unconfirmed')`,
      )
      return rowCount
    },

    async list(states: readonly OutboxState[], limit: number): Promise<Record<string, unknown>[]> {
      const { rows } = await db.raw(
        `select o.id, o.source, o.kind, o.state, d.code, o.reply_id as "replyId", o.attempts, o.look_ups as "lookUps", o.written_at as "writtenAt",
           o.attempted_at as "attemptedAt", o.ended_at as "endedAt", o.failure, o.answer, o.far_ref as "farRef"
         from sync.outbox o left join sync.directive d on d.id = o.directive_id
         where o.kind <> 'acknowledge' and (o.kind = 'reply' or o.state in ('rejected', 'unconfirmed')) and o.state = any (:states) and (d.id is null or ${isShown('d')}) order by o.place limit :limit`,
        { states: [...states], limit },
      )
      return rows
    },
  }
}

/** As long as a profile may spread its look-ups. */
export const longestLookUpPauseMs = 7 * 86_400_000

const isDue = (row: 'o' | 'outbox') =>
  `case ${row}.state when 'pending' then ${hasCome(`${row}.due_at`, longestPauseS * 1000)} else ${hasCome(`${row}.due_at`, longestLookUpPauseMs)} end`

const hasLeaseEnded = (row: 'o' | 'outbox', leaseMs: number) =>
  hasCome(`${row}.lease_until`, longestLease(leaseMs))

/** Also one whose sender is gone. */
export const isDueSend = (leaseMs: number) =>
  `(state in ('pending', 'unconfirmed') and ${isDue('outbox')} and coalesce(${hasLeaseEnded('outbox', leaseMs)}, true) or state = 'sending' and ${hasLeaseEnded('outbox', leaseMs)})
   and ${maySpeak('outbox')} and not ${isAheadOfItsReply('outbox')}`

const replyEvent = {
  delivered: 'replyDelivered',
  rejected: 'replyRejected',
  unconfirmed: 'replyUnconfirmed',
} as const

/** Told before its document is known to have arrived, that all is completed could not be taken back. */
export function isAheadOfItsReply(row: string): string {
  return `exists (select from sync.outbox carried where carried.reply_id = ${row}.speaks_of and carried.state not in ('delivered', 'settled'))`
}

/** Of a directive that is withheld, nothing is said any more. */
function maySpeak(row: 'o' | 'outbox'): string {
  return `not exists (select from sync.directive w where w.id = ${row}.directive_id and w.withheld_at is not null)`
}

const held = `id = :sendId and state in ('sending', 'unconfirmed') and lease_owner = :owner and lease_epoch = :epoch`

function fenceOf(send: Send): { sendId: string; owner: string; epoch: number } {
  return { sendId: send.id, owner: send.lease.owner, epoch: send.lease.epoch }
}

const selectSend = `
select o.id, o.source, o.kind, o.state, o.detail, o.directive_id as "directiveId", o.reply_id as "replyId", o.speaks_of as "speaksOf",
  coalesce(i.transport_ref, origin.transport_ref) as "transportRef", coalesce(i.source_ref, d.source_ref) as "sourceRef",
  d.code, d.issued_on as "issuedOn", d.issuer, coalesce(d.former_ref is not null, false) as "isSetAside", o.attempts, o.look_ups as "lookUps", o.attempted_at as "attemptedAt",
  o.written_at as "writtenAt", o.lease_epoch as epoch
from sync.outbox o
left join sync.intake i on i.id = o.intake_id
left join sync.directive d on d.id = o.directive_id
left join lateral (select transport_ref from sync.intake where directive_id = d.id order by seen_at limit 1) origin on true`

/** Where the source of a message wants to know that it was taken, by a row of the commit that took it. */
export async function acknowledge(tx: Knex, intakeId: string, at: Date): Promise<void> {
  await tx.raw(`select sync.acknowledge(:intakeId, :at)`, { intakeId, at })
}
