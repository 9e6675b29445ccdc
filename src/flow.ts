/**
 * The life of a directive, in the order it lives it: pulled from its source, admitted by the gate, staged in
 * the tracking store with its legal deadline, answered by a unit, and the answer pushed back.
 */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import pMap from 'p-map'
import type { Listed, MessageRef } from '#connectors/connector.ts'
import { type App, type Source, sourceOf } from './app.ts'
import type { WorkingCalendar } from './domain/calendar.ts'
import { eligibility, unmappedCodes } from './domain/eligibility.ts'
import { ReplyNotEligible, replyEligibility } from './domain/reply.ts'
import { DiskFull } from './files/file-store.ts'
import type { Admission } from './flow/admission.ts'
import { decide } from './flow/deciding.ts'
import { deliveryOf } from './flow/delivery.ts'
import { fetchFiles, smallFileBytes } from './flow/files.ts'
import { type PullResult, type Reading, underLease } from './flow/pass.ts'
import { lookUp, sendOnce } from './flow/sending.ts'
import { readWindow } from './flow/window.ts'
import type { IntakeClaim } from './store/intake-claims.ts'
import { LeaseLost } from './store/lease.ts'
import type { Send, SendResult } from './store/outbox.ts'
import type { ReplyContent, StoredReplyFile } from './store/replies.ts'
import type { Admitted } from './store/staging.ts'

/** PULL: one reading of one window of one source. What the intake has is skipped; the rest goes to the gate. */
export function pull(app: App, passId: string): Promise<PullResult> {
  return underLease(app, passId, async (reading) => {
    const { pass, source, heartbeat } = reading
    for await (const page of readWindow(source.connector, { from: pass.from, until: pass.until })) {
      if (!page.ok) return page.failure
      heartbeat.check()
      const items = page.value
      const known = await app.store.intake.known(pass.source, items.flatMap(identityOf))
      const outcomes = await pMap(items, (item) => take(app, reading, item, known), {
        concurrency: source.profile.poll.concurrency,
      })
      const sourceGone = outcomes.find((outcome) => outcome !== null)
      if (sourceGone) return sourceGone
    }
    return null
  })
}

async function take(
  app: App,
  { pass, source, tally, heartbeat }: Reading,
  item: Listed,
  known: ReadonlyMap<string, { passId: string }>,
) {
  if (item.unreadable) {
    tally.undecided('malformed')
    return null
  }
  const had = known.get(`${item.ref.transportRef} ${item.version}`)
  if (had) {
    tally.allowed(had.passId !== pass.id)
    return null
  }

  const admission = await admit(source, item, app.calendar)
  heartbeat.check()
  switch (admission.decision) {
    case 'admitted':
      tally.allowed((await stage(app, source, pass, admission.admitted)) === 'taken')
      return null
    case 'recalled':
      if (
        await app.store.intake.recall(pass, { ...item.ref, version: item.version }, app.clock.now())
      )
        tally.allowed()
      else tally.notEligible()
      return null
    case 'refused':
      tally.notEligible(admission.unmapped)
      if (admission.positive)
        await app.store.intake.withhold(pass.source, item.ref.sourceRef, app.clock.now())
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
  source: Source,
  item: Extract<Listed, { unreadable: false }>,
  calendar: WorkingCalendar,
): Promise<Admission> {
  const { profile, connector, refused } = source
  const { transportRef } = item.ref
  if (refused.has(transportRef, item.version))
    return { decision: 'refused', positive: false, unmapped: [] }

  // What the list alone refuses is never asked for; what it would admit is read whole and asked again.
  const early = item.header && eligibility(item.header, profile.gate)
  if (early && !early.admit && early.reason !== 'recalled') {
    refused.add(transportRef, item.version)
    return {
      decision: 'refused',
      positive: early.positive,
      unmapped: unmappedCodes(item.header, profile.gate),
    }
  }
  const message = await connector.read(item.ref)
  if (!message.ok) return { decision: 'undecided', failure: message.failure }
  const admission = decide(message.value, item.version, profile, calendar)
  if (admission.decision === 'refused') refused.add(transportRef, item.version)
  return admission
}

/**
 * STAGE: intake, directive, revision and what the source is to be told, in one transaction; then the files,
 * encrypted. What fails stays as a row with its deadline and is tried again, never dropped.
 */
async function stage(app: App, source: Source, pass: Reading['pass'], admitted: Admitted) {
  const acknowledge = source.connector.can.acknowledges
  try {
    const { outcome, claim } = await app.store.intake.stage(
      pass,
      admitted,
      acknowledge,
      app.clock.now(),
    )
    return claim ? await filesNowOrLater(app, source, claim) : outcome
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    const failure = error instanceof DiskFull ? 'diskFull' : 'ourMistake'
    app.log.stagingFailed({ source: source.profile.name, failure, error })
    await app.store.intake.fail(
      pass,
      { ...admitted, classifyBy: admitted.deadline.deadlineAt },
      failure,
      app.clock.now(),
    )
    return 'failed'
  }
}

/** SETTLE: a row that failed or still misses files, taken up again under its own lease, nearest deadline first. */
export async function settle(app: App, claim: IntakeClaim): Promise<void> {
  const source = sourceOf(app, claim.source)
  try {
    if (claim.directiveId) return void (await fetchFiles(app, source, claim))
    const message = await source.connector.read(claim)
    if (!message.ok) return await app.store.claims.postpone(claim, message.failure.word)
    const admission = decide(message.value, claim.version, source.profile, app.calendar)
    if (admission.decision !== 'admitted') return await app.store.claims.forget(claim)
    const staging = await app.store.claims.restage(
      claim,
      admission.admitted,
      source.connector.can.acknowledges,
      app.clock.now(),
    )
    if (staging.claim) await fetchFiles(app, source, staging.claim)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, intake: claim.id })
    app.log.stagingFailed({ source: claim.source, failure: 'ourMistake', error })
    await app.store.claims.postpone(claim, 'ourMistake')
  }
}

