import { expect, it } from 'vitest'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { acceleratedClock } from '#src/domain/clock.ts'
import { start } from '#test/support/app.ts'
import { type FarSideOfStage, killedAt } from '#test/support/kill-stage.ts'

const importFrom = '2026-02-25'
const credentials = { systemId: 'sys.test.01', secret: 'bi-mat-cua-bai-kiem-tra' }

/** Between any two lines that have an effect on the axis, and around those that a lost answer goes through. */
const points = [
  {
    where: 'a message was read, nothing of it written',
    file: 'src/flow/admit.ts',
    line: 'const at = { calendar',
  },
  {
    where: 'its files came out of the message, and it is neither known nor acknowledged',
    file: 'src/flow/files.ts',
    line: 'let isStored = await store.fileClaims',
  },
  {
    where: 'a directive is committed, its files are not taken out of the message',
    file: 'src/flow/stage.ts',
    line: 'if (files) await fetch(files)',
  },
  {
    where: 'its files are there, its acknowledgement not sent',
    file: 'src/flow/way-back.ts',
    line: 'const delivery = await prepared(',
  },
  {
    where: 'a document is committed as sending, nothing sent',
    file: 'connectors/vxp/sending.ts',
    line: 'const draft = replyDraft',
  },
  {
    where: 'the axis has taken what was sent, its answer is not read',
    file: 'connectors/vxp/sending.ts',
    line: 'if (status === 413)',
    time: 20,
  },
  {
    where: 'the answer is read, the outcome not written',
    file: 'src/flow/way-back.ts',
    line: 'await app.store.outbox.settle(send, result',
    time: 20,
  },
]

const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })

it.concurrent.each(points)(
  'sends no document twice and calls none delivered that was not, when killed where $where',
  async ({ file, line, time = 1 }) => {
    await using far = await freshAxis()
    await killedAt(far, { file, line, time })
    expect(far.lostAnswers()).toBeGreaterThan(0)
  },
  240_000,
)

/** A mailbox of its own for each case; of what is sent, the answer to half is lost, at most twice. */
async function freshAxis() {
  const fresh = await startSimulator({
    register: makeRegister({
      seed: 8,
      from: importFrom,
      until: '2026-03-02',
      perWorkingDay: 2,
      secretShare: 0.2,
    }),
    clock,
    token: 'x',
    faults: { seed: 8, rates: { answerLost: 0.5 } },
    axis: {
      ...credentials,
      organId: axisOffices.self.organId,
      agencies: [{ organId: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }],
    },
    axisLargeShare: 0.2,
  })
  const side: FarSideOfStage = {
    profile: simulatedVxpProfile({
      baseUrl: fresh.axis!.url,
      ...credentials,
      importFrom,
      liveFrom: importFrom,
    }),
    clock,
    eligible: axisExpectedEligible(fresh.register, start).length,
    complete: `not exists (select from sync.outbox where kind = 'acknowledge' and state <> 'delivered')`,
    received: () =>
      fresh
        .axis!.sent()
        .filter(({ messageType }) => messageType === 'edoc')
        .map(({ message }) => (message.kind === 'document' ? (message.documentId ?? '') : '')),
  }
  return {
    ...side,
    lostAnswers: () => fresh.faults.counts().answerLost,
    [Symbol.asyncDispose]: () => fresh.stop(),
  }
}
