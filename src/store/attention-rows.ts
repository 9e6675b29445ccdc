/**
 * Everything that waits for a person as rows of one shape, kind by kind. A withheld directive is looked past
 * everywhere but where it is the row itself, and there nothing of it is told.
 */
import { alerts, doubtedDates, foundLate, pressing, withoutText } from './attention-danger.ts'
import { shortReadings } from './completeness.ts'
import { lasts } from './contradictions.ts'
import { risenForms } from './form-refusals.ts'
import { openPairs } from './may-be-same.ts'
import { hasFailed, isInTime, isShown, isUnusable, saidBy, waitsForOffice } from './predicates.ts'
import { givenAway } from './set-aside.ts'
import { breakerIsOpen, isPaused } from './sources.ts'
import { waitingReadings } from './waivers.ts'
import { notAdmittedRows } from './writings.ts'

const firstAnnounced = `order by f.revision, f.position, f.id`

const shape = `kind, id, source, directive_id, code, cause, since, endangers, before_go_live, detail`

/** Not in the store: what failed, what the source contradicts itself in, what orders something of nothing we have. */
const unstaged = `
select case when i.state = 'deferred' then 'messageDeferred' when i.failure = 'conflict' then 'conflict' else 'stagingFailed' end,
  i.id::text, i.source, d.id, coalesce(d.code, ${saidBy('i', 'order_code')}), case i.state when 'deferred' then i.business else i.failure end, i.seen_at,
  case when i.state = 'deferred' and i.business in ('revoke', 'status') then null
    when d.id is null then i.classify_by when ${waitsForOffice('d')} then d.classify_by end,
  coalesce(d.before_go_live, false),
  jsonb_build_object('state', i.state, 'issuer', ${saidBy('i', 'order_issuer')}, 'attempts', i.attempts, 'dueAt', case when i.state <> 'deferred' and i.due_at < '9000-01-01' then i.due_at end)
from sync.intake i
left join lateral (select coalesce(i.directive_id,
  case when i.failure = 'conflict' then coalesce((select k.id from sync.directive k where k.source = i.source and k.source_ref = i.source_ref),
    sync.directive_called(i.source, i.concerns[1])) end) as id) named on true
left join sync.directive d on d.id = named.id and ${isShown('d')}
where i.state in ('failed', 'deferred')`

/** Shown, and a file of it could not be fetched so far: told by the one that was announced first. */
const missing = `
select 'fileMissing', d.id::text, d.source, d.id, d.code, (array_agg(coalesce(f.failure, 'waiting') ${firstAnnounced}))[1], min(a.at),
  case when ${waitsForOffice('d')} then d.classify_by end, d.before_go_live,
  jsonb_build_object('files', count(*), 'attempts', max(f.attempts), 'dueAt', min(f.due_at), 'fullText', bool_or(f.is_full_text),
    'size', (array_agg(f.announced_size ${firstAnnounced}))[1])
from sync.directive_file f join sync.directive d on d.id = f.directive_id
join sync.directive_revision a on a.directive_id = f.directive_id and a.revision = f.revision
where ${hasFailed('f')} and ${isShown('d')} group by d.id`

/** Staged without them: the Office works with what is there, and somebody asks the issuer for the rest. */
const unusable = `
select 'fileUnusable', d.id::text, d.source, d.id, d.code, min(f.unusable), d.staged_at, case when ${waitsForOffice('d')} then d.classify_by end,
  d.before_go_live, jsonb_build_object('files', count(*))
from sync.directive_file f join sync.directive d on d.id = f.directive_id where ${isUnusable('f')} and ${isShown('d')} group by d.id`

/** An acknowledgement goes by its message. */
const unsent = `
select case o.state when 'rejected' then 'sendRejected' else 'sendUnconfirmed' end, o.id::text, o.source, d.id, d.code,
  coalesce(o.failure, o.state), coalesce(o.ended_at, o.attempted_at, o.written_at),
  case when ${waitsForOffice('d')} then d.classify_by end, coalesce(d.before_go_live, false),
  jsonb_build_object('sends', o.kind, 'replyId', o.reply_id, 'attempts', o.attempts, 'lookUps', o.look_ups, 'answer', o.answer)
from sync.outbox o left join sync.intake i on i.id = o.intake_id left join sync.directive d on d.id = coalesce(o.directive_id, i.directive_id)
where o.state in ('rejected', 'unconfirmed') and ${isShown('d')}`

