/** After how many polls of a source its trouble stands among what waits for a person. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Face, Told } from '#connectors/simulator/faces/face.ts'
import type { Attention } from '../../../store/attention.ts'
import { attentionKinds } from '../../../store/attention-kinds.ts'
import type { FacesStage } from './stage.ts'

/** Null: not told in all the time that was waited. */
export type Telling = number | null

const patienceMs = 60_000
const lookMs = 200

/** From now, for each of these by the name of its face. */
export async function untilTold(
  stage: FacesStage,
  wanted: ReadonlyMap<Face, readonly Told[]>,
): Promise<Map<Face, Telling>> {
  const before = await polls(stage)
  const told = new Map<Face, Telling>([...wanted.keys()].map((face) => [face, null]))
  const from = performance.now()
  for (; performance.now() - from < patienceMs; await sleep(lookMs)) {
    const open = [...told].filter(([, after]) => after === null).map(([face]) => face)
    if (open.length === 0) break
    // Before the look, which may take longer than a poll.
    const now = await polls(stage)
    const items = await stage.app.store.attention.list(askedOf(stage, open, wanted), {
      limit: 10_000,
    })
    for (const face of open)
      if (items.some((item) => isOf(item, face, wanted.get(face)!)))
        told.set(face, Math.max(1, (now.get(face.name) ?? 0) - (before.get(face.name) ?? 0)))
  }
  return told
}

function askedOf(
  { clock, near }: FacesStage,
  open: readonly Face[],
  wanted: ReadonlyMap<Face, readonly Told[]>,
) {
  const kinds = open.flatMap((face) => wanted.get(face)!.map(({ kind }) => kind))
  const known = attentionKinds.filter((kind) => kinds.includes(kind))
  return { at: clock.now(), near, kinds: known, sources: open.map(({ name }) => name) }
}

function isOf(item: Attention, face: Face, told: readonly Told[]): boolean {
  return (
    item.source === face.name &&
    told.some(({ kind, cause }) => item.kind === kind && (cause ?? item.cause) === item.cause)
  )
}

/** Those that ended, and the one that is under way. */
async function polls(stage: FacesStage): Promise<Map<string, number>> {
  const rows = await stage.ask<{ source: string; n: number }>(
    `select source, count(*)::int as n from sync.pass where kind = 'head' group by source`,
  )
  return new Map(rows.map(({ source, n }) => [source, n]))
}
