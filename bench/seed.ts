/**
 * A history in the store as the service would have staged it: every document goes through the mapping, the gate and
 * the clock, and is staged as a reading stages it, a few hundred at a time.
 */

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { listedFrom, messageFrom } from '#connectors/rest/mapping.ts'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { openCalendar } from '#src/flow/calendar-in-force.ts'
import { decide } from '#src/flow/deciding.ts'
import type { Admitted } from '#src/store/admitted.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { openStore } from '#src/store/store.ts'
import { readCalendarFile, root } from '#src/wiring.ts'
import type { Databases } from './databases.ts'
import { type Batch, makeDocuments } from './source/documents.ts'

const atOnce = 400
const leaseMs = 3_600_000

/** The documents of these batches, without files; the source is not asked. */
export async function seedStore(
  { url, keysUrl }: Databases,
  batches: readonly Batch[],
): Promise<void> {
  const db = openDatabase({ url, poolSize: 3, leaseMs })
  const keysDb = openDatabase({ url: keysUrl, poolSize: 3 })
  await migrate(db)
  await migrateKeys(keysDb)
  const store = openStore(db, keysDb, { leaseMs })
  const from = batches.at(-1)!.date
  const at = { baseUrl: 'http://source.invalid', token: 'x', importFrom: from, liveFrom: from }
  const profile = simulatedRestProfile(at)
  const can = { revises: 'inPlace', statuses: [], replies: 'message' } as const
  await store.sources.register(profile.name, can, 'f')
  const now = new Date()
  const shipped = readCalendarFile(join(root, 'config/calendar/vietnam.json'))
  const calendar = await openCalendar(store, shipped, now)
  const documents = makeDocuments(batches, 0)
  const window = { from, until: batches[0]!.date }
  const opened = { source: profile.name, ...window, upperBound: now, cursorBefore: null }
  const id = await store.passes.open({ ...opened, kind: 'backfill' })
  const pass = (await store.passes.claim(randomUUID(), { id: id! }))!
  let seen = 0
  for (const { date, count } of batches) {
    const rows = JSON.parse(documents.page(date, date, 1, count).rows) as { id: number }[]
    const staged = rows.map((row) => admittedOf(row))
    for (let first = 0; first < staged.length; first += atOnce)
      await write(staged.slice(first, first + atOnce))
    seen += rows.length
  }
  await store.passes.end(
    pass,
    { seen, allowed: seen, notEligible: 0, undecided: 0, unchanged: 0 },
    now,
  )
  await db.raw(`update sync.source set head_cursor = :now, deep_read_at = :now`, { now })
  await db.raw('analyze')
  await store.close()

  function admittedOf(row: { id: number }): Admitted {
    const listed = listedFrom(row, profile)
    if (listed.unreadable) throw new Error('the bench wrote a row that cannot be read')
    const message = messageFrom(JSON.parse(documents.detail(row.id)!), listed.ref, profile)
    const admission = decide(
      message,
      listed.version,
      { profile, connector: { can: { ...can, ...capabilities } } },
      { calendar, now, askedAt: now },
    )
    if (admission.decision !== 'admitted') throw new Error('the gate does not admit the bench')
    return admission.admitted
  }

  async function write(staged: readonly Admitted[]): Promise<void> {
    const stagings = staged.map((admitted) => store.intake.stage(pass, admitted, now))
    if ((await Promise.all(stagings)).some(({ outcome }) => outcome !== 'staged'))
      throw new Error('the bench staged something twice')
  }
}

const capabilities = {
  recheck: 'byRef',
  reconcile: 'listing',
  paging: 'offset',
  acknowledges: false,
  answers: null,
} as const
