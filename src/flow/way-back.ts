import { randomUUID } from 'node:crypto'
import { type App, sourceOf } from '../app.ts'
import { ReplyNotEligible, replyEligibility } from '../domain/reply.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Send, SendResult } from '../store/outbox.ts'
import type { ReplyContent } from '../store/replies.ts'
import { prepared } from './delivery.ts'
import { Heartbeat } from './heartbeat.ts'
import { keepFiles, type ReplyFile } from './reply-files.ts'
import { lookUp, sendOnce } from './sending.ts'

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
    [],
    [actor, ...files.map((file) => file.mediaType)],
  )
  if (!eligible.admit) throw new ReplyNotEligible()
  const id = randomUUID()
  const directiveId = await app.store.replies.directiveOf(assignmentId)
  const key = await app.store.keys.of(directiveId)
  if (key === null)
    throw new Error(
      `The key of directive ${directiveId} is gone, so nothing may be kept with it. Look at it with "chidao show ${directiveId}".`,
    )
  const stored = await keepFiles(app, files, key)
  // If the answer to the commit is lost, the reply may be there: its files stay, and orphans are tidied later.
  await app.store.replies.write(id, assignmentId, content, stored, actor, app.clock.now())
  return id
}

/**
 * PUSH BACK: one acknowledgement, status or reply. It was committed as `sending` before it got here, so a
 * document leaves at most once; what is not known afterwards is looked up at the source, never guessed.
 */
export async function pushBack(
  app: App,
  send: Send,
): Promise<SendResult['state'] | 'notOurs' | 'notSent' | 'notEligible'> {
  try {
    const source = sourceOf(app, send.source)
    const delivery = await prepared(app, send)
    if (!delivery) return 'notSent'
    if (delivery === 'notEligible') return await forget(app, send)
    await app.store.outbox.renew(send)
    using _heartbeat = new Heartbeat(app.leaseMs, () => app.store.outbox.renew(send))
    const result =
      send.state === 'unconfirmed'
        ? await lookUp(source, send, delivery)
        : await sendOnce(source, send, delivery)
    await app.store.outbox.settle(send, result, app.clock.now())
    if (result.state === 'pending' && send.state === 'sending')
      await app.store.sources.refusedSend(send.source)
    if (result.state === 'delivered' || result.state === 'rejected')
      await app.store.sources.tookSend(send.source)
    app.log.sent({ source: send.source, outbox: send.id, kind: send.kind, outcome: result.state })
    return result.state
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    app.log.leaseLost({ source: send.source, outbox: send.id })
    return 'notOurs'
  }
}

/** A reply goes with the status that speaks of it, and a status with the reply whose words it says. */
async function forget(app: App, send: Send): Promise<'notEligible'> {
  const at = app.clock.now()
  const reply = send.replyId ?? send.speaksOf
  if (reply) await app.store.replies.forget(reply, send.directiveId!, at)
  else await app.store.outbox.forget(send, at)
  app.log.sendNotEligible({ source: send.source, kind: send.kind })
  return 'notEligible'
}
