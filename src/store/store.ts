import type { Knex } from 'knex'
import { accounts } from './accounts.ts'
import { alerts } from './alerts.ts'
import { attention } from './attention.ts'
import { audits } from './audit.ts'
import { calendars } from './calendars.ts'
import { completeness } from './completeness.ts'
import { contradictions } from './contradictions.ts'
import { databaseClock } from './database-clock.ts'
import { deadlines } from './deadlines.ts'
import { directiveFiles } from './directive-files.ts'
import { doubtedClocks } from './doubted-clocks.ts'
import { dueWork } from './due.ts'
import { failures } from './failures.ts'
import { fileClaims } from './file-claims.ts'
import { formRefusals } from './form-refusals.ts'
import { fuses } from './fuses.ts'
import { isOlderThan } from './instants.ts'
import { intake } from './intake.ts'
import { intakeClaims } from './intake-claims.ts'
import { keys } from './keys.ts'
import { life, type Memory, ownMemory } from './life.ts'
import { logins } from './logins.ts'
import { mayBeSame } from './may-be-same.ts'
import { outbox } from './outbox.ts'
import { overview } from './overview.ts'
import { pages } from './pages/pages.ts'
import { passes } from './passes.ts'
import { pauses } from './pauses.ts'
import { purging } from './purging.ts'
import { recalls } from './recalls.ts'
import { rechecks } from './rechecks.ts'
import { registered } from './registered.ts'
import { registries } from './registries.ts'
import { replies } from './replies.ts'
import { reports } from './reports.ts'
import { resyncs } from './resyncs.ts'
import { rings } from './rings.ts'
import { schedules } from './schedules.ts'
import { sealing } from './sealing.ts'
import { sessions } from './sessions.ts'
import { setAside } from './set-aside.ts'
import { signals } from './signals.ts'
import { sources } from './sources.ts'
import { staging } from './staging.ts'
import { waivers } from './waivers.ts'
import { wentBack } from './went-back.ts'
import { withholding } from './withholding.ts'
import { writings } from './writings.ts'

export type Store = ReturnType<typeof openStore>

/** The tracking store over its two databases; `leaseMs` is how long a worker may be silent before another takes over. */
export function openStore(
  db: Knex,
  keysDb: Knex,
  { leaseMs, memory = ownMemory() }: { leaseMs: number; memory?: Memory },
) {
  const clock = databaseClock(db)
  const age = life(db, keysDb, memory)
  const directiveKeys = keys(keysDb)
  const stage = staging(db, directiveKeys, leaseMs)
  return {
    db,
    now: clock.now,
    lastKnown: clock.lastKnown,
    sources: sources(db),
    passes: passes(db, leaseMs),
    intake: intake(db, stage),
    claims: intakeClaims(db, stage, leaseMs),
    fileClaims: fileClaims(db, leaseMs),
    directiveFiles: directiveFiles(db),
    outbox: outbox(db, leaseMs, age.known),
    replies: replies(db),
    calendars: calendars(db),
    deadlines: deadlines(db),
    mayBeSame: mayBeSame(db),
    registries: registries(db),
    pauses: pauses(db),
    keys: directiveKeys,
    life: age,
    wentBack: wentBack(db),
    waivers: waivers(db),
    withholding: withholding(db),
    writings: writings(db),
    purging: purging(db),
    contradictions: contradictions(db),
    doubtedClocks: doubtedClocks(db),
    setAside: setAside(db),
    formRefusals: formRefusals(db),
    fuses: fuses(db),
    failures: failures(db),
    recalls: recalls(db),
    rechecks: rechecks(db),
    registered: registered(db),
    resyncs: resyncs(db),
    completeness: completeness(db),
    sealing: sealing(db, keysDb),
    audits: audits(db, keysDb),
    attention: attention(db),
    overview: overview(db),
    pages: pages(db),
    accounts: accounts(db),
    sessions: sessions(db),
    logins: logins(db),
    signals: signals(db),
    alerts: alerts(db),
    reports: reports(db),
    schedules: schedules(db, leaseMs),
    rings: rings(db),
    look: dueWork(db, leaseMs),
    /** Whether no service has swept for so long: then none runs. */
    async isUnserved(forMs: number): Promise<boolean> {
      const { rows } = await db.raw(
        `select coalesce(${isOlderThan('ended_at', ':forMs')}, true) as unserved from sync.sweep`,
        { forMs },
      )
      return rows[0].unserved
    },
    async sweepEnded(): Promise<void> {
      await db.raw(`update sync.sweep set ended_at = clock_timestamp()`)
    },
    /** What a stopping worker still holds goes to the others at once; whatever it does later is fenced off. */
    async handBack(worker: string): Promise<void> {
      for (const table of [
        'sync.pass',
        'sync.intake',
        'sync.directive_file',
        'sync.outbox',
        'sync.schedule',
      ]) {
        await db.raw(
          `update ${table} set lease_until = clock_timestamp(), lease_epoch = lease_epoch + 1 where lease_owner = ? and lease_until > clock_timestamp()`,
          [worker],
        )
      }
    },

    async close(): Promise<void> {
      await Promise.all([db.destroy(), keysDb.destroy()])
    },
  }
}
