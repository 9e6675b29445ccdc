import type { Knex } from 'knex'
import { type FileNote, largestSmallFileBytes } from '#src/domain/directive.ts'
import type { FileClaim, WaitingFile } from './admitted.ts'
import { hasCome, longestLease } from './instants.ts'
import { LeaseLost } from './lease.ts'
import { isShown, isWaiting } from './predicates.ts'
import { hasItsName } from './set-aside.ts'
import { breakerIsOpen } from './sources.ts'
import { together } from './together.ts'

/** A file that is durable on disk, and the row that does not say so yet. */
export interface KeptFile {
  readonly file: WaitingFile
  readonly storedAs: string
  readonly size: number
  readonly sha256: string
  readonly note: FileNote | null
}

/** `small`: what is fetched in passing. `large`: what has hands of its own, so that it holds up nobody. */
export type FileSize = 'small' | 'large'

const longestPauseS = 600
/** A source that stalls at its files keeps no hand for long from those of others. */
const mostOfOneSource = 5

/** Files that are waited for, fetched by whoever holds their lease. */
export function fileClaims(db: Knex, leaseMs: number) {
  const storeAll = together(async (items: readonly Stored[]) => {
    const { rows } = await db
      .raw(`select * from sync.store_files(?) as id`, [JSON.stringify(items)])
      .options({ name: 'store_files' })
    const stored = new Set(rows.map(({ id }: { id: string }) => id))
    return items.map(({ file }) => stored.has(file))
  })

  return {
    /**
     * Claims what is due of some directives, nearest legal deadline first and before all that is older than the
     * service; other workers skip what is claimed.
     */
    async claimDue(
      owner: string,
      limit: number,
      size: FileSize,
      sources: readonly string[] | null = null,
    ): Promise<FileClaim[]> {
      const { rows } = await db.raw(
        `with found as (
           select f.directive_id, f.intake_id, d.before_go_live, d.classify_by,
             row_number() over (partition by d.source order by d.before_go_live, d.classify_by, f.directive_id) as place
           from sync.directive_file f join sync.directive d on d.id = f.directive_id
           where ${isDueFile(leaseMs, size)} and ${isShown('d')} and ${hasItsName('d')} and f.intake_id is not null and (:sources::text[] is null or d.source = any (:sources))
             and not exists (select from sync.source s where s.name = d.source and ${breakerIsOpen('s')})
           group by f.directive_id, f.intake_id, d.source, d.before_go_live, d.classify_by),
         due as (select directive_id, intake_id from found where place <= ${mostOfOneSource} order by before_go_live, classify_by, directive_id limit :limit),
         taken as (
           update sync.directive_file t set lease_owner = :owner, lease_epoch = t.lease_epoch + 1, lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
           where t.id in (select f.id from sync.directive_file f join due on due.directive_id = f.directive_id and due.intake_id = f.intake_id
             where ${isDueFile(leaseMs, size)} for update of f skip locked) returning t.*)
         select i.source, i.transport_ref as "transportRef", i.source_ref as "sourceRef", i.version, f.directive_id as "directiveId",
           jsonb_build_object('number', d.number, 'symbol', d.symbol, 'subject', d.subject) as document,
           jsonb_agg(jsonb_build_object('id', f.id, 'epoch', f.lease_epoch, 'ref', f.ref, 'name', f.name, 'mediaType', f.media_type, 'size', f.announced_size)
             order by f.attempts, f.position) as files
         from taken f join sync.intake i on i.id = f.intake_id join sync.directive d on d.id = f.directive_id
         group by i.id, f.directive_id, d.id order by d.before_go_live, d.classify_by`,
        { owner, limit, leaseMs, sources: sources && [...sources] },
      )
      return rows.map((row: Omit<FileClaim, 'owner' | 'key'>) => ({ ...row, owner, key: null }))
    },

    /** Of a directive that is withheld nothing is fetched any more. */
    async renew(claim: FileClaim): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.directive_file f set lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' from ${heldBy} where ${isHeld}
           and exists (select from sync.directive d where d.id = f.directive_id and ${isShown('d')})`,
        { leaseMs, ...fenceOf(claim, claim.files) },
      )
      if (rowCount === 0) throw new LeaseLost('a file')
    },

    /**
     * False where the directive is withheld or gone, another revision came, or another worker has the file: the caller
     * removes its copy. The last one of a directive completes it in the same commit.
     */
    store({ owner }: FileClaim, { file, storedAs, size, sha256, note }: KeptFile, at: Date) {
      const { id, epoch } = file
      return storeAll({ file: id, owner, epoch, stored_as: storedAs, size, sha256, note, at })
    },

    /** Hands files back untouched, due at once. */
    async release(claim: FileClaim): Promise<void> {
      await db.raw(
        `update sync.directive_file f set lease_until = null, due_at = clock_timestamp() from ${heldBy} where ${isHeld}`,
        fenceOf(claim, claim.files),
      )
    },

    /** Hands files back with the reason why they could not be fetched; tried again later each time. */
    async postpone(
      claim: FileClaim,
      files: readonly WaitingFile[],
      failure: string,
    ): Promise<void> {
      await db.raw(
        `update sync.directive_file f set failure = :failure, attempts = f.attempts + 1, lease_until = null,
           due_at = clock_timestamp() + least(:longestPauseS, power(2, least(f.attempts, 20))) * interval '1 second'
         from ${heldBy} where ${isHeld}`,
        { failure, longestPauseS, ...fenceOf(claim, files) },
      )
    },

    /** Hands files back that were not asked for, because others before them could not be had. */
    async defer(claim: FileClaim, files: readonly WaitingFile[]): Promise<void> {
      await db.raw(
        `update sync.directive_file f set lease_until = null, due_at = clock_timestamp() + interval '1 second' from ${heldBy} where ${isHeld}`,
        fenceOf(claim, files),
      )
    },

    /** Takes back that a file is stored; returns what the caller removes, null when there is nothing. */
    async lose(fileId: string): Promise<string | null> {
      const { rows } = await db.raw(
        `with was as (select id, stored_as from sync.directive_file where id = :fileId and state = 'stored' for update)
         update sync.directive_file f set state = case when f.superseded_by is null then 'waiting' else 'superseded' end,
           stored_at = null, stored_as = null, size = null, sha256 = null, note = null, due_at = clock_timestamp(), lease_until = null
         from was where f.id = was.id returning was.stored_as as name`,
        { fileId },
      )
      return rows[0]?.name ?? null
    },
  }
}

/** That of a directive which is withheld is not claimed, and soon few. */
export function isDueFile(leaseMs: number, size: FileSize): string {
  const isSmall = `coalesce(f.announced_size, 0) <= ${largestSmallFileBytes}`
  return `${isWaiting('f')} and ${hasCome('f.due_at', longestPauseS * 1000)}
    and coalesce(${hasCome('f.lease_until', longestLease(leaseMs))}, true) and ${size === 'small' ? isSmall : `not ${isSmall}`}`
}

interface Stored {
  readonly file: string
  readonly owner: string
  readonly epoch: number
  readonly stored_as: string
  readonly size: number
  readonly sha256: string
  readonly note: FileNote | null
  readonly at: Date
}

/** Locked in one order, whoever writes several. */
const heldBy = `(select k.id, h.epoch from sync.directive_file k join unnest(:ids::uuid[], :epochs::int[]) as h (id, epoch) on h.id = k.id
  order by k.id for no key update of k) h`
const isHeld = `f.id = h.id and f.lease_epoch = h.epoch and f.lease_owner = :owner and ${isWaiting('f')}`

function fenceOf({ owner }: FileClaim, files: readonly WaitingFile[]) {
  return { owner, ids: files.map(({ id }) => id), epochs: files.map(({ epoch }) => epoch) }
}
