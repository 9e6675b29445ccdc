/** The legal deadlines that have passed or soon will, texts that are not there in time, and the alerts that tell what no other row tells. */
import type { AlertKind } from '#src/domain/alert.ts'
import type { AttentionKind } from './attention-kinds.ts'
import { isOpenDoubt } from './doubted-clocks.ts'
import {
  cameTooLate,
  clockRuns,
  isFoundLate,
  isPast,
  isShown,
  waitsForOffice,
} from './predicates.ts'
import { documentsWithoutText } from './without-text.ts'

const isPressing = `${clockRuns('directive')} and classify_by <= :horizon
  and classify_by <= :at::timestamptz + (:near::jsonb ->> urgency)::float8 * interval '1 hour'`

/** Of the copies of one document, among those asked for, the most urgent one: classifying it settles them all. */
export const pressing = `
select case when not ${isPast('d')} then 'dueSoon' when ${cameTooLate('d')} then 'releasedLate' else 'overdue' end, d.id::text, d.source, d.id, d.code,
  case when not ${isPast('d')} then 'deadlineNear' when ${cameTooLate('d')} then 'releasedLate' else 'deadlinePassed' end,
  case when ${isPast('d')} then d.classify_by
    else greatest(d.seen_at, d.classify_by - (:near::jsonb ->> d.urgency)::float8 * interval '1 hour') end,
  d.classify_by, false, jsonb_build_object('urgency', d.urgency, 'deadlineDate', d.deadline_date, 'filesComplete', d.files_complete_at is not null)
from (
  select distinct on (coalesce(primary_id, id)) id, source, code, urgency, deadline_date, classify_by, seen_at, files_complete_at, late, staged_at
  from sync.directive where ${isPressing}
    and (:sources::text[] is null or source = any (:sources)) and (:directiveId::uuid is null or id = :directiveId)
  order by coalesce(primary_id, id), classify_by, primary_id is not null, id
) d`

/** What a reading should have met before: somebody has to find out why it did not. */
export const foundLate = `
select 'foundLate', d.id::text, d.source, d.id, d.code, 'foundLate', d.staged_at, case when ${waitsForOffice('d')} then d.classify_by end, d.before_go_live,
  jsonb_build_object('issuedOn', d.issued_on)
from sync.directive d where ${isFoundLate('d')} and (:sources::text[] is null or d.source = any (:sources)) and (:directiveId::uuid is null or d.id = :directiveId)`

/** Classified or not: the full text is part of what the Office has its time for. */
export const withoutText = `
select 'withoutText', d.id::text, d.source, d.id, d.code, d.cause, d.classify_by, case when ${waitsForOffice('d')} then d.classify_by end, false,
  jsonb_build_object('classifiedAt', d.classified_at, 'state', d.state, 'dueAt', d.due_at, 'size', d.size)
from (${documentsWithoutText('(:sources::text[] is null or d.source = any (:sources)) and (:directiveId::uuid is null or d.id = :directiveId)')}) d`

/** Until a person decides, the earlier or the strictest clock runs. */
export const doubtedDates = `
select 'doubtedDate', d.id::text, d.source, d.id, d.code, c.doubt, c.since, case when ${waitsForOffice('d')} then d.classify_by end, false,
  jsonb_build_object('issuedOn', c.issued_on, 'deadlineDate', d.deadline_date, 'otherDeadline', c.other_deadline)
from sync.doubted_clock c join sync.directive d on d.id = c.directive_id where ${isOpenDoubt('c')} and ${isShown('d')}`

/** What an alert of a source adds up, the list holds item by item. */
const addsUp: Readonly<Partial<Record<AlertKind, readonly AttentionKind[]>>> = {
  sourceAway: ['sourceFailing', 'sourcePaused'],
  breakerOpen: ['sourceFailing', 'sourcePaused'],
  undecided: ['undecided'],
  fuseAsked: ['fuse'],
  withoutText: ['withoutText'],
  doubtedDate: ['doubtedDate'],
  releasedLate: ['releasedLate'],
  foundLate: ['foundLate'],
  failed: ['stagingFailed', 'conflict'],
  fileMissing: ['fileMissing'],
  unconfirmed: ['sendRejected', 'sendUnconfirmed'],
  notAdmitted: ['notAdmitted'],
  withheld: ['withheld'],
  unmappedCode: ['unmappedCode'],
  formRefused: ['formRefused'],
}

const pairs = Object.entries(addsUp).flatMap(([alert, items]) =>
  items.map((item) => `('${alert}', '${item}')`),
)

/** One that lasts on for the minutes after which it counts as over is listed as long as nothing else tells it. */
export const alerts = `
select 'alert', a.id::text, a.source, null::uuid, null, a.kind, a.began_at, null::timestamptz, false, a.figures
from sync.alert a
where a.ended_at is null
  and not exists (select from listed join (values ${pairs.join(', ')}) as added (alert, item) on added.item = listed.kind
    where added.alert = a.kind and listed.source = a.source)
  and not (a.kind in ('deadlineNear', 'deadlinePassed') and exists (select from sync.directive where source = a.source and ${isPressing}))`