/** Of what it said nothing is left to tell. */
const notAdmitted = `
select 'notAdmitted', n.id::text, d.source, d.id, d.code, n.cause, n.at, case when ${waitsForOffice('d')} then d.classify_by end,
  d.before_go_live, jsonb_build_object('act', n.act, 'attempts', n.attempts)
from ${notAdmittedRows}`

/** What its source calls secret for certain is purged without a person; should that take a fuse's answer, the fuse asks. */
const withheld = `
select 'withheld', d.id::text, d.source, d.id, null, d.withheld_because, d.withheld_at, case when ${waitsForOffice('d')} then d.classify_by end,
  d.before_go_live, '{}'::jsonb
from sync.directive d where d.withheld_at is not null and d.withheld_because <> 'secret'`

/** Both stay shown, each with its clock, until a person says what they are. */
const mayBeSame = `
select 'mayBeSame', q.id::text, q.other ->> 'source', q."directiveId", q.other ->> 'code', q.because, q.since, q."classifyBy", q."beforeGoLive",
  jsonb_build_object('one', q.one, 'other', q.other)
from (${openPairs}) q`

const fuses = `
select 'fuse', f.kind, f.source, null::uuid, null, f.kind, f.tripped_at, null::timestamptz, false,
  jsonb_build_object('counted', f.counted, 'outOf', f.out_of, 'lastAt', f.last_at)
from sync.fuse f where f.answer is null`

/** Until a whole daily reading did not meet it any more; one that was refused is read again within the hour. */
const unmappedCodes = `
select 'unmappedCode', u.field || ':' || u.code, u.source, null::uuid, null, 'unmapped', u.first_seen_at, null::timestamptz, false,
  jsonb_build_object('field', u.field, 'code', u.code, 'count', u.count, 'firstSeenAt', u.first_seen_at, 'lastSeenAt', u.last_seen_at)
from sync.unmapped_code u join sync.source s on s.name = u.source
where u.last_seen_at >= coalesce(s.deep_read_at - interval '2 hours', '-infinity')`

/** A field that its source writes otherwise than its profile says, or not at all. */
const forms = `
select 'formRefused', r.field, r.source, null::uuid, null, 'formRefused', r.since, null::timestamptz, false,
  jsonb_build_object('field', r.field, 'count', r.count)
from (${risenForms}) r`

/**
 * One row for a source, however many readings met it: the same item is in all whose windows hold its day. Over when
 * a later reading of at least the same days left nothing undecided.
 */
const undecided = `
select 'undecided', open.source, open.source, null::uuid, null, coalesce((array_agg(open.failure order by open.ended_at desc))[1], 'malformed'),
  min(begun.since), null::timestamptz, false,
  jsonb_build_object('count', max(open.undecided), 'from', min(open.window_from), 'until', max(open.window_until),
    'run', (array_agg(open.id order by open.ended_at desc))[1])
from (
  select distinct on (p.source, p.kind, p.window_from) p.* from sync.pass p left join sync.resync r on r.id = p.resync_id
  where p.state = 'open' and r.refs is null order by p.source, p.kind, p.window_from, p.ended_at desc
) open
left join lateral (
  select max(q.ended_at) as at from sync.pass q left join sync.resync asked on asked.id = q.resync_id
  where q.source = open.source and q.state = 'done' and asked.refs is null and (q.kind <> 'recheck' or open.kind = 'recheck')
    and q.window_from <= open.window_from and q.window_until >= open.window_until
) whole on true
left join lateral (
  select p.opened_at as since from sync.pass p where p.source = open.source and p.kind = open.kind and p.window_from = open.window_from
    and p.state = 'open' and p.ended_at >= coalesce(whole.at, '-infinity') order by p.ended_at limit 1
) begun on true
where whole.at is null or whole.at <= open.ended_at
group by open.source`

const unbalanced = `
select 'unbalanced', p.id::text, p.source, null::uuid, null, p.kind, p.ended_at, null::timestamptz, false,
  jsonb_build_object('allowed', p.allowed, 'accountedFor', p.unchanged + (select count(*) from sync.intake i where i.pass_id = p.id))
from sync.pass p where not p.balanced`

