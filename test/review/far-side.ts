/** A register whose rows a test changes between readings, and the app over it with steps that can be held up. */
import type { Connector } from '#connectors/connector.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import type { App } from '#src/app.ts'
import { openRegister, profileAt, type Row } from '#test/connectors/paged-register.ts'
import { type TestApp, testApp } from '#test/support/app.ts'

export interface FarSide extends AsyncDisposable {
  readonly t: TestApp
  readonly app: App
  readonly profile: RestProfile
  /** Changed by the test; the register answers with what stands here now. */
  readonly rows: Row[]
  readonly register: Awaited<ReturnType<typeof openRegister>>
}

export async function farSide(
  rows: Row[],
  options: { leaseMs?: number; profile?: Partial<RestProfile> } = {},
): Promise<FarSide> {
  const register = await openRegister(rows)
  const profile = profileAt(register.address, options.profile)
  const t = await testApp([profile], options.leaseMs ? { leaseMs: options.leaseMs } : {})
  return {
    t,
    app: t.app,
    profile,
    rows,
    register,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

/** The same app with some calls of its connector replaced. */
export function withConnector(app: App, change: (connector: Connector) => Partial<Connector>): App {
  const sources = new Map(
    [...app.sources].map(([name, source]) => {
      const connector = { ...source.connector, ...change(source.connector) }
      return [name, { ...source, connector }] as const
    }),
  )
  return { ...app, sources }
}

/** How many directives the tracking software sees. */
export async function shown(app: App): Promise<number> {
  return (await app.store.db.raw(`select id from tracking.directives`)).rows.length
}

export async function dueNow(app: App): Promise<void> {
  await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
  await app.store.db.raw(
    `update sync.intake set due_at = clock_timestamp() where state = 'failed' and due_at < 'infinity'`,
  )
  await app.store.db.raw(`update sync.directive_file set due_at = clock_timestamp()`)
}

export function held(): { readonly until: Promise<void>; release(): void } {
  let release = () => {}
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  return { until, release: () => release() }
}
