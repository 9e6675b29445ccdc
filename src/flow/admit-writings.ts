import type { App } from '../app.ts'
import { writingEligibility } from '../domain/writing.ts'

type Judging = Pick<App, 'store' | 'sources' | 'clock' | 'log'>

/**
 * ADMIT WRITINGS: what the tracking software wrote shows in no view and leaves to nowhere until the gate has admitted
 * it here (QĐ 23/2016 Đ6.4). What is refused is removed, and what remains is an item for a person without a word of it.
 */
export async function admitWritings(app: Judging): Promise<void> {
  while (await admitNext(app));
}

/** Takes the next one and judges it, in one transaction; false where none is due. */
export async function admitNext(app: Judging): Promise<boolean> {
  const judged = await app.store.writings.judgeNext(app.clock.now(), (waiting) => {
    // Of a source that is configured no more, every suffix and every name counts.
    const gate = app.sources.get(waiting.source)?.profile.gate
    return writingEligibility(waiting, gate?.harmlessSuffixes, gate?.harmlessNames).admit
  })
  if (!judged) return false
  const { source, outcome } = judged
  if (outcome === 'failed') app.log.writingFailed({ source, error: judged.error })
  else if (outcome !== 'admitted') app.log.writingNotAdmitted({ source, outcome })
  return true
}
