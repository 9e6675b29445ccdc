/**
 * The life of a directive, in the order it lives it: pulled from its source (here), admitted by the gate
 * (`flow/admit.ts`), staged in the tracking store with its legal deadline (`flow/stage.ts`), answered by a unit, and the
 * answer pushed back (`flow/way-back.ts`).
 */
import type { App } from './app.ts'
import { asked } from './flow/asked.ts'
import { doubt, noteContradictions } from './flow/doubt.ts'
import { countFirst } from './flow/list-again.ts'
import { askOtherSources, hearAcknowledging } from './flow/other-sources.ts'
import { type PullResult, underLease } from './flow/pass.ts'
import { recheck } from './flow/recheck.ts'
import { withhold } from './flow/refusal.ts'
import { takeRows } from './flow/take-rows.ts'
import type { Pass, PassKind } from './store/passes.ts'

/** PULL: one reading of one window of one source. What the intake has is skipped; the rest goes to the gate. */
export function pull(app: App, claimed: Pass): Promise<PullResult> {
  return underLease(app, claimed, async (reading) => {
    const { pass, source, tally, heartbeat } = reading
    if (pass.kind === 'recheck') return recheck(app, reading)
    const unheard = await hearAcknowledging(app, pass, () => heartbeat.check())
    const { pages, known } = await asked(app, reading)
    const count = await countFirst(app, reading)
    if (count !== null) return count === 'asBefore' ? null : count
    // Of single ones the dates are not known yet: all of the days that are asked for.
    if (showsLate(claimed) || claimed.kind === 'deep') {
      const unasked = await askOtherSources(app, reading)
      // A repair, and the history, can wait until the other source answers; what is new each day cannot.
      if (unasked && showsLate(claimed)) return unasked
    }
    const failure = await takeRows(app, reading, pages, known, { mayStage: unheard === null })
    await noteContradictions(app, reading)
    if (unheard ?? failure) return unheard ?? failure
    // Another reading may have staged meanwhile what it had read before it became secret.
    await withhold(app, source, pass, tally.secrets())
    return doubt(app, reading)
  })
}

/** A resync, older days, and the first reading of a source, of which the head alone is of today (docs/decisions/0028). */
function showsLate({ kind, cursorBefore }: Pass): boolean {
  const old: readonly PassKind[] = ['resync', 'rolling', 'backfill']
  return old.includes(kind) || (kind === 'deep' && cursorBefore === null)
}

export { pushBack, recordReply } from './flow/way-back.ts'
