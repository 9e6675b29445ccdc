import type { App } from '../../app.ts'
import type { AlertKind, Figures } from '../../domain/alert.ts'
import { localDateOf } from '../../domain/local-date.ts'
import type { Pause } from '../../store/pauses.ts'

export interface SourceState {
  readonly name: string
  readonly title: string
  readonly lastAnswerAt: Date | null
  readonly lastFailure: string | null
  readonly breakerOpenUntil: Date | null
  /** What alerts say of it while it hangs, and has failed in nothing yet. */
  readonly troubles: readonly { readonly kind: AlertKind; readonly figures: Figures }[]
  readonly headCursor: Date | null
  readonly seen: number | null
  readonly allowed: number | null
  readonly notEligible: number | null
  readonly undecided: number | null
  readonly pause: Pause | null
  readonly completeTo: string | null
  /** The same of their files as well. */
  readonly filesCompleteTo: string | null
  /** Whether its source can show that nothing is missing. */
  readonly provable: boolean
}

export type Condition = 'good' | 'failing' | 'open' | 'paused' | 'silent'

/** Every source the store knows, with what its profile adds where it is configured here. */
export async function sourceStates(app: App, now: Date): Promise<SourceState[]> {
  const [known, pauses] = await Promise.all([
    app.store.overview.sources(),
    app.store.pauses.inForce(now),
  ])
  return Promise.all(
    known.map(async (source) => {
      const configured = app.sources.get(source.name)
      const complete = configured
        ? await app.store.completeness.of(
            source.name,
            configured.profile.importFrom,
            localDateOf(now),
          )
        : null
      return {
        ...source,
        title: configured?.profile.title ?? source.name,
        pause: pauses.find((pause) => pause.source === source.name) ?? null,
        completeTo: complete?.completeTo ?? null,
        filesCompleteTo: complete?.filesCompleteTo ?? null,
        provable: configured ? configured.connector.can.reconcile !== 'none' : false,
      }
    }),
  )
}

export function conditionOf(source: SourceState): Condition {
  if (source.pause) return 'paused'
  if (source.breakerOpenUntil) return 'open'
  if (source.lastFailure || source.troubles.length > 0) return 'failing'
  return source.lastAnswerAt === null ? 'silent' : 'good'
}
