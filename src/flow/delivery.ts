import type { Concerned, Delivery, StatusCode } from '#connectors/connector.ts'
import { type App, sourceOf } from '../app.ts'
import { markInText } from '../domain/mark.ts'
import { replyEligibility } from '../domain/reply.ts'
import type { Send, SendResult } from '../store/outbox.ts'

/** Null after a mistake of ours, with nothing sent: the row goes back to where it was, for later. */
export async function prepared(app: App, send: Send): Promise<Delivery | 'notEligible' | null> {
  try {
    return await deliveryOf(app, send)
  } catch (error) {
    app.log.sendingFailed({ source: send.source, outbox: send.id, kind: send.kind, error })
    const result: SendResult =
      send.state === 'sending'
        ? { state: 'pending', failure: 'ourMistake' }
        : { state: 'unconfirmed', failure: 'ourMistake', lookAgainInS: 600 }
    await app.store.outbox.settle(send, result, app.clock.now())
    return null
  }
}

/**
 * The outbox row as the connector sends it, with the reply's files opened only when they are read. Whatever it says
 * passes the gate here, where it leaves, however it came to be written.
 */
async function deliveryOf(app: App, send: Send): Promise<Delivery | 'notEligible'> {
  const ref = { transportRef: send.transportRef, sourceRef: send.sourceRef }
  switch (send.kind) {
    case 'acknowledge':
      return { kind: 'acknowledge', ref, as: send.detail.as ?? 'done' }
    case 'status': {
      const description = send.detail.description ?? ''
      if (markInText(description)) return 'notEligible'
      return {
        kind: 'status',
        concerns: concernedBy(send, ref),
        code: send.detail.code as StatusCode,
        description,
        at: send.writtenAt,
        id: send.id,
      }
    }
    case 'reply': {
      const reply = await outgoingReply(app, send)
      return reply === 'notEligible'
        ? reply
        : { kind: 'reply', concerns: concernedBy(send, ref), reply }
    }
  }
}

function concernedBy(send: Send, ref: Concerned['ref']): Concerned {
  return { ref, code: send.code!, issuedOn: send.issuedOn!, issuer: send.issuer! }
}

async function outgoingReply(app: App, { replyId, source }: Send) {
  const id = replyId!
  const reply = await app.store.replies.one(id)
  if (!reply)
    throw new Error(`The reply ${id} is in the outbox but not in the store. Run 'chidao check'.`)
  const { harmlessSuffixes, harmlessNames } = sourceOf(app, source).profile.gate
  const eligible = replyEligibility(
    reply,
    reply.files.map((file) => file.name),
    harmlessSuffixes,
    [reply.unit.name, reply.unit.code ?? '', ...reply.files.map((file) => file.mediaType)],
    harmlessNames,
  )
  if (!eligible.admit) return 'notEligible'
  const key = await app.store.keys.of(reply.directiveId)
  const { directiveId: _, ...content } = reply
  return {
    ...content,
    files: reply.files.map((file) => ({
      name: file.name,
      mediaType: file.mediaType,
      size: file.size,
      open: async () => app.files.open(file.storedAs, key!),
    })),
  }
}
