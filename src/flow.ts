/**
 * The life of a directive, in the order it lives it: pulled from its source, admitted by the gate, staged in
 * the tracking store with its legal deadline, answered by a unit, and the answer pushed back.
 */
import type { Answer, Failure, Listed } from '#connectors/connector.ts'
import type { App, Source } from './app.ts'
import { eligibility, unmappedCodes } from './domain/eligibility.ts'
import { newFindings } from './domain/findings.ts'
import type { Admission } from './flow/admission.ts'
import { asked } from './flow/asked.ts'
import { decide } from './flow/deciding.ts'
import { doubt, recallIfFew } from './flow/doubt.ts'
import { eachAlone } from './flow/each-alone.ts'
import { Hands } from './flow/hands.ts'
import { askOtherSources } from './flow/other-sources.ts'
import { type PullResult, type Reading, underLease } from './flow/pass.ts'
import { recheck } from './flow/recheck.ts'
import { refuse, withhold, withholdDocuments } from './flow/refusal.ts'
import { documentOf, printedOf } from './flow/secret-documents.ts'
import { stage } from './flow/stage.ts'
import type { Known } from './store/intake.ts'

export { pushBack, recordReply } from './flow/way-back.ts'

/** PULL: one reading of one window of one source. What the intake has is skipped; the rest goes to the gate. */
export function pull(app: App, passId: string): Promise<PullResult> {
  return underLease(app, passId, async (reading) => {
    const { pass, source, tally } = reading
    if (pass.kind === 'recheck') return recheck(app, reading)
    const { pages, known } = await asked(app, reading)
    // Of single ones the dates are not known yet: all of the days that are asked for.
    if (pass.kind === 'deep' || pass.kind === 'resync') {
      const unasked = await askOtherSources(app, reading, (other, item) =>
        admit(app, other, item, item.version),
      )
      // A repair can wait until the other source answers; what is new each day cannot.
      if (unasked && pass.kind === 'resync') return unasked
    }
    const failure = await takeAll(app, reading, pages, known)
    if (failure) return failure
    // Another reading may have staged meanwhile what it had read before it became secret.
    await withhold(app, source, pass, tally.secrets())
    return doubt(app, reading)
  })
}

/** Most of a document's time goes by in writing it down, while its source could be asked for the next. */
const inHandForEachRequest = 4

/** What was called secret is withheld whatever became of the rest. */
async function takeAll(
  app: App,
  reading: Reading,
  pages: AsyncIterable<Answer<readonly Listed[]>>,
  known: Known,
): Promise<Failure | null> {
  const { pass, source, tally, heartbeat } = reading
  let failure: Failure | null = null
  const withholdSoFar = () =>
    eachAlone([
      () => withhold(app, source, pass, tally.newSecrets()),
      () => withholdDocuments(app, source, pass, tally.newDocuments()),
    ])
  const hands = new Hands(source.profile.poll.concurrency * inHandForEachRequest)
  try {
    for await (const page of pages) {
      if (!page.ok) failure ??= page.failure
      if (!page.ok || failure) break
      heartbeat.check()
      for (const item of page.value)
        await hands.take(async () => {
          const sourceGone = await take(app, reading, item, known)
          failure ??= sourceGone
        })
      await withholdSoFar()
    }
    await hands.empty()
  } finally {
    await withholdSoFar()
  }
  return failure
}

