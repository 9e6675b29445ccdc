import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { start } from '#test/support/app.ts'
import { testDatabase } from '#test/support/database.ts'
import { type ServiceSettings, startServiceProcess } from '#test/support/service-process.ts'

const rows = Array.from({ length: 9 }, (_, n) =>
  row(n + 1, n === 3 ? { secret_id: 2, secret_name: 'Mật' } : {}),
)
const eligible = 8

/** Between any two lines that have an effect. */
const points = [
  [
    'a reading was opened, nobody rung',
    'src/flow/open-passes.ts',
    "if (pass) await app.later.ring('take-window'",
  ],
  ['a reading was claimed', 'src/flow/pass.ts', 'const source = sourceOf(app, pass.source)'],
  [
    'the intake row is in, its directive not',
    'src/store/intake.ts',
    "if (rowCount === 0) return { outcome: 'taken'",
  ],
  [
    'a directive is committed, its files not fetched',
    'src/flow.ts',
    'return claim ? await filesNowOrLater',
  ],
  [
    'a file is on disk, its row not written',
    'src/flow/files.ts',
    'const announced = opened.value.size',
  ],
  [
    'the last file has its row, the directive is not staged',
    'src/flow/files.ts',
    'return app.store.claims.complete(',
  ],
  [
    'everything of a reading is staged, its totals not written',
    'src/flow/pass.ts',
    'const totals = tally.totals()',
  ],
  [
    'totals are written, the cursor not moved',
    'src/store/passes.ts',
    "if (pass.kind !== 'head') return",
  ],
  [
    'a reply is committed as sending, nothing sent',
    'src/flow.ts',
    'const delivery = await deliveryOf',
  ],
  [
    'a reply has left, its outcome not written',
    'src/flow.ts',
    'await app.store.outbox.settle(send',
  ],
  [
    'the outcome of a reply is written, its history not',
    'src/store/outbox.ts',
    "if (send.kind !== 'reply' || result.state",
  ],
] as const

let register: Awaited<ReturnType<typeof openRegister>>
beforeAll(async () => {
  register = await openRegister(rows)
})
afterAll(() => register.close())

it.each(points)(
  'loses nothing and repeats nothing when killed where %s',
  async (_where, file, line) => {
    await using stage = await emptyStage()
    const killed = await startServiceProcess({
      ...stage.settings,
      signalAt: { file, line, signal: 'SIGKILL' },
    })
    const written = writeReplies(stage.client)
    expect(await killed.ended, killed.output()).toBe('SIGKILL')

    const next = await startServiceProcess(stage.settings)
    await written
    await stage.untilQuiet(next.output)
    next.child.kill('SIGTERM')
    expect(await next.ended).toBe(0)
    await stage.everythingOnce()
  },
  120_000,
)

it('fences off a worker that was stopped for longer than its lease', async () => {
  await using stage = await emptyStage()
  const sleeper = await startServiceProcess({
    ...stage.settings,
    signalAt: {
      file: 'src/flow.ts',
      line: 'return claim ? await filesNowOrLater',
      signal: 'SIGSTOP',
    },
  })
  await expect
    .poll(async () => (await stage.client.query('select from sync.intake')).rowCount, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0)
  const other = await startServiceProcess(stage.settings)
  await writeReplies(stage.client)
  await stage.untilQuiet(other.output)
  sleeper.child.kill('SIGCONT')
  await expect.poll(() => sleeper.logged('leaseLost'), { timeout: 30_000 }).toBeGreaterThan(0)
  for (const service of [sleeper, other]) service.child.kill('SIGTERM')
  await Promise.all([sleeper.ended, other.ended])
  await stage.everythingOnce()
}, 120_000)

async function emptyStage() {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-kill-'))
  const database = await testDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const before = register.state.replies.length
  const profile = profileAt(register.address)
  const lookUps = { ...profile.replies.lookUps, withinMinutes: 0.02 }
  const settings: ServiceSettings = {
    directory,
    databaseUrl: database.url,
    keysUrl: database.keysUrl,
    profiles: [
      {
        ...profile,
        importFrom: '2026-02-25',
        replies: { ...profile.replies, sentListComplete: true, lookUps },
      },
    ],
    clock: formatClock(acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })),
  }
  return {
    settings,
    client,
    async untilQuiet(output: () => string) {
      const open = async () => {
        const { rows: states } = await client.query(
          `select (select count(*)::int from sync.intake where state = 'staged') as staged, (select count(*)::int from sync.outbox where kind = 'reply' and state = 'delivered') as delivered,
             exists (select from sync.pass where kind = 'head' and state = 'done' and seen = $1 and allowed = $2) as complete`,
          [rows.length, eligible],
        )
        return states[0]
      }
      await expect
        .poll(open, { timeout: 40_000, message: output() })
        .toEqual({ staged: eligible, delivered: eligible, complete: true })
    },
    /** The claims that hold whatever was killed. */
    async everythingOnce() {
      const staged = await client.query(
        `select source_ref, count(*)::int as n from sync.directive where staged_at is not null group by 1`,
      )
      expect(staged.rows).toHaveLength(eligible)
      expect(staged.rows.every((one) => one.n === 1)).toBe(true)
      const unbalanced = await client.query(
        `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
      )
      expect(unbalanced.rows).toEqual([])
      const missing = await client.query(`select from sync.directive_file where stored_as is null`)
      expect(missing.rowCount).toBe(0)
      const received = register.state.replies.slice(before).map((reply) => reply.ma_tra_loi)
      expect(received).toHaveLength(eligible)
      expect(new Set(received).size).toBe(eligible)
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await database[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The tracking software at its own pace: classifies every staged directive and answers it once. */
async function writeReplies(client: pg.Client): Promise<void> {
  const unanswered = `select d.id from tracking.directives d where not exists (select from tracking.replies r where r.directive_id = d.id)`
  const ready = async () =>
    (
      await client
        .query(`select (select count(*)::int from tracking.directives) as n`)
        .catch(() => ({ rows: [{ n: 0 }] }))
    ).rows[0].n
  await expect.poll(ready, { timeout: 40_000 }).toBe(eligible)
  const task = JSON.stringify([
    {
      description: 'Báo cáo',
      dueOn: null,
      lead: { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
    },
  ])
  for (const { id } of (await client.query(unanswered)).rows) {
    const { rows } = await client.query(
      `select tracking.classify($1, $2, 'chuyên viên') as assignment`,
      [id, task],
    )
    await client.query(
      `select tracking.reply($1, '{"outcome":"completed","completedOn":"2026-03-04","explanation":"Đã hoàn thành","document":null}', 'đơn vị')`,
      [rows[0].assignment],
    )
  }
}
