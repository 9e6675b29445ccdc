import type { Command } from 'commander'
import { isLocalDate, type LocalDate } from '../domain/local-date.ts'
import { scopeOf as scopeWithin } from '../flow/resync.ts'
import type { Scope } from '../store/resyncs.ts'

export interface AskedRange {
  readonly since?: string
  readonly until?: string
  readonly ref?: string[]
  readonly all?: true
  readonly thorough?: true
}

/** What a resync is to ask again, as the options say it; a range that cannot be meant is a wrong usage. */
export function scopeOf(
  source: string,
  { since, until, ref, all, thorough }: AskedRange,
  importFrom: LocalDate,
  today: LocalDate,
  command: Command,
): Scope {
  for (const date of [since, until])
    if (date !== undefined && !isLocalDate(date))
      command.error(`error: ${date} không phải ngày dạng 2026-09-01 / is no date like 2026-09-01`, {
        exitCode: 2,
      })
  if (!all && since === undefined && until === undefined && ref === undefined)
    command.error('error: cho biết --since, --ref hoặc --all / give --since, --ref or --all', {
      exitCode: 2,
    })
  const scope = scopeWithin(
    source,
    importFrom,
    { since, until, refs: ref ?? null, thorough: thorough === true },
    today,
  )
  if (scope) return scope
  return command.error(
    `error: khoảng rỗng / an empty range: ${since ?? importFrom} … ${until ?? today}`,
    { exitCode: 2 },
  )
}
