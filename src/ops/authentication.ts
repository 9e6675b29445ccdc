import { createHmac, randomBytes } from 'node:crypto'
import type { App } from '../app.ts'
import { accountName, longestPassword } from '../domain/account.ts'
import type { Refusal } from '../store/logins.ts'
import { opensWith } from '../store/password.ts'
import type { Directory } from './directory.ts'
import type { OpsSettings } from './settings.ts'

export interface Credentials {
  readonly name: string
  readonly password: string
  /** Where from. */
  readonly address: string
}

export type Authenticated = { readonly account: string } | { readonly refused: Refusal }

/**
 * Who this is, by a local account or else by the directory, recorded either way. Whatever is wrong costs the same
 * time, so that nobody learns which names there are.
 */
export function authentication(
  { store, clock, log }: App,
  directory: Directory | null,
  lockOut: OpsSettings['lockOut'],
) {
  const strangers = new StrangersTries(lockOut)

  return async ({ name: typed, password, address }: Credentials): Promise<Authenticated> => {
    const name = accountName(typed)
    const isPassword = password !== '' && password.length <= longestPassword
    const tried = name !== null && isPassword ? await store.logins.try(name, lockOut) : null
    const refuse = async (account: string | null, why: Refusal, locks = false) => {
      await store.logins.refuse(account, why, address, clock.now(), locks)
      if (locks) log.accountLocked({ address })
      return { refused: why }
    }
    if (name === null || !isPassword) {
      await opensWith(null, '')
      return refuse(null, 'unknown')
    }
    if (tried && tried.state !== 'open') {
      await opensWith(null, password)
      return refuse(name, tried.state)
    }
    if (tried?.password) {
      if (!(await opensWith(tried.password, password))) return refuse(name, 'password', tried.locks)
      await store.logins.accept(name, 'password', address, clock.now())
      return { account: name }
    }
    const known = tried ? name : null
    const [answer] = await Promise.all([
      directory && (known || strangers.mayTry(name)) ? directory.ask(name, password) : null,
      opensWith(null, password),
    ])
    if (answer?.word === 'away') {
      log.directoryTrouble({ error: answer.error })
      if (known) await store.logins.takeBack(known)
      return refuse(known, 'directoryAway')
    }
    if (answer?.word === 'noRole') {
      if (known) await store.logins.takeBack(known)
      return refuse(known, 'noRole')
    }
    if (answer?.word !== 'known')
      return refuse(known, known ? 'password' : 'unknown', tried?.locks ?? false)
    strangers.forget(name)
    await store.logins.meet({ name, ...answer }, clock.now())
    await store.logins.accept(name, 'directory', address, clock.now())
    return { account: name }
  }
}

const mostStrangers = 10_000

/**
 * Tries at names that have no row, so that nobody locks the directory's own accounts through this server. The
 * names are kept as HMACs under a key of this process, for one may be a password typed into the wrong field.
 */
class StrangersTries {
  readonly #lockOut: OpsSettings['lockOut']
  readonly #key = randomBytes(32)
  readonly #tries = new Map<string, { count: number; until: number }>()

  constructor(lockOut: OpsSettings['lockOut']) {
    this.#lockOut = lockOut
  }

  mayTry(name: string): boolean {
    const key = this.#keyOf(name)
    const before = this.#tries.get(key)
    const now = performance.now()
    const tries =
      before && before.until > now ? before : { count: 0, until: now + this.#lockOut.forMs }
    tries.count += 1
    this.#tries.delete(key)
    this.#tries.set(key, tries)
    for (const oldest of this.#tries.keys()) {
      if (this.#tries.size <= mostStrangers) break
      this.#tries.delete(oldest)
    }
    return tries.count <= this.#lockOut.failures
  }

  forget(name: string): void {
    this.#tries.delete(this.#keyOf(name))
  }

  #keyOf(name: string): string {
    return createHmac('sha256', this.#key).update(name).digest('base64')
  }
}