/** One row for a source: the days from and until which its count and its list differ. */
const short = `
select 'listShort', s.source, s.source, null::uuid, null, 'listShort', min(s.ended_at), null::timestamptz, false,
  jsonb_build_object('counted', (array_agg(s.counted order by s.ended_at desc))[1], 'listed', (array_agg(s.listed order by s.ended_at desc))[1],
    'from', min(lower(s.days)), 'until', max(upper(s.days)) - 1, 'run', (array_agg(s.id order by s.ended_at desc))[1],
    'surplus', case when min(s.counted - s.listed) = max(s.counted - s.listed) then min(s.counted - s.listed) end)
from (${shortReadings('true')}) s group by s.source`

/** It is over when its source has said one thing only for a while. */
const contradictory = `
select 'contradiction', d.id::text, d.source, d.id, d.code, c.how, c.since, case when ${waitsForOffice('d')} then d.classify_by end,
  d.before_go_live, jsonb_build_object('lastAt', c.last_at)
from sync.contradiction c join sync.directive d on d.id = c.directive_id
where ${isShown('d')} and ${lasts('c')} and (c.times > 1 or c.how = 'inTurns')`

/** Named by its resync, or by the source that is waited for; what is held up nobody knows. */
const held = `
select 'waitsForOther', coalesce(w.resync_id::text, w.waits_for), w.source, null::uuid, null, 'waitsForOther', w.since, null::timestamptz, false,
  jsonb_build_object('waitsFor', w.waits_for, 'resync', w.resync_id, 'from', w.window_from, 'until', w.window_until, 'failure', s.last_failure)
from (${waitingReadings}) w left join sync.source s on s.name = w.waits_for and s.failures > 0`

/** What a silent source has not shown yet nobody knows; what it showed and was not fetched can be late. */
const failing = `
select 'sourceFailing', s.name, s.name, null::uuid, null, s.last_failure, coalesce(s.last_answer_at, (select min(p.opened_at) from sync.pass p where p.source = s.name), :at),
  (select min(i.classify_by) from sync.intake i where i.source = s.name and i.state = 'failed'), false,
  jsonb_build_object('failuresInARow', s.failures, 'notAskedUntil', case when ${breakerIsOpen('s')} then s.open_until end)
from sync.source s where s.failures > 0`

const paused = `
select 'sourcePaused', s.name, s.name, null::uuid, null, 'maintenance', s.paused_at,
  least((select min(d.classify_by) from sync.directive d where d.source = s.name and ${isInTime('d')} and d.classify_by <= s.paused_until),
    (select min(i.classify_by) from sync.intake i where i.source = s.name and i.state = 'failed'
      and i.classify_by > :at and i.classify_by <= s.paused_until)),
  false, jsonb_build_object('until', s.paused_until, 'by', s.paused_by, 'reason', s.paused_reason)
from sync.source s where ${isPaused('s', ':at')}`

const undelivered = `
select 'undelivered', channel, '', null::uuid, null, coalesce(max(failure) filter (where state = 'pending'), 'givenUp'), min(written_at), null::timestamptz, false,
  jsonb_build_object('pending', count(*) filter (where state = 'pending'), 'givenUp', count(*) filter (where state = 'givenUp'))
from sync.alert_notice where state = 'pending' or state = 'givenUp' and ended_at > clock_timestamp() - interval '7 days'
group by channel having count(failure) filter (where state = 'pending') > 0 or count(*) filter (where state = 'givenUp') > 0`

/** Takes `:at`, by the service's own clock, the hours called `:near`, `:horizon` beyond all of them, and what is asked for. */
export const waiting = `with listed (${shape}) as (${[
  pressing,
  withoutText,
  doubtedDates,
  foundLate,
  unstaged,
  missing,
  unusable,
  unsent,
  notAdmitted,
  withheld,
  mayBeSame,
  fuses,
  unmappedCodes,
  forms,
  undecided,
  unbalanced,
  short,
  held,
  contradictory,
  givenAway,
  failing,
  paused,
  undelivered,
].join('\nunion all')}),
waiting (${shape}) as (select * from listed union all ${alerts})`
