import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { FastifyInstance } from 'fastify'
import type { Lane } from '#jobs/job.ts'
import type { LaneQueues } from '../queue.ts'
import { headersOfBoard } from './headers.ts'
import { shownEnding } from './shown-ending.ts'

const prefix = '/queues'

/** Its declaration knows Redis only; it asks the queue itself on either backend. */
type AnyQueue = ConstructorParameters<typeof BullMQAdapter>[0]

/**
 * Bull Board over every lane. It only looks, for administrators too: an act of a person belongs in the history with
 * who and why (docs/decisions/0010), and there is nothing to act on here, since a ring only wakes. A ring carries
 * nothing; what it leaves says what was done under it.
 */
export async function queueBoard(
  server: FastifyInstance,
  { lanes }: LaneQueues,
  failed: (error: Error) => void,
): Promise<void> {
  const adapter = new FastifyAdapter()
  createBullBoard({
    queues: [...lanes].map(([lane, queue]) => {
      const shown = new BullMQAdapter(queue as AnyQueue, {
        readOnlyMode: true,
        allowRetries: false,
        description: descriptions[lane],
      })
      shown.setFormatter('data', shownEnding)
      shown.setFormatter('progress', () => null)
      shown.setFormatter('returnValue', shownEnding)
      return shown
    }),
    serverAdapter: adapter.setBasePath(prefix),
    options: {
      uiConfig: {
        boardTitle: 'Chỉ đạo: hàng đợi',
        hideDocsLink: true,
        locale: { lng: 'en-US' },
        environment: { label: 'Chỉ xem. Read only.', color: '#5b6472', textColor: '#ffffff' },
      },
    },
  })
  // Its own would show the message of whatever failed.
  adapter.setErrorHandler((error) => {
    failed(error)
    const late = (error as { statusCode?: number }).statusCode === 503
    return {
      status: late ? (503 as 500) : 500,
      body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } },
    }
  })
  await server.register(async (room) => {
    room.addHook('onRequest', async (request, reply) => {
      reply.helmet(headersOfBoard)
      // The board's own check knows single lanes; "pause all" would answer as if it had done something.
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return reply.status(405).send({ error: { key: 'ERRORS.QUEUE_READ_ONLY' } })
    })
    await room.register(adapter.registerPlugin(), { prefix })
  })
}

const descriptions: Readonly<Record<Lane, string>> = {
  urgent: 'Văn bản mới nhất của nguồn. The newest of each source.',
  normal: 'Đọc lại và tải lịch sử. Readings of history.',
  large: 'Tệp lớn. Large files.',
  send: 'Gửi trả về nguồn. The way back to the sources.',
  upkeep: 'Cảnh báo, hủy, hỏi lại và dọn dẹp. Alerts, purges, rechecks and tidying.',
}
