import type { Knex } from 'knex'
import type { AccountRole } from '#src/domain/account.ts'
import { endSessions } from './accounts.ts'
import { remember } from './history.ts'

export interface LockOut {
  /** Wrong passwords in a row. */
  readonly failures: number
  readonly forMs: number
}

/** One try at an account. It counts as wrong until it is known to be right, so that many at once are no more tries. */
export type Try =
  | { readonly state: 'open'; readonly password: string | null; readonly locks: boolean }
  | { readonly state: 'locked' | 'disabled' }

export type Refusal =
  | 'unknown'
  | 'password'
  | 'locked'
  | 'disabled'
  | 'noRole'
  | 'directoryAway'
  | 'tooMany'

/** Somebody as the directory of the province knows him. */
export interface Person {
  readonly name: string
  readonly shownName: string
  readonly role: AccountRole
}

export function logins(db: Knex) {
  return {
    /** Null: there is no account of this name. */
    async try(name: string, { failures, forMs }: LockOut): Promise<Try | null> {
      const { rows } = await db.raw(
        `update sync.account set failures = case when locked_until is null then failures + 1 else 1 end,
           locked_until = case when case when locked_until is null then failures + 1 else 1 end >= :failures
             then clock_timestamp() + :forMs * interval '1 millisecond' end
         where name = :name and disabled_at is null and coalesce(sync.has_come(locked_until, :forMs * interval '1 millisecond'), true)
         returning password, locked_until is not null as locks`,
        { name, failures, forMs },
      )
      if (rows[0]) return { state: 'open', ...rows[0] }
      const known = await db.raw(
        `select disabled_at is not null as disabled from sync.account where name = :name`,
        { name },
      )
      if (!known.rows[0]) return null
      return { state: known.rows[0].disabled ? 'disabled' : 'locked' }
    },

    /** What was tried could not be told right from wrong: it does not count. */
    async takeBack(name: string): Promise<void> {
      await db.raw(
        `update sync.account set failures = greatest(failures - 1, 0), locked_until = null where name = :name`,
        { name },
      )
    },

    async accept(
      name: string,
      by: 'password' | 'directory',
      address: string,
      at: Date,
    ): Promise<void> {
      await db.transaction(async (tx) => {
        await tx.raw(
          `update sync.account set failures = 0, locked_until = null, last_login_at = :at where name = :name`,
          { name, at },
        )
        await remember(tx, {
          at,
          directiveId: null,
          actor: name,
          event: 'login',
          detail: { address, by },
        })
      })
    },

    /** `account` is null for a name that is nobody's: what was typed there may be a password, and is kept nowhere. */
    async refuse(
      account: string | null,
      why: Refusal,
      address: string,
      at: Date,
      lockedNow = false,
    ): Promise<void> {
      const entry = { at, directiveId: null, actor: account ?? stranger }
      await db.transaction(async (tx) => {
        await remember(tx, { ...entry, event: 'loginRefused', detail: { address, why } })
        if (lockedNow) await remember(tx, { ...entry, event: 'accountLocked', detail: { address } })
        if (account !== null && why === 'noRole') await endSessions(tx, account)
      })
    },

    /** An account for whom the directory vouches, with the name and role that it gives now. */
    async meet({ name, shownName, role }: Person, at: Date): Promise<void> {
      await db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `select role from sync.account where name = :name for update`,
          { name },
        )
        await tx.raw(
          `insert into sync.account (name, shown_name, role, created_at) values (:name, :shownName, :role, :at)
           on conflict (name) do update set shown_name = :shownName, role = :role`,
          { name, shownName, role, at },
        )
        const before = rows[0]?.role
        if (before === role) return
        await remember(tx, {
          at,
          directiveId: null,
          actor: 'directory',
          event: before ? 'roleChanged' : 'accountAdded',
          detail: { account: name, role },
        })
      })
    },
  }
}

/** No account has a capital letter. */
const stranger = 'STRANGER'
