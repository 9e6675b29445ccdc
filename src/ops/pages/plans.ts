import { randomUUID } from 'node:crypto'
import type { App } from '../../app.ts'
import { planResync, SourceDidNotAnswer } from '../../flow/planning.ts'
import type { Scope } from '../../store/resyncs.ts'

/** A plan that is being made by this process; what comes of it is a row. */
export interface Planning {
  readonly source: string
  percent: number
  state:
    | { readonly is: 'reading' }
    | { readonly is: 'made'; readonly id: string }
    | { readonly is: 'failed'; readonly why: string }
}

const keptMs = 60 * 60_000
const perApp = new WeakMap<App, Map<string, Planning>>()

/** Reading a source takes longer than a browser waits for: the plan is made behind, and looked for by this name. */
export function beginPlan(app: App, scope: Scope, by: { actor: string; reason: string }): string {
  const name = randomUUID()
  const planning: Planning = { source: scope.source, percent: 0, state: { is: 'reading' } }
  plansOf(app).set(name, planning)
  setTimeout(() => plansOf(app).delete(name), keptMs).unref()
  void make(app, scope, by, planning)
  return name
}

export function planNamed(app: App, name: string): Planning | null {
  return plansOf(app).get(name) ?? null
}

async function make(
  app: App,
  scope: Scope,
  by: { actor: string; reason: string },
  planning: Planning,
): Promise<void> {
  try {
    const world = await app.store.resyncs.world(scope)
    const plan = await planResync(app, scope, (done, of) => {
      planning.percent = Math.floor((done / of) * 100)
    })
    const id = await app.store.resyncs.keepPlan(scope, plan, world, by, app.clock.now())
    planning.state = { is: 'made', id }
  } catch (error) {
    // Only the failure word: whatever else an error says may hold what the gate has not decided on.
    const why = error instanceof SourceDidNotAnswer ? error.word : 'ourMistake'
    if (why === 'ourMistake') app.log.opsTrouble({ operation: 'plan', error })
    planning.state = { is: 'failed', why }
  }
}

function plansOf(app: App): Map<string, Planning> {
  let plans = perApp.get(app)
  if (!plans) {
    plans = new Map()
    perApp.set(app, plans)
  }
  return plans
}