async function take(
  app: App,
  reading: Reading,
  item: Listed,
  known: Known,
): Promise<Failure | null> {
  if (item.unreadable) {
    reading.tally.undecided('malformed')
    return null
  }
  const { pass, source, tally, heartbeat } = reading
  tally.listed(item.ref.sourceRef)
  const name = `${item.ref.transportRef} ${item.version}`
  const had = known.latest.get(name)
  if (had) {
    tally.allowed(had !== pass.id)
    return null
  }

  const version = known.ever.has(name)
    ? `${item.version} again ${app.clock.now().toISOString()}`
    : item.version
  const admission = await admit(app, source, item, version)
  heartbeat.check()
  switch (admission.decision) {
    case 'admitted': {
      const { admitted, held } = admission
      // What a thorough resync reads again and finds as it was leaves no trace.
      const isReadAgain = pass.kind === 'resync' && known.ever.has(name)
      if (isReadAgain && (await app.store.rechecks.isShownUnchanged(pass.source, admitted))) {
        tally.allowed(true)
        return null
      }
      const outcome = await stage(app, source, pass, admitted, held)
      if (outcome === 'askAgain') return take(app, reading, item, known)
      if (outcome === 'notEligible') tally.notEligible()
      else tally.allowed(outcome === 'taken')
      return null
    }
    case 'deferred':
      tally.allowed(
        (await app.store.intake.defer(pass, admission.deferred, app.clock.now())) === 'taken',
      )
      return null
    case 'ordered': {
      const { order } = admission
      const outcome = await app.store.intake.order(pass, order, app.clock.now())
      tally.allowed(outcome === 'taken')
      return null
    }
    case 'recalled': {
      const recalled = { ...admission.ref, version }
      const outcome = await recallIfFew(app, source, tally, () =>
        app.store.intake.recall(pass, recalled, admission.askedAt, app.clock.now()),
      )
      if (outcome === 'fuse') tally.undecided('fuse')
      else if (outcome === 'unknown') tally.notEligible()
      else tally.allowed(outcome === 'taken')
      return null
    }
    case 'refused':
      tally.notEligible(admission.unmapped)
      tally.secret(admission)
      if (admission.document !== null && admission.secret[0] !== undefined) {
        app.secrets.add(admission.document, pass.source, admission.secret[0])
        tally.secretDocument(admission.document)
      }
      tally.doubt(admission.doubtful)
      return null
    case 'undecided':
      if (admission.failure.word === 'unreachable' || admission.failure.word === 'unauthorized')
        return admission.failure
      tally.undecided(admission.failure.word)
      return null
  }
}

/**
 * ADMIT: gathers in memory all that the gate looks at, and asks it. Nothing of the message has been written,
 * logged or queued up to here, and of what is refused nothing ever will be (QĐ 23/2016 Đ6.4).
 */
async function admit(
  app: App,
  source: Source,
  item: Extract<Listed, { unreadable: false }>,
  version: string,
): Promise<Admission> {
  const { profile, connector } = source
  const { transportRef, sourceRef } = item.ref
  const listed = sourceRef === null ? [] : [sourceRef]
  const before = source.refused.has(transportRef, item.version)
  if (before)
    return {
      decision: 'refused',
      secret: before === 'secret' ? listed : [],
      printed: item.header && printedOf(item.header),
      document: null,
      doubtful: before === 'secret' ? [] : listed,
      unmapped: [],
    }

  // What the list alone refuses is never asked for; what it would admit is read whole and asked again.
  const findings = newFindings()
  const early = item.header && eligibility(item.header, profile.gate, findings)
  if (early && !early.admit && early.reason !== 'recalled') {
    await refuse(source, item, early.positive ? 'secret' : 'notEligible')
    return {
      decision: 'refused',
      secret: early.positive ? listed : [],
      printed: item.header && printedOf(item.header),
      document: early.positive && item.header ? documentOf(item.header) : null,
      doubtful: early.positive ? [] : listed,
      unmapped: unmappedCodes(item.header, profile.gate),
    }
  }
  const askedAt = await app.store.now()
  const message = await connector.read(item.ref)
  if (!message.ok) return { decision: 'undecided', failure: message.failure }
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  const admission = decide(message.value, version, source, at, findings)
  if (admission.decision === 'refused') {
    const secret = admission.secret.length > 0
    // Whom a secret message of the axis concerns is not in its list: it is read again, to withhold again.
    if (!secret || sourceRef !== null) await refuse(source, item, secret ? 'secret' : 'notEligible')
  }
  return admission
}
