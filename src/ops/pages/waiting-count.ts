import type { App } from '../../app.ts'

/** How much waits for a person; every page says it. */
export async function needsAttention(app: App): Promise<number> {
  const [failed, fuses, withheld] = await Promise.all([
    app.store.overview.failed(1000),
    app.store.fuses.open(),
    app.store.withholding.list(1000),
  ])
  return failed.length + fuses.length + withheld.length
}
