import { expect, it, vi } from 'vitest'
import { acceleratedClock } from '#src/domain/clock.ts'
import { contentOf, openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { start } from '#test/support/app.ts'
import { emptyStage, type FarSideOfStage, killedAt } from '#test/support/kill-stage.ts'
import { startServiceProcess } from '#test/support/service-process.ts'

const rows = Array.from({ length: 9 }, (_, n) =>
  row(n + 1, n === 3 ? { secret_id: 2, secret_name: 'Mật' } : {}),
)
const eligible = 8

/** Between any two lines that have an effect. */
const points = [
  [
    'a reading was opened, nobody rung',
    'src/flow/open-passes.ts',
    'if (pass) app.later.ring(readingOf',
  ],
  ['a reading was claimed', 'src/flow/pass.ts', 'using asking = within('],
  [
    'a key is made, its directive not written',
    'src/store/staging.ts',
    'const { outcome, files = null, hasLarge',
  ],
  [
    'everything of a message is written but what its source is told, and nothing committed',
    'src/store/staging.ts',
    'const touched = steps.flatMap(',
  ],
  [
    'a directive is committed, its files not fetched',
    'src/flow/stage.ts',
    'if (files) await fetch(files)',
  ],
  [
    'a file is on disk, and not known to be whole',
    'src/flow/files.ts',
    'if (size === (opened.value.size ?? size))',
  ],
  [
    'the last file is on disk, its row not written',
    'src/flow/files.ts',
    'let isStored = await store.fileClaims',
  ],
  [
    'the last file is committed, and nobody told',
    'src/flow/files.ts',
    'if (isStored) this.#stored.push(',
  ],
  [
    'everything of a reading is staged, its totals not written',
    'src/flow/pass.ts',
    'const totals = tally.totals()',
  ],
  [
    'a reply is committed as sending, nothing sent',
    'src/flow/way-back.ts',
    'const delivery = await prepared(',
  ],
  [
    'a reply has left, its outcome not written',
    'src/flow/way-back.ts',
    'await app.store.outbox.settle(send',
  ],
  [
    'the outcome of a reply is written, its history not',
    'src/store/outbox.ts',
    "if (send.kind !== 'reply' || result.state",
  ],
] as const

it.concurrent.each(points)(
  'loses nothing and repeats nothing when killed where %s',
  async (_where, file, line) => {
    await using far = await farSide()
    await killedAt(far, { file, line })
  },
  240_000,
)

/** What comes behind a file that did not come with its message. */
const pointsOfLaterFiles = [
  [
    'a file did not come, and its row does not say so',
    'src/flow/files.ts',
    'await app.store.fileClaims.postpone(claim, files, failure)',
  ],
  [
    'a file is claimed again, and nothing asked',
    'src/flow/settling.ts',
    'const why = await whyNot(',
  ],
  [
    'the gate has admitted its message again, and it is not fetched',
    'src/flow/settling.ts',
    'if (why === null) await fetchOrPostpone(',
  ],
] as const

it.concurrent.each(pointsOfLaterFiles)(
  'fetches every file once its source has it when killed where %s',
  async (_where, file, line) => {
    await using far = await farSide({ filesComeAtSecondAsking: true })
    await killedAt(far, { file, line })
  },
  240_000,
)

/** Of a purge, of a directive whose file has come and of one whose file never does. */
const pointsOfPurges = [
  ['its rows are gone, its key is not', 'src/flow/purge.ts', 'await store.keys.destroy(keys)'],
  [
    'its key is gone, its files are not',
    'src/flow/purge.ts',
    'for (const name of names) await files.remove',
  ],
  [
    'everything is gone, and what named it is not',
    'src/flow/purge.ts',
    'await store.purging.finish(',
  ],
] as const

it.concurrent.each(pointsOfPurges)(
  'ends a purge, and fetches nothing of what was purged, when killed where %s',
  async (_where, file, line) => {
    const secretOnes = [row(1), row(2), row(3)]
    const register = await openRegister(secretOnes)
    register.state.file = (response, id) =>
      id === 2 ? response.writeHead(404).end() : response.writeHead(200).end(contentOf(id))
    await using stage = await emptyStage(sideOf(register, 3))
    const killed = await startServiceProcess({
      ...stage.settings,
      signalAt: { file, line, signal: 'SIGKILL' },
    })
    const n = async (sql: string) => Number((await stage.client.query(sql)).rows[0]?.n ?? -1)
    const patience = { timeout: 150_000, interval: 200 }
    const staged = `select count(*)::int as n from sync.directive where files_complete_at is not null or source_ref = '2'`
    await vi.waitUntil(async () => (await n(staged).catch(() => -1)) === 3, patience)
    const { rows: known } = await stage.client.query(
      `select id from sync.directive where source_ref in ('1', '2')`,
    )
    for (const at of [0, 1]) secretOnes[at] = row(at + 1, { secret_id: 2, secret_name: 'Mật' })
    expect(await killed.ended, killed.output()).toBe('SIGKILL')
    const next = await startServiceProcess(stage.settings)
    const left = `select count(*)::int as n from sync.purge where finished_at is null`
    await vi.waitUntil(
      async () => (await n(`select count(*)::int as n from sync.directive`)) === 1,
      patience,
    )
    await vi.waitUntil(async () => (await n(left)) === 0, patience)
    next.child.kill('SIGTERM')
    expect(await next.ended).toBe(0)
    const keys = new Set(await stage.keys())
    expect(known.filter(({ id }) => keys.has(id))).toEqual([])
    expect(await stage.filesOnDisk()).toBe(1)
    await register.close()
  },
  400_000,
)

it('fences off a worker that was stopped for longer than its lease', async () => {
  await using far = await farSide()
  await using stage = await emptyStage(far)
  const sleeper = await startServiceProcess({
    ...stage.settings,
    signalAt: {
      file: 'src/flow/files.ts',
      line: 'let isStored = await store.fileClaims',
      signal: 'SIGSTOP',
    },
  })
  await expect
    .poll(async () => (await stage.client.query('select from sync.intake')).rowCount, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0)
  const other = await startServiceProcess(stage.settings)
  await stage.writeReplies()
  await stage.untilQuiet(other.output)
  sleeper.child.kill('SIGCONT')
  await expect.poll(() => sleeper.logged('leaseLost'), { timeout: 30_000 }).toBeGreaterThan(0)
  for (const service of [sleeper, other]) service.child.kill('SIGTERM')
  await Promise.all([sleeper.ended, other.ended])
  await stage.everythingOnce()
}, 120_000)

/** A register of its own for each case. */
async function farSide({ filesComeAtSecondAsking = false } = {}) {
  const register = await openRegister(rows)
  const refused = new Set<number>()
  if (filesComeAtSecondAsking)
    register.state.file = (response, id) => {
      if (refused.has(id)) return response.writeHead(200).end(contentOf(id))
      refused.add(id)
      return response.writeHead(404).end()
    }
  return { ...sideOf(register, eligible), [Symbol.asyncDispose]: () => register.close() }
}

function sideOf(
  register: Awaited<ReturnType<typeof openRegister>>,
  eligible: number,
): FarSideOfStage {
  return {
    profile: { ...profileAt(register.address), importFrom: '2026-02-25' },
    clock: acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 }),
    eligible,
    complete: `exists (select from sync.pass where kind = 'head' and state = 'done' and seen = ${rows.length} and allowed = ${eligible})`,
    received: () => register.state.replies.map((reply) => reply.ma_tra_loi),
  }
}
