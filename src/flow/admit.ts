import type { ListedMessage } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { eligibility, formFieldOf, unmappedCodes } from '../domain/eligibility.ts'
import { type Findings, newFindings } from '../domain/findings.ts'
import { documentOf, printedOf } from '../domain/identity.ts'
import type { Admission, Refusal, Undecided } from './admission.ts'
import { decide, undecided } from './deciding.ts'
import { refuse } from './refusal.ts'

/**
 * ADMIT: gathers in memory all that the gate looks at, and asks it. Nothing of the message has been written,
 * logged or queued up to here, and of what is refused nothing ever will be (QĐ 23/2016 Đ6.4).
 */
export async function admit(app: App, source: Source, item: ListedMessage): Promise<Admission> {
  const findings = newFindings()
  return (
    (await settledByList(source, item, findings)) ??
    admitRead(app, source, item, item.version, findings)
  )
}

/** What the list alone refuses is never asked for. Null: it is to be read whole, and asked again. */
export async function settledByList(
  source: Source,
  item: ListedMessage,
  findings: Findings,
): Promise<Refusal | Undecided | null> {
  const { ref, version, header } = item
  const listed = ref.sourceRef === null ? [] : [ref.sourceRef]
  const before = source.refused.has(ref.transportRef, version)
  if (before?.as === 'unstorable' || before?.as === 'datesDoubted')
    return undecided(source.profile.name, before.as)
  if (before)
    return {
      decision: 'refused',
      secret: before.as === 'secret' ? [...listed, ...before.secret] : [],
      printed: header && printedOf(header),
      document: null,
      doubtful: before.as === 'secret' ? [] : listed,
      unmapped: [],
      form: before.form,
    }
  const early = header && eligibility(header, source.profile.gate, findings)
  // The whole of it may say more than its row.
  if (!early || early.admit || early.reason === 'recalled' || early.reason === 'unstorable')
    return null
  const form = formFieldOf(early)
  await refuse(source, item, early.positive ? 'secret' : 'notEligible', form)
  return {
    decision: 'refused',
    secret: early.positive ? listed : [],
    printed: printedOf(header),
    document: early.positive ? documentOf(header, source.profile.registries) : null,
    doubtful: early.positive ? [] : listed,
    unmapped: unmappedCodes(header, source.profile.gate),
    form,
  }
}

/** Reads the whole message, and asks the gate of all of it. */
export async function admitRead(
  app: App,
  source: Source,
  item: ListedMessage,
  version: string,
  findings: Findings,
): Promise<Admission> {
  const askedAt = await app.store.now()
  const message = await source.connector.read(item.ref)
  if (!message.ok) return { decision: 'undecided', failure: message.failure }
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  const admission = decide(message.value, version, source, at, findings)
  if (admission.decision === 'refused') await remember(source, item, admission)
  if (admission.decision === 'undecided')
    source.refused.add(item.ref.transportRef, item.version, 'unstorable')
  return admission
}

/**
 * A message of the axis never changes. A secret one stays on its list, unacknowledged: so whoever starts next hears of it
 * as well.
 */
async function remember(
  source: Source,
  item: ListedMessage,
  { secret, form }: Refusal,
): Promise<void> {
  const { transportRef, sourceRef } = item.ref
  if (secret.length === 0) return refuse(source, item, 'notEligible', form)
  if (sourceRef !== null) return refuse(source, item, 'secret')
  source.refused.addForGood(transportRef, item.version, secret)
}
