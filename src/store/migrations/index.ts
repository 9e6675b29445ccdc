import type { Knex } from 'knex'
import * as sync from './0001-sync.ts'
import * as tracking from './0002-tracking.ts'
import * as staging from './0003-staging.ts'
import * as afterStaging from './0004-after-staging.ts'
import * as history from './0005-history.ts'
import * as calendarAndPauses from './0006-calendar-and-pauses.ts'
import * as resync from './0007-resync.ts'
import * as attention from './0008-attention.ts'
import * as together from './0009-together.ts'
import * as accounts from './0010-accounts.ts'
import * as pages from './0011-pages.ts'
import * as alerts from './0012-alerts.ts'
import * as secrecy from './0013-secrecy.ts'
import * as wayBackBreaker from './0014-way-back-breaker.ts'
import * as purgeWins from './0015-purge-wins.ts'
import * as unanswered from './0017-unanswered.ts'
import * as largeStore from './0019-large-store.ts'
import * as waitingWritings from './0020-waiting-writings.ts'
import * as takenAlong from './0021-taken-along.ts'
import * as proof from './0022-proof.ts'
import * as wrongClocks from './0024-wrong-clocks.ts'
import * as functionsApart from './0025-functions-apart.ts'
import * as ownLocks from './0026-own-locks.ts'
import * as lostCommits from './0030-lost-commits.ts'
import * as unusableFiles from './0031-unusable-files.ts'
import * as schedules from './0032-schedules.ts'
import * as filesFollow from './0035-files-follow.ts'
import * as storedAt from './0036-stored-at.ts'
import * as mayBeSame from './0037-may-be-same.ts'
import * as waitsFor from './0038-waits-for.ts'
import * as acknowledged from './0039-acknowledged.ts'
import * as listedAgain from './0040-listed-again.ts'
import * as formRefusals from './0041-form-refusals.ts'
import * as waivedResyncs from './0042-waived-resyncs.ts'
import * as contradictions from './0043-contradictions.ts'
import * as doubtedClocks from './0044-doubted-clocks.ts'
import * as setAside from './0045-set-aside.ts'
import * as ordersNamed from './0049-orders-named.ts'

interface Migration {
  up(db: Knex): Promise<void>
  down(db: Knex): Promise<void>
}

/** In order, by name. A name never changes: knex remembers it, extension included. */
const migrations: ReadonlyMap<string, Migration> = new Map([
  ['0001-sync.ts', sync],
  ['0002-tracking.ts', tracking],
  ['0003-staging.ts', staging],
  ['0004-after-staging.ts', afterStaging],
  ['0005-history.ts', history],
  ['0006-calendar-and-pauses.ts', calendarAndPauses],
  ['0007-resync.ts', resync],
  ['0008-attention.ts', attention],
  ['0009-together.ts', together],
  ['0010-accounts.ts', accounts],
  ['0011-pages.ts', pages],
  ['0012-alerts.ts', alerts],
  ['0013-secrecy.ts', secrecy],
  ['0014-way-back-breaker.ts', wayBackBreaker],
  ['0015-purge-wins.ts', purgeWins],
  ['0017-unanswered.ts', unanswered],
  ['0019-large-store.ts', largeStore],
  ['0020-waiting-writings.ts', waitingWritings],
  ['0021-taken-along.ts', takenAlong],
  ['0022-proof.ts', proof],
  ['0024-wrong-clocks.ts', wrongClocks],
  ['0025-functions-apart.ts', functionsApart],
  ['0026-own-locks.ts', ownLocks],
  ['0030-lost-commits.ts', lostCommits],
  ['0031-unusable-files.ts', unusableFiles],
  ['0032-schedules.ts', schedules],
  ['0035-files-follow.ts', filesFollow],
  ['0036-stored-at.ts', storedAt],
  ['0037-may-be-same.ts', mayBeSame],
  ['0038-waits-for.ts', waitsFor],
  ['0039-acknowledged.ts', acknowledged],
  ['0040-listed-again.ts', listedAgain],
  ['0041-form-refusals.ts', formRefusals],
  ['0042-waived-resyncs.ts', waivedResyncs],
  ['0043-contradictions.ts', contradictions],
  ['0044-doubted-clocks.ts', doubtedClocks],
  ['0045-set-aside.ts', setAside],
  ['0049-orders-named.ts', ordersNamed],
])

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => [...migrations.keys()],
  getMigrationName: (name) => name,
  getMigration: async (name) => migrations.get(name)!,
}
