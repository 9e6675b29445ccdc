/**
 * No stored instant is believed further ahead than its own longest span: what a clock that was ahead wrote counts as
 * over. SQL that says whether the instant in `column` has come, by the clock of the database, or by `at`.
 */
export function hasCome(column: string, spanMs: number, at?: string): string {
  const span = `interval '${spanMs} milliseconds'`
  return `sync.has_come(${column}, ${span}${at === undefined ? '' : `, ${at}::timestamptz`})`
}

/** Whether `column` says an instant of at least `ageMs` ago; one that is still to come was never so. */
export function isOlderThan(column: string, ageMs: number | string, at?: string): string {
  const age =
    typeof ageMs === 'number'
      ? `interval '${ageMs} milliseconds'`
      : `${ageMs} * interval '1 millisecond'`
  return `sync.has_come(${column} + ${age}, ${age}${at === undefined ? '' : `, ${at}::timestamptz`})`
}

/** A lease of a process that is configured for longer ones is left to it. */
export const longestLease = (leaseMs: number) => 4 * leaseMs
