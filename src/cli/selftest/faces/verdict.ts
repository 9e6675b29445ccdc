/** What the store has made of a face, held against what the face has. */
import { createHash } from 'node:crypto'
import { contentOf } from '#connectors/simulator/faces/document.ts'
import type { Face } from '#connectors/simulator/faces/face.ts'
import { normaliseCode } from '../../../domain/code.ts'
import { localDateOf } from '../../../domain/local-date.ts'
import type { FacesStage } from './stage.ts'

export interface Verdict {
  /** Neither shown, nor among what is known to be impossible. */
  readonly lost: number
  readonly doubled: number
  readonly wrongFiles: number
  /** Days said to be complete of which something is not shown. */
  readonly falselyComplete: number
  /** Kinds of items that wait for a person although nothing is wrong, or something else is. */
  readonly untrue: readonly string[]
}

interface HeldRow {
  readonly code: string
  readonly day: string
}

interface HeldFile {
  readonly ref: string
  readonly sha256: string
}

export async function verdictOn(stage: FacesStage, face: Face): Promise<Verdict> {
  const { servers, importFrom, app, clock } = stage
  const { ever } = servers.stateOf(face)
  const source = face.name
  const shown = await stage.ask<HeldRow>(
    `select code_normalised as code, issued_on::text as day from sync.directive where source = :source and withheld_at is null`,
    { source },
  )
  const files = await stage.ask<HeldFile>(
    `select f.ref, f.sha256 from sync.directive_file f join sync.directive d on d.id = f.directive_id where d.source = :source and f.state = 'stored'`,
    { source },
  )
  const { completeTo } = await app.store.completeness.of(
    source,
    importFrom,
    localDateOf(clock.now()),
  )
  const codes = new Set(shown.map(({ code }) => code))
  const absent = ever.filter(({ notation }) => !codes.has(normaliseCode(String(notation))))
  const refused = new Set(face.refused)
  const known = new Set([...refused, ...(face.keptBack ?? [])])
  const once = new Set(shown.map(({ code, day }) => `${code} ${day}`))
  return {
    lost: absent.filter(({ id }) => !known.has(id)).length,
    doubled: shown.length - once.size,
    wrongFiles: files.filter((one) => !isOf(one, face, stage)).length,
    falselyComplete: absent.filter(
      ({ id, publish_date }) =>
        !refused.has(id) && completeTo !== null && publish_date.slice(0, 10) <= completeTo,
    ).length,
    untrue: await untrueOf(stage, face),
  }
}

/** Clocks run, and another source is waited for: neither is a trouble of this one. */
const ofNobody = new Set(['overdue', 'dueSoon', 'withoutText', 'waitsForOther'])

async function untrueOf({ app, clock, near }: FacesStage, face: Face): Promise<string[]> {
  const asked = { at: clock.now(), near, sources: [face.name] }
  const items = await app.store.attention.list(asked, { limit: 1000 })
  const told = [...(face.told ?? []), ...(face.toldOfAct ?? [])].map(({ kind }) => kind)
  const expected = [...told, ...(face.alsoTold ?? [])]
  const kinds = items.map(({ kind }): string => kind)
  return [...new Set(kinds)].filter((kind) => !ofNobody.has(kind) && !expected.includes(kind))
}

function isOf({ ref, sha256 }: HeldFile, face: Face, { servers }: FacesStage): boolean {
  if (face.absentFiles?.includes(ref)) return false
  const state = servers.stateOf(face)
  const announced = state.ever.flatMap(({ attachments }) => attachments ?? [])
  const size = announced.find(({ id }) => id === ref)?.file_size
  const contents = [contentOf(ref, size), state.files.get(ref)].filter((one) => one !== undefined)
  return contents.some((one) => createHash('sha256').update(one).digest('hex') === sha256)
}
