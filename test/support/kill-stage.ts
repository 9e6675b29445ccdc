/** A store and a service process to be killed over one far side, and the claims that hold whatever was killed. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, vi } from 'vitest'
import type { Profile } from '#connectors/index.ts'
import { type Clock, formatClock } from '#src/domain/clock.ts'
import { testDatabase } from './database.ts'
import { type ServiceSettings, startServiceProcess } from './service-process.ts'

export interface FarSideOfStage {
  readonly profile: Profile
  readonly clock: Clock
  /** How many of its documents must be staged, and answered. */
  readonly eligible: number
  /** Whether the service has seen everything, as SQL over the store. */
  readonly complete: string
  /** What names each reply that it has taken; a repeated one stands there again. */
  received(): string[]
}

export interface SignalAt {
  readonly file: string
  readonly line: string
  /** The n-th time it is reached; default the first. */
  readonly time?: number
}

/** Kills the service at the line, starts another, and holds both to the claims. */
export async function killedAt(far: FarSideOfStage, at: SignalAt): Promise<void> {
  await using stage = await emptyStage(far)
  const killed = await startServiceProcess({
    ...stage.settings,
    signalAt: { ...at, signal: 'SIGKILL' },
  })
  const written = stage.writeReplies()
  // Awaited below; where the kill never comes, that is what fails.
  written.catch(() => undefined)
  expect(await killed.ended, killed.output()).toBe('SIGKILL')

  const next = await startServiceProcess(stage.settings)
  await written
  await stage.untilQuiet(next.output)
  next.child.kill('SIGTERM')
  expect(await next.ended).toBe(0)
  await stage.everythingOnce()
}

export async function emptyStage(far: FarSideOfStage) {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-kill-'))
  const database = await testDatabase('tables')
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const before = far.received().length
  const { profile, eligible } = far
  const lookUps = { ...profile.replies.lookUps, withinMinutes: 0.02 }
  const settings: ServiceSettings = {
    directory,
    databaseUrl: database.url,
    keysUrl: database.keysUrl,
    profiles: [
      {
        ...profile,
        replies: { ...profile.replies, sentListComplete: true, lookUps },
      },
    ],
    clock: formatClock(far.clock),
  }
  return {
    settings,
    client,
    async untilQuiet(output: () => string) {
      const open = async () => {
        const { rows: states } = await client.query(
          `select (select count(*)::int from sync.intake where state = 'staged') as staged, (select count(*)::int from sync.outbox where kind = 'reply' and state = 'delivered') as delivered,
             ${far.complete} as complete, (select count(*)::int from sync.directive_file where state = 'waiting') as waiting,
             (select array_agg(concat_ws(' ', kind, detail ->> 'code', state, failure)) from sync.outbox where state not in ('delivered', 'rejected')) as open`,
        )
        return states[0]
      }
      const quiet = {
        staged: eligible,
        delivered: eligible,
        complete: true,
        waiting: 0,
        open: null,
      }
      await vi.waitFor(async () => expect(await open(), output()).toEqual(quiet), {
        timeout: 150_000,
        interval: 100,
      })
    },
    /** The claims that hold whatever was killed. */
    async everythingOnce() {
      const staged = await client.query(
        `select source_ref, count(*)::int as n from sync.directive group by 1`,
      )
      expect(staged.rows).toHaveLength(eligible)
      expect(staged.rows.every((one) => one.n === 1)).toBe(true)
      const unbalanced = await client.query(
        `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
      )
      expect(unbalanced.rows).toEqual([])
      const missing = await client.query(`select from sync.directive_file where state <> 'stored'`)
      expect(missing.rowCount).toBe(0)
      const unbalancedFiles = await client.query(`select from sync.file_balance where not balances`)
      expect(unbalancedFiles.rowCount).toBe(0)
      const received = far.received().slice(before)
      expect(received).toHaveLength(eligible)
      expect(new Set(received).size).toBe(eligible)
    },
    /** The directives for which there is a key. */
    async keys(): Promise<string[]> {
      const client = new pg.Client({ connectionString: database.keysUrl })
      await client.connect()
      const { rows } = await client.query(`select directive_id as id from directive_key`)
      await client.end()
      return rows.map(({ id }) => id)
    },
    async filesOnDisk(): Promise<number> {
      const found = await readdir(join(directory, 'files'), {
        recursive: true,
        withFileTypes: true,
      })
      return found.filter((entry) => entry.isFile()).length
    },
    writeReplies: () => writeReplies(client, eligible),
    async [Symbol.asyncDispose]() {
      await client.end()
      await database[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The tracking software at its own pace: classifies every staged directive and answers it once. */
async function writeReplies(client: pg.Client, eligible: number): Promise<void> {
  const unanswered = `select d.id from tracking.directives d where not exists (select from tracking.replies r where r.directive_id = d.id)`
  const ready = async () =>
    (
      await client
        .query(`select (select count(*)::int from tracking.directives where files_complete) as n`)
        .catch(() => ({ rows: [{ n: 0 }] }))
    ).rows[0].n
  await vi.waitFor(async () => expect(await ready()).toBe(eligible), {
    timeout: 80_000,
    interval: 100,
  })
  const task = JSON.stringify([
    {
      description: 'Báo cáo',
      dueOn: null,
      lead: { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
    },
  ])
  for (const [n, { id }] of (await client.query(unanswered)).rows.entries()) {
    const { rows } = await client.query(
      `select tracking.classify($1, $2, 'chuyên viên') as assignment`,
      [id, task],
    )
    const document = {
      number: String(100 + n),
      symbol: 'BC-SNNMT',
      issuedOn: '2026-03-04',
      typeName: 'Báo cáo',
      subject: `Kết quả thực hiện số ${n}`,
      signer: 'Nguyễn Văn Thử',
    }
    const content = {
      outcome: 'completed',
      completedOn: '2026-03-04',
      explanation: 'Đã hoàn thành',
    }
    await client.query(`select tracking.reply($1, $2, 'đơn vị')`, [
      rows[0].assignment,
      JSON.stringify({ ...content, document }),
    ])
  }
}
