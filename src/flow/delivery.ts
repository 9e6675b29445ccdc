import type { Concerned, Delivery, StatusCode } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import { ReplyNotEligible, replyEligibility } from '../domain/reply.ts'
import type { Send } from '../store/outbox.ts'

/** The outbox row as the connector sends it, with the reply's files opened only when they are read. */
export async function deliveryOf(app: App, send: Send): Promise<Delivery> {
  const ref = { transportRef: send.transportRef, sourceRef: send.sourceRef }
  switch (send.kind) {
    case 'acknowledge':
      return { kind: 'acknowledge', ref, as: send.detail.as ?? 'done' }
    case 'status':
      return {
        kind: 'status',
        concerns: concernedBy(send, ref),
        code: send.detail.code as StatusCode,
        description: send.detail.description ?? '',
        at: send.writtenAt,
        id: send.id,
      }
    case 'reply':
      return {
        kind: 'reply',
        concerns: concernedBy(send, ref),
        reply: await outgoingReply(app, send.replyId!),
      }
  }
}

function concernedBy(send: Send, ref: Concerned['ref']): Concerned {
  return { ref, code: send.code!, issuedOn: send.issuedOn!, issuer: send.issuer! }
}

async function outgoingReply(app: App, id: string) {
  const reply = await app.store.replies.one(id)
  if (!reply)
    throw new Error(`The reply ${id} is in the outbox but not in the store. Run 'chidao check'.`)
  // Written in SQL, it has passed only the plain check there: the gate is asked before it can leave.
  if (
    !replyEligibility(
      reply,
      reply.files.map((file) => file.name),
    ).admit
  )
    throw new ReplyNotEligible()
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
