/**
 * What statements ask of a directive, each once. `d` is what the statement calls the table. They say what the partial
 * indexes say, so that those answer: of a store of years what still waits is little.
 */

/** Nothing withholds it. */
export const isShown = (d: string) => `${d}.withheld_at is null`

/** The Office has neither classified nor refused it, and nobody has recalled it. */
export const waitsForOffice = (d: string) =>
  `${d}.classified_at is null and ${d}.refused_at is null and ${d}.recalled_at is null`

/**
 * Its legal deadline still counts, also while it is withheld. What was classified keeps the deadline that it was
 * judged by; what was issued before the service went live has none.
 */
export const hasOpenDeadline = (d: string) => `${waitsForOffice(d)} and not ${d}.before_go_live`

/** The same of what is shown. */
export const clockRuns = (d: string) => `${hasOpenDeadline(d)} and ${isShown(d)}`

/** At the instant `:at`; the deadline itself is the first that is too late. */
export const isPast = (d: string) => `${d}.classify_by <= :at`

/** Its source released it late, and its legal time was over when it came: nobody here could have been in time. */
export const cameTooLate = (d: string) =>
  `coalesce(${d}.late = 'released' and ${d}.staged_at >= ${d}.classify_by, false)`

/** Its legal deadline passed while it was here, and nobody settled it. */
export const isOverdue = (d: string) => `${clockRuns(d)} and ${isPast(d)} and not ${cameTooLate(d)}`

/** Released too late to be in time, and still to be classified. */
export const isReleasedLate = (d: string) =>
  `${clockRuns(d)} and ${isPast(d)} and ${cameTooLate(d)}`

/** For so long what was found late is a question to whoever runs the service. */
const foundLateDays = 7

/** A reading should have met it before, lately or while it still waits, at the instant `:at`. */
export const isFoundLate = (d: string) =>
  `${isShown(d)} and ${d}.late = 'found' and (${waitsForOffice(d)} and not ${d}.before_go_live or ${d}.staged_at > :at::timestamptz - interval '${foundLateDays} days')`

/** Its legal deadline is still ahead. */
export const isInTime = (d: string) => `${clockRuns(d)} and not ${isPast(d)}`

/** It was staged when its legal deadline had passed. */
export const isStagedLate = (d: string) =>
  `${isShown(d)} and not ${d}.before_go_live and ${d}.staged_at >= ${d}.classify_by`

/** It is shown, and its deadline counted, whatever became of it. */
export const isCounted = (d: string) => `${isShown(d)} and not ${d}.before_go_live`

/**
 * Copies of one document count once, wherever they are counted: of those of which `holds` is true the one that is not
 * recalled, and of those the one with the nearest deadline.
 */
export const once = (d: string, holds: (d: string) => string) => `${holds(d)} and not exists (
  select from sync.directive c where ${isCopyOf('c', d)} and ${holds('c')}
    and (c.recalled_at is not null, c.classify_by, c.id) < (${d}.recalled_at is not null, ${d}.classify_by, ${d}.id))`

/** A document is staged when the first of its copies is. */
export const isStagedFirst = (d: string) => `not exists (
  select from sync.directive c where ${isCopyOf('c', d)} and ${isShown('c')} and (c.staged_at, c.id) < (${d}.staged_at, ${d}.id))`

const isCopyOf = (c: string, d: string) =>
  `coalesce(${c}.primary_id, ${c}.id) = coalesce(${d}.primary_id, ${d}.id) and ${c}.id <> ${d}.id`

/** A file of the latest revision; `f` is what the statement calls the table. */
export const isCurrent = (f: string) => `${f}.superseded_by is null`

/** A file that is still to be fetched. */
export const isWaiting = (f: string) => `${f}.state = 'waiting'`

/** A file that is still to be fetched, and could not be so far. */
export const hasFailed = (f: string) => `${isWaiting(f)} and ${f}.attempts > 0`

/** A file of the latest revision of which nothing will be stored, and nobody has seen that yet. */
export const isUnusable = (f: string) =>
  `${f}.state = 'unusable' and not ${f}.unusable_known and ${isCurrent(f)}`

/** The document itself, of which nothing is stored. Of its copies one may have it. */
export const isAbsentText = (f: string) =>
  `${f}.is_full_text and ${isCurrent(f)} and ${f}.state <> 'stored'`

/**
 * The legal time is over and the full text is not there, in none of the copies that are shown (QĐ 23/2016 Đ6.1, Đ8). `f`:
 * the absent text, `d`: its directive.
 */
export const isWithoutText = (d: string, f: string) =>
  `${isShown(d)} and ${d}.recalled_at is null and ${d}.refused_at is null and not ${d}.before_go_live and ${isPast(d)}
   and ${isAbsentText(f)} and sync.misses_full_text(${d}.id)`

/** What an order that waits says of itself; nothing where it is about something that is withheld. */
export function saidBy(intake: string, column: 'order_code' | 'order_issuer'): string {
  return `(select ${intake}.${column} where ${intake}.state = 'deferred' and not exists (
    select from unnest(${intake}.concerns || ${intake}.source_ref) ref join sync.directive w on w.id = sync.directive_called(${intake}.source, ref)
    where w.withheld_at is not null))`
}
