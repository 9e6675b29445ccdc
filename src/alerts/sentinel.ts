import type { App } from '../app.ts'

const askedEveryMs = 10 * 60_000

/** Reads the document of each source that must be readable: an empty list may be a source that hides everything. */
export async function askSentinels({ store, sources, clock, log }: App): Promise<void> {
  const mayBeAsked = new Set(await store.pauses.mayBeAsked(sources.keys(), clock.now()))
  for (const [name, { profile, connector }] of sources) {
    const { sentinel } = profile
    if (sentinel === undefined || !mayBeAsked.has(name)) continue
    if (await store.sources.breakerIsOpen(name)) continue
    if (!(await store.sources.sentinelIsDue(name, askedEveryMs))) continue
    const answer = await connector.read({ transportRef: sentinel, sourceRef: sentinel })
    const failure = answer.ok ? null : answer.failure.word
    await store.sources.sentinelRead(name, failure)
    if (failure) log.sentinelUnreadable({ source: name, failure })
  }
}
