import type { Knex } from 'knex'
import type { Admitted } from './admitted.ts'
import { wasComplete } from './completeness.ts'
import type { columnsOf, Existing } from './directives.ts'
import { doubtedOf } from './doubted-clocks.ts'
import { hasOpenDeadline, isShown } from './predicates.ts'
import { isClose, reaches } from './reasons.ts'
import { type SetAside, setAsideOf } from './set-aside.ts'

/** `released`: its source released it late. `found`: a reading should have met it before. */
export type Late = 'released' | 'found'

/** A message, with the reference under which its directive is written. */
interface Asked {
  readonly id: string
  readonly source: string
  /** Null where the intake row is there already. */
  readonly passId: string | null
  readonly sourceRef: string
  readonly admitted: Admitted
  readonly columns: ReturnType<typeof columnsOf>
}

/** What the store has of a message, of its directive and of what bears the number of that. */
export interface Already {
  /** By the clock of the database. */
  readonly now: Date
  /** Of the reading that brought the message first. */
  readonly passId: string
  /** Another reading has this version. */
  readonly taken: boolean
  readonly existing: Existing | null
  /** What had its name before; null where nothing did. */
  readonly setAside: readonly SetAside[] | null
  /** What was withheld may be this very document. */
  readonly withheldElsewhere: boolean
  /** Something was purged since the source was asked. */
  readonly purgedSince: boolean
  /** Another source gave what bears its identity. */
  readonly hasNamesake: boolean
  /** How a new directive came, if not in its turn. */
  readonly late: Late | null
  /** What a new directive takes over from the first copy of the same document. */
  readonly takenOver: {
    readonly primary_id: string | null
    readonly classified_at: Date | null
    readonly refused_at: Date | null
  }
}

/**
 * In the order of the messages, of which no two concern one document. The directives of their numbers stay locked, so
 * that a classification that is under way is waited for, and one that comes meanwhile finds the copy.
 */
export async function alreadyStored(tx: Knex, messages: readonly Asked[]): Promise<Already[]> {
  const asked = messages.map(({ id, passId, source, sourceRef, columns, admitted }) => ({
    ...{ id, pass: passId, source, source_ref: sourceRef, asked_at: admitted.askedAt },
    ...{ transport_ref: admitted.transportRef, version: admitted.version },
    ...{ same_document_key: columns.same_document_key, issued_on: columns.issued_on },
    ...{ subject: columns.subject, released_late: admitted.isReleasedLate === true },
  }))
  const { rows } = await tx.raw(look, { asked: JSON.stringify(asked) })
  const found = new Map<string, Already>()
  for (const { message, existing, readAt, primary_id, classified_at, refused_at, ...row } of rows)
    found.set(message, {
      ...row,
      existing: existing && { ...existing, readAt },
      takenOver: { primary_id, classified_at, refused_at },
    })
  return messages.map(({ id }) => found.get(id)!)
}

const asked = `select * from jsonb_to_recordset(:asked) as a (id uuid, pass uuid, source text, source_ref text, transport_ref text,
  version text, same_document_key text, issued_on date, subject text, asked_at timestamptz, released_late boolean)`

/** The offset keeps each number looked up in its index, also where nothing is known yet of a table that grew at once. */
const near = `select d.id, d.source, d.source_ref, d.same_document_key, d.issued_on, d.subject, d.content_digest, d.revision, d.withheld_at, d.withheld_itself,
    d.recalled_at, d.recall_authority, d.act_at_once, d.deadline_date, d.before_go_live, d.read_at, d.seen_at, d.primary_id, d.classified_at, d.refused_at
  from sync.directive d where d.id in (
    select k.id from asked a join sync.directive k on k.source = a.source and k.source_ref = a.source_ref
    union all select k.id from asked a, lateral (
      select k.id from sync.directive k where k.same_document_key = a.same_document_key and ${isClose('k', 'a')} offset 0) k)
  order by d.id for no key update`

/** Of all its copies none may be further than a day from the new one. */
const firstCopy = `select k.id as primary_id, k.classified_at, k.refused_at from near k
  where d.id is null and k.same_document_key = a.same_document_key and k.primary_id is null and ${isShown('k')} and ${isClose('k', 'a')} and sync.share_word(k.subject, a.subject)
    and not exists (select from sync.directive c where c.primary_id = k.id and not ${isClose('c', 'a')})
    and exists (select from sync.directive c where coalesce(c.primary_id, c.id) = k.id and c.source <> a.source)
  order by k.seen_at, k.id limit 1`

const existing = `select jsonb_build_object('id', d.id, 'digest', d.content_digest, 'revision', d.revision, 'withheld', d.withheld_at is not null,
    'recalled', d.recalled_at is not null, 'byHand', d.recall_authority is not null, 'actAtOnce', d.act_at_once, 'fields', r.fields,
    'deadlineDate', d.deadline_date, 'runs', ${hasOpenDeadline('d')}, 'beforeGoLive', d.before_go_live, 'doubted', ${doubtedOf('d')})
  from sync.directive_revision r where r.directive_id = d.id and r.revision = d.revision`

/**
 * A reading behind the newest days met what is new to the store. The history is read for the first time, and what has come
 * through another source already is known.
 */
const late = `select case
    when p.kind not in ('head', 'deep', 'resync', 'rolling') or copy.primary_id is not null then null
    when a.released_late then 'released'
    when a.issued_on >= coalesce(newest.window_from, a.issued_on) then null
    when ${wasComplete('a.issued_on', 'p', 's')} then 'released'
    when p.kind = 'rolling' then 'found' end
  from sync.pass p join sync.source s on s.name = p.source
  left join lateral (select h.window_from from sync.pass h where h.source = p.source and h.kind = 'head' and h.state in ('done', 'open')
    order by h.ended_at desc limit 1) newest on true
  where p.id = coalesce(a.pass, own.pass_id)`

const look = `with asked as (${asked}), near as (${near})
  select a.id as message, clock_timestamp() as now, coalesce(a.pass, own.pass_id) as "passId",
    own.id is null and exists (select from sync.intake k where k.source = a.source and k.transport_ref = a.transport_ref and k.version = a.version) as taken,
    exists (select from near k where k.same_document_key = a.same_document_key and k.id is distinct from d.id and ${reaches('k', 'a')}) as "withheldElsewhere",
    exists (select from sync.purge p where p.done_at > a.asked_at) as "purgedSince",
    exists (select from sync.directive k where k.same_document_key = a.same_document_key and k.source <> a.source) as "hasNamesake",
    case when d.id is null then (${late}) end as late, (${existing}) as existing, ${setAsideOf('a')} as "setAside", d.read_at as "readAt", copy.*
  from asked a left join sync.intake own on own.id = a.id
  left join near d on d.source = a.source and d.source_ref = a.source_ref
  left join lateral (${firstCopy}) copy on true`
