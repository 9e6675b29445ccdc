import { randomUUID } from 'node:crypto'
import type { Directive } from '#src/domain/directive.ts'
import type { Admitted, WaitingFile } from '#src/store/admitted.ts'
import { migrate, openDatabase, type serviceRole } from '#src/store/database.ts'
import type { KeptFile } from '#src/store/file-claims.ts'
import { migrateKeys } from '#src/store/keys.ts'
import type { Pass } from '#src/store/passes.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { testDatabase } from './database.ts'

export interface TestStore extends AsyncDisposable {
  readonly store: Store
  readonly url: string
}

/** A migrated store on databases of the test's own, with one source and one calendar known to it. */
export async function testStore(
  options: {
    leaseMs?: number
    statuses?: readonly string[]
    replies?: 'none' | 'message' | 'document'
    acknowledges?: boolean
    /** With the rights of the service, as it runs; default those of the owner. */
    role?: typeof serviceRole
  } = {},
): Promise<TestStore> {
  const database = await testDatabase('tables')
  const owner = openDatabase({ url: database.url })
  const keysDb = openDatabase({ url: database.keysUrl, poolSize: 2 })
  await migrate(owner)
  await owner.destroy()
  const { role } = options
  const db = openDatabase({ url: database.url, ...(role ? { role } : {}) })
  await migrateKeys(keysDb)
  const store = openStore(db, keysDb, { leaseMs: options.leaseMs ?? 60_000 })
  await store.sources.register(
    'nguon',
    {
      statuses: options.statuses ?? [],
      replies: options.replies ?? 'message',
      acknowledges: options.acknowledges ?? false,
    },
    'f',
  )
  await store.calendars.keep('lich/1', {}, now)
  return {
    store,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await store.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

export const now = new Date('2026-09-07T02:00:00Z')

export async function runningPass(
  store: Store,
  owner: string = randomUUID(),
  kind: 'head' | 'deep' | 'backfill' = 'head',
): Promise<Pass> {
  const id = await store.passes.open({
    source: 'nguon',
    kind,
    from: '2026-09-01',
    until: '2026-09-07',
    upperBound: now,
    cursorBefore: null,
  })
  return (await store.passes.claim(owner, { id: id! }))!
}

/** An admitted directive as the gate hands it over; `ref` names it at its source. */
export function admitted(
  ref: string,
  change: Partial<Directive> & { version?: string; files?: Admitted['files'] } = {},
): Admitted {
  const { version = 'v1', files = [], ...fields } = change
  return {
    transportRef: ref,
    sourceRef: ref,
    version,
    files,
    directive: {
      number: '780',
      symbol: 'UBND-NNMT',
      code: '780/UBND-NNMT',
      issuer: 'UBND tỉnh Quảng Trị',
      issuedOn: '2026-09-04',
      typeName: 'Công văn',
      subject: 'Triển khai công tác phòng, chống thiên tai',
      summary: null,
      signer: { name: 'Nguyễn Văn Thử', position: 'Phó Chủ tịch', competence: null },
      urgency: 'normal',
      dueOn: null,
      receivers: ['Sở Nông nghiệp và Môi trường'],
      ...fields,
    },
    deadline: {
      deadlineDate: '2026-09-08',
      deadlineAt: new Date('2026-09-08T17:00:00Z'),
      calendarVersion: 'lich/1',
      confirmed: true,
    },
    beforeGoLive: false,
    business: 'new',
    concerns: [],
    reason: null,
    revises: 'inPlace',
    askedAt: new Date(),
  }
}

/** What a worker says of a file that it has put on the disk. */
export function kept(file: WaitingFile, storedAs: string = randomUUID()): KeptFile {
  return { file, storedAs, size: file.size ?? 10, sha256: '0'.repeat(64), note: null }
}

/** A staged and classified directive with one assignment. */
export async function assigned(
  store: Store,
  ref = 'a',
): Promise<{ directive: string; assignment: string }> {
  const pass = await runningPass(store)
  await store.intake.stage(pass, admitted(ref), now)
  await store.passes.end(
    pass,
    { seen: 1, allowed: 1, notEligible: 0, undecided: 0, unchanged: 0 },
    now,
  )
  const { rows } = await store.db.raw(`select id from sync.directive where source_ref = ?`, [ref])
  const tasks = [
    {
      description: 'Báo cáo kết quả',
      dueOn: '2026-09-20',
      lead: { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' },
    },
  ]
  const classified = await store.db.raw(
    `select sync.classify(:id, :tasks, 'chuyên viên', :now) as assignment`,
    { id: rows[0].id, tasks: JSON.stringify(tasks), now },
  )
  return { directive: rows[0].id, assignment: classified.rows[0].assignment }
}

/** As a reading does that finds it secret. */
export async function withholdRef(store: Store, source: string, sourceRef: string, at: Date) {
  const id = (await store.withholding.shown(source, null)).get(sourceRef)
  return id ? store.withholding.withhold(id, 'secret', at) : false
}
