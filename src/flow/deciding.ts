import type { SourceProfile } from '#config/sources.ts'
import type { Message } from '#connectors/connector.ts'
import type { WorkingCalendar } from '../domain/calendar.ts'
import { deadline } from '../domain/deadline.ts'
import { eligibility, unmappedCodes } from '../domain/eligibility.ts'
import type { Admitted } from '../store/staging.ts'
import type { Admission } from './admission.ts'

/** The gate and the clock for one message in memory. */
export function decide(
  { header, directive, files, ref }: Message,
  version: string,
  profile: SourceProfile,
  calendar: WorkingCalendar,
): Admission {
  const eligible = eligibility(header, profile.gate)
  if (!eligible.admit && eligible.reason === 'recalled') return { decision: 'recalled' }
  if (!eligible.admit)
    return {
      decision: 'refused',
      positive: eligible.positive,
      unmapped: unmappedCodes(header, profile.gate),
    }
  if (!directive || directive.issuedOn < profile.importFrom)
    return { decision: 'refused', positive: false, unmapped: [] }
  const admitted: Admitted = {
    ...ref,
    version,
    directive,
    files,
    deadline: deadline(directive.issuedOn, directive.urgency, calendar),
    beforeGoLive: directive.issuedOn < profile.liveFrom,
  }
  return { decision: 'admitted', admitted }
}
