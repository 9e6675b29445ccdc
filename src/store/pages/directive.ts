import type { Knex } from 'knex'
import type { Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { type LifeEvent, lifeOf, sentOf } from '../directive-life.ts'
import { isShown } from '../predicates.ts'
import { type ServingCopy, type ShownFile, servingCopy, shownFiles } from '../shown-files.ts'
import { type DirectiveState, stateOf } from './search.ts'

/** Everything that one directive's page shows. */
export interface DirectivePage {
  readonly id: string
  readonly source: string
  readonly sourceRef: string
  readonly code: string
  readonly number: string
  readonly symbol: string
  readonly issuer: string
  readonly issuedOn: LocalDate
  readonly typeName: string
  readonly subject: string
  readonly summary: string | null
  readonly signerName: string | null
  readonly signerPosition: string | null
  readonly signerCompetence: string | null
  readonly urgency: Urgency
  readonly actAtOnce: boolean
  readonly dueOn: LocalDate | null
  readonly receivers: readonly string[]
  readonly revision: number
  readonly deadlineDate: LocalDate
  readonly classifyBy: Date
  readonly deadlineConfirmed: boolean
  readonly calendarVersion: string
  readonly beforeGoLive: boolean
  readonly seenAt: Date
  readonly stagedAt: Date
  /** When no file was waited for any more; null while one is. */
  readonly filesCompleteAt: Date | null
  readonly classifiedAt: Date | null
  readonly refusedAt: Date | null
  readonly recalledAt: Date | null
  /** By whose decision a person recalled it. */
  readonly recallAuthority: string | null
  readonly checkedAt: Date | null
  /** Not met in its turn: released late by its source, or found late. */
  readonly late: 'released' | 'found' | null
  readonly state: DirectiveState
  readonly files: readonly ShownFile[]
  /** The copy whose files are offered, because the text of this one is not here. */
  readonly servedBy: ServingCopy | null
  readonly history: readonly LifeEvent[]
  readonly messages: readonly MessageRow[]
  readonly sends: readonly SendRow[]
  readonly tasks: readonly TaskRow[]
  readonly copies: readonly { readonly id: string; readonly source: string }[]
}

export interface MessageRow {
  readonly id: string
  readonly business: string
  readonly state: string
  readonly attempts: number
  readonly failure: string | null
  readonly seenAt: Date
  readonly settledAt: Date | null
  readonly dueAt: Date
}

export interface SendRow {
  readonly id: string
  readonly kind: 'acknowledge' | 'status' | 'reply'
  readonly state: string
  readonly code: string | null
  readonly writtenAt: Date
  readonly attemptedAt: Date | null
  readonly endedAt: Date | null
  readonly attempts: number
  readonly failure: string | null
  readonly answer: string | null
}

export interface TaskRow {
  readonly description: string
  readonly dueOn: LocalDate | null
  readonly unit: string
  readonly role: 'lead' | 'support'
  readonly outcome: string | null
}

export interface StoredFile {
  readonly directiveId: string
  readonly name: string
  readonly storedAs: string
  readonly size: number
}

export function directivePage(db: Knex) {
  return {
    /** Null where there is none, or none that may be shown. */
    async one(id: string): Promise<DirectivePage | null> {
      const { rows } = await db.raw(
        `select d.id, d.source, d.source_ref as "sourceRef", d.code, d.number, d.symbol, d.issuer, d.issued_on as "issuedOn", d.type_name as "typeName",
           d.subject, d.summary, d.signer_name as "signerName", d.signer_position as "signerPosition", d.signer_competence as "signerCompetence",
           d.urgency, d.act_at_once as "actAtOnce", d.due_on as "dueOn", d.receivers, d.revision, d.deadline_date as "deadlineDate",
           d.classify_by as "classifyBy", d.deadline_confirmed as "deadlineConfirmed", d.calendar_version as "calendarVersion",
           d.before_go_live as "beforeGoLive", d.seen_at as "seenAt", d.staged_at as "stagedAt", d.files_complete_at as "filesCompleteAt", d.classified_at as "classifiedAt",
           d.refused_at as "refusedAt", d.recalled_at as "recalledAt", d.recall_authority as "recallAuthority", d.checked_at as "checkedAt", d.late, ${stateOf} as state
         from sync.directive d where d.id = :id::uuid and ${isShown('d')}`,
        { id },
      )
      if (!rows[0]) return null
      const [files, servedBy, history, messages, sends, tasks, copies] = await Promise.all([
        shownFiles(db, id),
        servingCopy(db, id),
        lifeOf(db, id),
        messagesOf(db, id),
        sendsOf(db, id),
        tasksOf(db, id),
        copiesOf(db, id),
      ])
      return { ...rows[0], files, servedBy, history, messages, sends, tasks, copies }
    },

    /** A file of a directive that may be shown, where its bytes lie. */
    async file(directiveId: string, fileId: string): Promise<StoredFile | null> {
      const { rows } = await db.raw(
        `select f.directive_id as "directiveId", f.name, f.stored_as as "storedAs", f.size from sync.directive_file f
         join sync.directive d on d.id = f.directive_id
         where f.id = :fileId::uuid and d.id = :directiveId::uuid and ${isShown('d')} and f.stored_as is not null`,
        { directiveId, fileId },
      )
      return rows[0] ?? null
    },
  }
}

async function messagesOf(db: Knex, id: string): Promise<MessageRow[]> {
  const { rows } = await db.raw(
    `select id, business, state, attempts, failure, seen_at as "seenAt", settled_at as "settledAt", due_at as "dueAt"
     from sync.intake where directive_id = ? order by seen_at limit 100`,
    [id],
  )
  return rows
}

async function sendsOf(db: Knex, id: string): Promise<SendRow[]> {
  const { rows } = await db.raw(
    `select o.id, o.kind, o.state, o.detail ->> 'code' as code, o.written_at as "writtenAt", o.attempted_at as "attemptedAt", o.ended_at as "endedAt",
       o.attempts, o.failure, o.answer from sync.outbox o
     where ${sentOf} order by o.place limit 200`,
    { id },
  )
  return rows
}

async function tasksOf(db: Knex, id: string): Promise<TaskRow[]> {
  const { rows } = await db.raw(
    `select t.description, t.due_on as "dueOn", n.name as unit, a.role,
       (select outcome from sync.reply r where r.assignment_id = a.id order by r.written_at desc limit 1) as outcome
     from sync.task t join sync.assignment a on a.task_id = t.id
     left join lateral (select name from sync.unit_name where unit_id = a.unit_id order by valid_from desc limit 1) n on true
     where t.directive_id = ? order by t.position, a.role limit 200`,
    [id],
  )
  return rows
}

async function copiesOf(db: Knex, id: string): Promise<{ id: string; source: string }[]> {
  const { rows } = await db.raw(
    `select c.id, c.source from sync.directive d join sync.directive c on coalesce(c.primary_id, c.id) = coalesce(d.primary_id, d.id)
     where d.id = :id and c.id <> d.id and ${isShown('c')} order by c.seen_at`,
    { id },
  )
  return rows
}
