import type { SourceProfile } from '#config/sources.ts'
import type { Business, Connector, Judged, Message } from '#connectors/connector.ts'
import type { WorkingCalendar } from '../domain/calendar.ts'
import { deadline } from '../domain/deadline.ts'
import { doubtOf } from '../domain/doubted-clock.ts'
import {
  type Eligibility,
  eligibility,
  formFieldOf,
  type GateRules,
  type Refusal,
  statusEligibility,
  unmappedCodes,
} from '../domain/eligibility.ts'
import type { Findings } from '../domain/findings.ts'
import { documentOf, printedOf, registryOf } from '../domain/identity.ts'
import { type LocalDate, localDateOf } from '../domain/local-date.ts'
import type { Undecided as WordOfUndecided } from '../domain/refused-memory.ts'
import { isNameSized, isStorable, storable } from '../domain/storable.ts'
import type { Admission, Undecided } from './admission.ts'

/** The gate for any kind of message. */
export function judge(
  { header, business }: Judged,
  rules: GateRules,
  findings?: Findings,
): Eligibility {
  return business === 'status'
    ? statusEligibility(header, rules)
    : eligibility(header, rules, findings)
}

/** Every other message is about a document that it is not itself. */
const isDirective = (business: Business) =>
  business === 'new' || business === 'update' || business === 'replace'

/** A code is kept where it alone stands in the way: never of a document that is secret for certain. */
const isForUnknownCode = (reason: Refusal) =>
  reason === 'secrecyUnknown' || reason === 'signalUnknown'

/** A replacement is another document: its secrecy says nothing of the one that it replaces, which has its own mark. */
function spokenOf({ business, concerns }: Message): readonly string[] {
  return business === 'replace' ? [] : concerns
}

/** The gate and the clock for one message in memory. */
export function decide(
  message: Message,
  version: string,
  { profile, connector }: { profile: SourceProfile; connector: Pick<Connector, 'can'> },
  { calendar, now, askedAt }: { calendar: WorkingCalendar; now: Date; askedAt: Date },
  findings?: Findings,
): Admission {
  const { header, directive, files, ref, business, concerns, notice } = message
  const eligible = judge(message, profile.gate, findings)
  if (!eligible.admit && eligible.reason === 'recalled')
    return { decision: 'recalled', ref, askedAt }
  const isNamed = [ref.transportRef, ref.sourceRef, ...concerns].every(isName)
  if (eligible.admit ? !isNamed : eligible.reason === 'unstorable')
    return undecided(profile.name, 'unstorable')
  if (!eligible.admit)
    return {
      decision: 'refused',
      secret: eligible.positive ? [ref.sourceRef, ...spokenOf(message)] : [],
      printed: eligible.positive ? printedOf(header) : null,
      document:
        eligible.positive && isDirective(business) ? documentOf(header, profile.registries) : null,
      doubtful: connector.can.revises === 'inPlace' && !eligible.positive ? [ref.sourceRef] : [],
      unmapped: isForUnknownCode(eligible.reason) ? unmappedCodes(header, profile.gate) : [],
      form: formFieldOf(eligible),
    }
  const today = localDateOf(now)
  const doubtAbout = (issuedOn: LocalDate) => doubtOf(issuedOn, { today, ...profile })
  const notBefore = (issuedOn: LocalDate) => issuedOn >= profile.importFrom
  if (business === 'revoke' || business === 'status' || business === 'unclear') {
    const stated = header.issuedOn ?? today
    const issuedOn = doubtAbout(stated) ? today : stated
    if (!notBefore(issuedOn)) return outOfTime
    const { deadlineAt } = deadline(issuedOn, directive?.urgency ?? 'normal', calendar)
    const printed = { code: codeOf(message), issuer: header.issuer }
    const item = {
      ...ref,
      version,
      business,
      concerns,
      ...storable(printed),
      classifyBy: deadlineAt,
    }
    if (business === 'unclear') return { decision: 'deferred', deferred: item }
    const recalls = business === 'revoke' || notice.statusCode === asksBack
    return { decision: 'ordered', order: { ...item, business, recalls, ...storable(notice) } }
  }
  if (!directive) return outOfTime
  const doubt = doubtAbout(directive.issuedOn)
  if (!doubt && !notBefore(directive.issuedOn)) return outOfTime
  // What cannot be believed has the strictest clock, from the day on which it was seen.
  const from = doubt ? today : directive.issuedOn
  return {
    decision: 'admitted',
    admitted: {
      ...ref,
      version,
      // What the gate does not look at decides nothing and is mended, and nothing is lost for a stray sign.
      directive: storable(directive),
      files: storable(files),
      registry: registryOf(directive.issuer, directive.issuedOn, profile.registries),
      deadline: deadline(from, doubt ? 'flash' : directive.urgency, calendar),
      doubt: doubt && { doubt, beforeGoLive: directive.issuedOn < profile.liveFrom },
      beforeGoLive: from < profile.liveFrom,
      business,
      concerns,
      reason: storable(notice.reason),
      revises: connector.can.revises,
      askedAt,
    },
    held: message.held,
  }
}

/** Number and symbol as they are printed; a status message has those of the document that it is about. */
function codeOf({ header: { number, symbol } }: Message): string | null {
  return [number, symbol].filter((part) => part !== null && part !== '').join('/') || null
}

const isName = (name: string) => isStorable(name) && isNameSized(name)

/** Nothing speaks against it but what its source has to mend, or a person to settle. */
export function undecided(source: string, word: WordOfUndecided): Undecided {
  return { decision: 'undecided', failure: { word, source, operation: 'read' } }
}

/** "Yêu cầu lấy lại văn bản", from the issuer (wire §2). */
const asksBack = '13'

const outOfTime: Admission = {
  decision: 'refused',
  secret: [],
  printed: null,
  document: null,
  doubtful: [],
  unmapped: [],
  form: null,
}
