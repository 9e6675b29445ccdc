import type { Message } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import type { Admitted, FileClaim } from '../store/admitted.ts'
import type { Under } from '../store/staging.ts'
import type { Decided, Followed, Refusal } from './admission.ts'
import { undecided } from './deciding.ts'
import { recallIfFew } from './doubt.ts'
import { stage } from './stage.ts'
import type { Tally } from './tally.ts'

/**
 * FOLLOW: what a decision of the gate leads to, whoever asked it: a reading, a recheck, or a message that failed before.
 * What was refused is gathered in `tally`, to be withheld with others.
 */
export async function follow(
  app: App,
  source: Source,
  under: Under,
  { admission, version }: Decided,
  tally: Tally,
  fetch: (files: FileClaim, held: Message['held']) => Promise<void>,
): Promise<Followed> {
  const { intake, claims } = app.store
  const now = app.clock.now()
  switch (admission.decision) {
    case 'admitted':
      if (await isOneTooMany(app, source, admission.admitted))
        return undecided(source.profile.name, 'datesDoubted').failure
      return stage(app, source, under, admission.admitted, (files) => fetch(files, admission.held))
    case 'deferred':
      return 'pass' in under ? intake.defer(under.pass, admission.deferred, now) : 'nextReading'
    case 'ordered': {
      if ('pass' in under) return intake.order(under.pass, admission.order, now)
      const outcome = await claims.order(under.claim, admission.order, now)
      return outcome === 'deferred' ? 'nothing' : outcome
    }
    case 'recalled': {
      if ('claim' in under) return 'nextReading'
      const { pass } = under
      const recalled = { ...admission.ref, version }
      return recallIfFew(app, source, tally, () =>
        intake.recall(pass, recalled, admission.askedAt, now),
      )
    }
    case 'refused':
      gather(app, source, tally, admission)
      return 'refused'
    case 'undecided':
      return admission.failure
  }
}

/** A source that ignores the days it is asked for must not fill the Office with doubts: the rest waits for those that are shown. */
async function isOneTooMany(app: App, source: Source, admitted: Admitted): Promise<boolean> {
  if (!admitted.doubt) return false
  const { name } = source.profile
  if ((await app.store.doubtedClocks.openCount(name, admitted.sourceRef)) < mostDoubted)
    return false
  source.refused.add(admitted.transportRef, admitted.version, 'datesDoubted')
  return true
}

const mostDoubted = 20

/** Of what was refused, whom it concerns; other sources' copies of what it calls secret are not eligible from here on. */
export function gather(app: App, { profile }: Source, tally: Tally, refused: Refusal): void {
  const { document, secret } = refused
  tally.refused(refused)
  if (document !== null && secret[0] !== undefined) {
    app.secrets.add(document, profile.name, secret[0])
    tally.secretDocument(document)
  }
}
