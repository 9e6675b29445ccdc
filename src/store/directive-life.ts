import type { Knex } from 'knex'
import { isShown } from './predicates.ts'
import { servingCopy, shownFiles } from './shown-files.ts'

/** One thing that happened to a directive. */
export interface LifeEvent {
  readonly at: Date
  /** `bridge`, or who acted. */
  readonly actor: string
  readonly event: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Everything that the store has of a directive that is shown; null of one that is not, whatever the reason. */
export async function wholeDirective(
  db: Knex,
  id: string,
): Promise<Record<string, unknown> | null> {
  const { rows } = await db.raw(selectDirective, [id])
  if (!rows[0]) return null
  const of = async (sql: string) => (await db.raw(sql, { id })).rows
  const [history, replies, intake, revisions, orders, tasks, sends, replaces, replacedBy] =
    await Promise.all(
      [
        selectHistory,
        selectReplies,
        selectIntake,
        selectRevisions,
        selectOrders,
        selectTasks,
        selectSends,
        linked('r.directive_id = d.id', 'o.source = r.source and o.source_ref = r.source_ref'),
        linked('r.source = d.source and r.source_ref = d.source_ref', 'o.id = r.directive_id'),
      ].map(of),
    )
  const [files, servedBy, life] = await Promise.all([
    shownFiles(db, id),
    servingCopy(db, id),
    lifeOf(db, id),
  ])
  return {
    ...rows[0],
    ...{
      files,
      servedBy,
      history,
      replies,
      intake,
      revisions,
      orders,
      tasks,
      sends,
      replaces,
      replacedBy,
    },
    life,
  }
}

/** Oldest first. */
export async function lifeOf(db: Knex, id: string): Promise<LifeEvent[]> {
  return (await db.raw(selectLife, { id })).rows
}

const selectDirective = `
select id, source, source_ref as "sourceRef", code, number, symbol, issuer, issued_on as "issuedOn", type_name as "typeName", subject, summary,
  signer_name as "signerName", signer_position as "signerPosition", urgency, due_on as "dueOn", receivers, revision,
  deadline_date as "deadlineDate", classify_by as "classifyBy", deadline_confirmed as "deadlineConfirmed", calendar_version as "calendarVersion",
  act_at_once as "actAtOnce", before_go_live as "beforeGoLive", seen_at as "seenAt", staged_at as "stagedAt", files_complete_at as "filesCompleteAt", classified_at as "classifiedAt",
  refused_at as "refusedAt", recalled_at as "recalledAt", recall_authority as "recallAuthority", checked_at as "checkedAt", primary_id as "sameAs", late
from sync.directive where id = ? and ${isShown('directive')}`

const selectHistory = `select at, actor, event, detail from sync.history where directive_id = :id order by at, id`

const selectReplies = `
select r.id, r.outcome, r.completed_on as "completedOn", r.explanation, r.number, r.symbol, r.written_at as "writtenAt", r.written_by as "writtenBy",
  r.delivery, r.delivered_at as "deliveredAt", r.failure, r.answer
from tracking.replies r where r.directive_id = :id order by r.written_at`

const selectIntake = `
select id, business, state, attempts, failure, seen_at as "seenAt", settled_at as "settledAt", due_at as "dueAt", pass_id as run
from sync.intake where directive_id = :id order by seen_at`

const selectRevisions = `select revision, at, changed from sync.directive_revision where directive_id = :id order by revision`

const selectOrders = `
select id, kind, reason, ordered_at as "orderedAt", answer, answer_reason as "answerReason", answered_at as "answeredAt", answered_by as "answeredBy"
from sync.business_order where directive_id = :id order by ordered_at`

const selectTasks = `
select t.position, t.description, t.due_on as "dueOn", t.open_ended as "openEnded", a.id as assignment, a.role, n.name as unit, a.assigned_at as "assignedAt",
  a.begun_at as "begunAt", last.outcome as "lastOutcome", last.completed_on as "completedOn"
from sync.task t join sync.assignment a on a.task_id = t.id
left join lateral (select name from sync.unit_name where unit_id = a.unit_id order by valid_from desc limit 1) n on true
left join lateral (select outcome, completed_on from sync.reply where assignment_id = a.id order by written_at desc limit 1) last on true
where t.directive_id = :id order by t.position, a.role, n.name`

/** An acknowledgement names its message alone. As an array, and not a subquery, so that two indexes answer. */
export const sentOf = `o.directive_id = :id or o.intake_id = any (array(select i.id from sync.intake i where i.directive_id = :id))`

const selectSends = `
select o.id, o.kind as sends, o.detail ->> 'code' as status, o.reply_id as "replyId", o.state, o.attempts, o.written_at as "writtenAt",
  o.attempted_at as "attemptedAt", o.ended_at as "endedAt", o.failure, o.answer
from sync.outbox o where ${sentOf} order by o.place`

/** What is linked to it and shown as well. */
function linked(link: string, other: string): string {
  return `select o.id, o.code from sync.directive d join sync.replacement r on ${link} join sync.directive o on ${other}
    where d.id = :id and ${isShown('o')} order by o.issued_on, o.code`
}

/**
 * The history, with what is written elsewhere because it is more than an entry: which reading brought it, what a
 * revision changed, what replaces it, who was given what, and what went back to its source.
 */
const selectLife = `
with life (at, place, actor, event, detail) as (
  select h.at, 5, h.actor, h.event, h.detail || coalesce((
    select jsonb_strip_nulls(jsonb_build_object('failure', o.failure, 'answer', o.answer)) from sync.outbox o
    where o.reply_id = case when h.event in ('replyRejected', 'replyUnconfirmed') then (h.detail ->> 'reply')::uuid end), '{}')
  from sync.history h where h.directive_id = :id
  union all
  select i.seen_at, 1, 'bridge', 'read', jsonb_strip_nulls(jsonb_build_object('business', i.business, 'became', i.state, 'reading', p.kind, 'run', p.id,
    'resync', p.resync_id, 'askedBy', r.actor, 'reason', r.reason))
  from sync.intake i join sync.pass p on p.id = i.pass_id left join sync.resync r on r.id = p.resync_id where i.directive_id = :id
  union all
  select d.seen_at, 2, 'bridge', 'deadlineComputed', jsonb_build_object('version', coalesce((select h.detail ->> 'oldVersion' from sync.history h
    where h.directive_id = d.id and h.event = 'deadlineMoved' order by h.at limit 1), d.calendar_version))
  from sync.directive d where d.id = :id
  union all
  select v.at, 3, 'bridge', 'revised', jsonb_build_object('revision', v.revision, 'changed', v.changed)
  from sync.directive_revision v where v.directive_id = :id and v.revision > 1
  union all
  select o.ordered_at, 4, 'bridge', 'updateOrdered', jsonb_strip_nulls(jsonb_build_object('reason', o.reason))
  from sync.business_order o where o.directive_id = :id and o.kind = 'update'
  union all
  select d.staged_at, 6, 'bridge', 'replaces', jsonb_build_object('code', o.code, 'directive', o.id)
  from sync.directive d join sync.replacement r on r.directive_id = d.id join sync.directive o on o.source = r.source and o.source_ref = r.source_ref
  where d.id = :id and ${isShown('o')}
  union all
  select o.staged_at, 6, 'bridge', 'replacedBy', jsonb_build_object('code', o.code, 'directive', o.id)
  from sync.directive d join sync.replacement r on r.source = d.source and r.source_ref = d.source_ref join sync.directive o on o.id = r.directive_id
  where d.id = :id and ${isShown('o')}
  union all
  select a.assigned_at, 7, coalesce((select h.actor from sync.history h where h.directive_id = :id and h.event = 'classified' order by h.at limit 1), 'bridge'),
    'assigned', jsonb_build_object('task', t.position, 'role', a.role, 'dueOn', t.due_on, 'unit', (select n.name from sync.unit_name n where n.unit_id = a.unit_id order by n.valid_from desc limit 1))
  from sync.assignment a join sync.task t on t.id = a.task_id where t.directive_id = :id
  union all
  select o.written_at, 8, 'bridge', case o.kind when 'status' then 'statusWritten' else 'acknowledgementWritten' end,
    jsonb_strip_nulls(jsonb_build_object('status', o.detail ->> 'code', 'state', o.state, 'endedAt', o.ended_at, 'failure', o.failure, 'answer', o.answer))
  from sync.outbox o where o.kind <> 'reply' and (${sentOf})
)
select at, actor, event, detail from life order by at, place, event`
