import { endOfDay, isLocalDate } from './local-date.ts'

/** A longer one is not maintenance: whoever takes a source away for good takes it out of the configuration. */
const longestPauseMs = 31 * 86_400_000

export type BadPause = 'unreadable' | 'over' | 'tooLong'

/** `2026-12-05` is the whole of that day, `2026-12-05 22:00` Vietnam time unless it names its zone, `1d2h30m` from now. */
export function pauseUntil(text: string, now: Date): Date | BadPause {
  const until = instantOf(text.trim(), now)
  if (!until || Number.isNaN(until.getTime())) return 'unreadable'
  if (until <= now) return 'over'
  return until.getTime() - now.getTime() > longestPauseMs ? 'tooLong' : until
}

function instantOf(text: string, now: Date): Date | null {
  if (isLocalDate(text)) return endOfDay(text)
  const [, day = '', time = '', zone = '+07:00'] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? []
  if (day) return isLocalDate(day) ? new Date(`${day}T${time}${zone}`) : null
  const [whole, days = '0', hours = '0', minutes = '0'] =
    /^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/.exec(text) ?? []
  if (whole === undefined) return null
  const inMinutes = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes)
  return new Date(now.getTime() + inMinutes * 60_000)
}
