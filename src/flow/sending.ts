import type { Delivery } from '#connectors/connector.ts'
import type { Source } from '../app.ts'
import { markInCode, markInText } from '../domain/mark.ts'
import { storable } from '../domain/storable.ts'
import type { Send, SendResult } from '../store/outbox.ts'

export async function sendOnce(
  source: Source,
  send: Send,
  delivery: Delivery,
): Promise<SendResult> {
  if (send.kind === 'reply' && source.connector.can.replies === 'none')
    return {
      state: 'rejected',
      answer: 'Nguồn này không nhận trả lời. This source takes no replies.',
    }
  if (send.isSetAside && send.kind !== 'acknowledge')
    return {
      state: 'rejected',
      answer:
        'Nguồn đã dùng mã của văn bản này cho văn bản khác nên không gửi; trả lời bằng hình thức khác. Its source calls another document by its name, so nothing was sent: answer by other means.',
    }
  const outcome = await source.connector.send(delivery)
  switch (outcome.word) {
    case 'delivered':
      return { state: 'delivered', farRef: refOf(outcome.farRef) }
    case 'rejected':
      return { state: 'rejected', answer: wordsOf(outcome.answer) }
    case 'notSent':
      // Asking again cannot make it smaller; everything else about the connection can mend.
      if (outcome.failure.word === 'tooLarge')
        return {
          state: 'rejected',
          answer: 'Trả lời lớn hơn mức nguồn nhận. The reply is larger than the source takes.',
        }
      return { state: 'pending', failure: outcome.failure.word }
    case 'unconfirmed':
      if (send.kind !== 'reply') return repeatable(send, outcome.failure.word)
      return { state: 'unconfirmed', failure: outcome.failure.word, lookAgainInS: 0 }
  }
}

/** What a source says to a person is kept, as everything of it, only where no mark stands in it. */
function wordsOf(answer: string): string {
  return markInText(answer) === null
    ? storable(answer)
    : 'Nguồn từ chối; lời của nguồn không được giữ lại. The source refused, and its words were not kept.'
}

function refOf(farRef: string | null): string | null {
  return farRef === null || markInCode(farRef) === null ? storable(farRef) : null
}

/** What may be sent twice is sent again, but not for ever: it would hold up the replies behind it. */
function repeatable(send: Send, failure: string): SendResult {
  if (send.kind === 'status' && send.attempts >= mostAttemptsOfStatus)
    return {
      state: 'rejected',
      answer: `Nguồn không xác nhận trạng thái sau ${send.attempts} lần gửi. The source never confirmed this status (${failure}).`,
    }
  return { state: 'pending', failure }
}

/** About an hour, with the pauses between them. */
const mostAttemptsOfStatus = 12

export async function lookUp(
  { connector, profile }: Source,
  send: Send,
  delivery: Delivery,
): Promise<SendResult> {
  const { times, withinMinutes } = profile.replies.lookUps
  const answer = await connector.lookUp(delivery, send.attemptedAt ?? send.writtenAt)
  if (!answer.ok) return unconfirmed(answer.failure.word, (withinMinutes * 60) / times)
  if (answer.value.found === 'one')
    return { state: 'delivered', farRef: refOf(answer.value.farRef) }
  const failure = wordOfFound[answer.value.found]
  const exhausted = send.lookUps >= times
  if (exhausted && failure === 'noneFound' && profile.replies.sentListComplete)
    return { state: 'pending', failure }
  const waitsForPerson = exhausted || failure !== 'noneFound'
  return unconfirmed(failure, waitsForPerson ? null : (withinMinutes * 60) / times)
}

function unconfirmed(failure: string, lookAgainInS: number | null): SendResult {
  return { state: 'unconfirmed', failure, lookAgainInS }
}

const wordOfFound = {
  none: 'noneFound',
  several: 'severalFound',
  noLookUp: 'noLookUp',
} as const
