import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { type AnnouncedFile, largestSmallFileBytes } from '#src/domain/directive.ts'
import type { WaitingFile } from './admitted.ts'
import type { Lease } from './lease.ts'
import { isCurrent, isWaiting } from './predicates.ts'

/** The message and the revision that announce files, and who is to fetch the small ones at once. */
export interface Announcing {
  readonly directiveId: string
  readonly revision: number
  readonly intakeId: string
  readonly lease: Lease
  readonly now: Date
  readonly leaseUntil: Date
}

/** The rows of files, and which of them their lease holds. */
export interface Announced {
  readonly rows: readonly object[]
  readonly held: readonly WaitingFile[]
  readonly hasLarge: boolean
}

/** `positions`: where each stands in the whole announcement, of which these may be a part. */
export function rowsOf(
  files: readonly AnnouncedFile[],
  all: readonly AnnouncedFile[],
  { directiveId, revision, intakeId, lease, now, leaseUntil }: Announcing,
): Announced {
  const text = fullTextOf(all)
  const some = files.map((file) => ({ ...file, id: randomUUID(), epoch: 1 }))
  const isHeld = (file: AnnouncedFile) => !file.unusable && isSmall(file)
  return {
    rows: some.map((file) => ({
      ...{ id: file.id, directive_id: directiveId, revision, intake_id: intakeId, ref: file.ref },
      ...{ position: all.findIndex(({ ref }) => ref === file.ref), name: file.name },
      ...{ media_type: file.mediaType, announced_size: file.size, unusable_known: false },
      ...{ state: file.unusable ? 'unusable' : 'waiting', unusable: file.unusable ?? null },
      ...{ is_full_text: file.ref === text, attempts: 0, due_at: now },
      ...(isHeld(file)
        ? { lease_owner: lease.owner, lease_epoch: 1, lease_until: leaseUntil }
        : { lease_owner: null, lease_epoch: 0, lease_until: null }),
    })),
    held: some.filter(isHeld),
    hasLarge: some.some((file) => !file.unusable && !isSmall(file)),
  }
}

/** Of what another revision announces, what is new; the rest keeps its row. What it announces no more is superseded. */
export async function supersede(
  tx: Knex,
  files: readonly AnnouncedFile[],
  { directiveId, revision }: Pick<Announcing, 'directiveId' | 'revision'>,
): Promise<AnnouncedFile[]> {
  const { rows } = await tx.raw(
    `select f.id, f.ref, f.name, f.announced_size as size, f.unusable from sync.directive_file f where f.directive_id = :directiveId and ${isCurrent('f')} order by f.id for no key update`,
    { directiveId },
  )
  const before = new Map((rows as Before[]).map((row) => [row.ref, row]))
  const isSame = (file: AnnouncedFile) => {
    const was = before.get(file.ref)
    return was !== undefined && was.name === file.name && was.size === file.size && !file.unusable
  }
  const kept = files.filter(isSame)
  const text = fullTextOf(files)
  await tx.raw(
    `update sync.directive_file f set superseded_by = :revision, state = case f.state when 'waiting' then 'superseded' else f.state end
     where f.directive_id = :directiveId and ${isCurrent('f')} and not f.ref = any (:kept)`,
    { directiveId, revision, kept: kept.map(({ ref }) => ref) },
  )
  for (const { ref } of kept)
    await tx.raw(
      `update sync.directive_file f set position = :position, is_full_text = :isText where f.directive_id = :directiveId and f.ref = :ref and ${isCurrent('f')}`,
      {
        ...{ directiveId, ref, isText: ref === text },
        position: files.findIndex((file) => file.ref === ref),
      },
    )
  return files.filter((file) => !isSame(file))
}

/** The same files, in another message. */
export interface Brought {
  readonly directiveId: string
  readonly intakeId: string
  readonly files: readonly AnnouncedFile[]
}

/**
 * What is still waited for is looked for in the message that came last: the first may be gone. On the axis a reference says
 * where in a message a file is, and its hash says which one it is.
 */
export async function lookThere(
  tx: Knex,
  { directiveId, intakeId, files }: Brought,
): Promise<void> {
  if (files.length === 0) return
  await tx.raw(
    `update sync.directive_file f set intake_id = :intakeId, ref = b.ref
     from unnest(:refs::text[], :hashes::text[]) as b (ref, hash)
     where f.directive_id = :directiveId and ${isCurrent('f')} and ${isWaiting('f')} and (f.ref = b.ref or b.hash <> '' and position(b.hash in f.ref) > 0)`,
    {
      ...{ directiveId, intakeId },
      refs: files.map(({ ref }) => ref),
      hashes: files.map(({ sha256 }) => sha256 ?? ''),
    },
  )
}

interface Before {
  readonly id: string
  readonly ref: string
  readonly name: string
  readonly size: number | null
  readonly unusable: string | null
}

function isSmall({ size }: AnnouncedFile): boolean {
  return (size ?? 0) <= largestSmallFileBytes
}

/** By its reference; null where nothing is announced. */
function fullTextOf(files: readonly AnnouncedFile[]): string | null {
  return (files.find(({ isFullText }) => isFullText) ?? files[0])?.ref ?? null
}