async function filesNowOrLater(app: App, source: Source, claim: IntakeClaim) {
  if (claim.missing.every((file) => (file.size ?? 0) <= smallFileBytes))
    return fetchFiles(app, source, claim)
  await app.store.claims.release(claim)
  await app.later.ring('fetch-files', {})
  return 'pending' as const
}

/**
 * RECORD REPLY: what a unit answers passes the same gate, its files are encrypted, and the row that will
 * carry it back to the source is written in the same transaction (QĐ 23/2016 Đ6.3, Đ7.2).
 */
export async function recordReply(
  app: App,
  assignmentId: string,
  content: ReplyContent,
  files: readonly ReplyFile[],
  actor: string,
): Promise<string> {
  const eligible = replyEligibility(
    content,
    files.map((file) => file.name),
  )
  if (!eligible.admit) throw new ReplyNotEligible()
  const id = randomUUID()
  const key = await app.store.keys.ensure(await app.store.replies.directiveOf(assignmentId))
  const stored: StoredReplyFile[] = []
  try {
    for (const file of files) {
      const written = await app.files.write(file.content, key)
      stored.push({
        name: file.name,
        mediaType: file.mediaType,
        size: written.size,
        sha256: written.sha256,
        storedAs: written.name,
      })
    }
    await app.store.replies.write(id, assignmentId, content, stored, actor, app.clock.now())
  } catch (error) {
    for (const file of stored) await app.files.remove(file.storedAs)
    throw error
  }
  return id
}

export interface ReplyFile {
  readonly name: string
  readonly mediaType: string
  readonly content: Readable
}

/**
 * PUSH BACK: one acknowledgement, status or reply. It was committed as `sending` before it got here, so a
 * document leaves at most once; what is not known afterwards is looked up at the source, never guessed.
 */
export async function pushBack(
  app: App,
  send: Send,
): Promise<SendResult['state'] | 'notOurs' | 'notEligible'> {
  const source = sourceOf(app, send.source)
  try {
    const delivery = await deliveryOf(app, send)
    await app.store.outbox.renew(send)
    const result =
      send.state === 'unconfirmed'
        ? await lookUp(source, send, delivery)
        : await sendOnce(source, send, delivery)
    await app.store.outbox.settle(send, result, app.clock.now())
    if (result.state === 'pending' && send.state === 'sending')
      await app.store.sources.failed(send.source, result.failure)
    app.log.sent({ source: send.source, outbox: send.id, kind: send.kind, outcome: result.state })
    return result.state
  } catch (error) {
    if (error instanceof ReplyNotEligible) {
      await app.store.replies.forget(send.replyId!, send.directiveId!, app.clock.now())
      app.log.replyNotEligible({ source: send.source })
      return 'notEligible'
    }
    if (!(error instanceof LeaseLost)) throw error
    app.log.leaseLost({ source: send.source, outbox: send.id })
    return 'notOurs'
  }
}

function identityOf(item: Listed): (MessageRef & { version: string })[] {
  return item.unreadable ? [] : [{ ...item.ref, version: item.version }]
}
