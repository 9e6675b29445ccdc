import type { Message } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import type { FileClaim } from '../store/admitted.ts'
import { fetchOrPostpone } from './files.ts'

/** Messages whose files are being fetched are in memory until then. */
const mostForEachRequest = 4
const patienceMs = 5_000

/**
 * The files of what a reading stages, fetched beside it. A source that hands over a list and stalls at its files keeps no
 * document waiting: what it does not hand over in time is left to whoever has a hand free.
 */
export class FilesInHand {
  readonly #app: App
  readonly #source: Source
  readonly #most: number
  readonly #fetches = new Set<Promise<void>>()
  #stalls = false

  constructor(app: App, source: Source) {
    this.#app = app
    this.#source = source
    this.#most = source.profile.poll.concurrency * mostForEachRequest
  }

  async take(claim: FileClaim, held: Message['held']): Promise<void> {
    while (this.#fetches.size >= this.#most && !this.#stalls)
      await this.#wait(Promise.race(this.#fetches))
    if (this.#fetches.size >= this.#most) {
      await this.#app.store.fileClaims.release(claim)
      return this.#app.later.ring('fetch-files')
    }
    const fetch = this.#fetch(claim, held).finally(() => {
      this.#fetches.delete(fetch)
    })
    this.#fetches.add(fetch)
  }

  /** Waits for what is in hand, but not for long: it goes on under leases of its own. */
  async end(): Promise<void> {
    await this.#wait(Promise.all(this.#fetches))
  }

  /** It may outlive its reading: nobody waits for what it throws. What a store that is away was not told, its lease tells. */
  async #fetch(claim: FileClaim, held: Message['held']): Promise<void> {
    try {
      await fetchOrPostpone(this.#app, this.#source, claim, held)
    } catch (error) {
      const { source, directiveId: directive } = claim
      this.#app.log.fileFailed({ source, directive, failure: 'ourMistake', error })
    }
  }

  async #wait(fetches: Promise<unknown>): Promise<void> {
    if (this.#stalls) return
    let enough: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      enough = setTimeout(() => {
        this.#stalls = true
        resolve()
      }, patienceMs)
    })
    await Promise.race([fetches, late])
    clearTimeout(enough)
  }
}
