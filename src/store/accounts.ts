import type { Knex } from 'knex'
import type { AccountRole, Language } from '#src/domain/account.ts'
import { remember } from './history.ts'

export interface Account {
  readonly name: string
  readonly shownName: string
  readonly role: AccountRole
  readonly language: Language
  /** `directory`: the province's mail accounts check its password. */
  readonly kind: 'local' | 'directory'
  readonly createdAt: Date
  readonly disabledAt: Date | null
  /** Null when it is not locked now. */
  readonly lockedUntil: Date | null
  readonly lastLoginAt: Date | null
}

/** Who acts on an account, when and why, for the history. */
export interface Act {
  readonly actor: string
  readonly reason: string | null
  readonly at: Date
}

export interface NewAccount {
  readonly name: string
  readonly shownName: string
  readonly role: AccountRole
  /** As `sealPassword` makes it. */
  readonly password: string
}

export function accounts(db: Knex) {
  return {
    async any(): Promise<boolean> {
      const { rows } = await db.raw(`select exists (select from sync.account) as found`)
      return rows[0].found
    },

    async list(): Promise<Account[]> {
      const { rows } = await db.raw(
        `select name, shown_name as "shownName", role, language, case when password is null then 'directory' else 'local' end as kind,
                created_at as "createdAt", disabled_at as "disabledAt", case when locked_until > clock_timestamp() then locked_until end as "lockedUntil",
                last_login_at as "lastLoginAt"
         from sync.account order by name`,
      )
      return rows
    },

    /** False when there is one of this name. */
    async add({ name, shownName, role, password }: NewAccount, act: Act): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `insert into sync.account (name, shown_name, role, password, created_at) values (:name, :shownName, :role, :password, :at)
           on conflict (name) do nothing`,
          { name, shownName, role, password, at: act.at },
        )
        if (rowCount === 0) return false
        await rememberAct(tx, 'accountAdded', name, act, { role })
        return true
      })
    },

    /** Ends its sessions: whoever knew the old password is out. `directory` when its password is not kept here. */
    async changePassword(
      name: string,
      password: string,
      act: Act,
    ): Promise<'changed' | 'unknown' | 'directory'> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `select password is null as elsewhere from sync.account where name = :name for update`,
          { name },
        )
        if (!rows[0]) return 'unknown'
        if (rows[0].elsewhere) return 'directory'
        await tx.raw(
          `update sync.account set password = :password, failures = 0, locked_until = null where name = :name`,
          { name, password },
        )
        await endSessions(tx, name)
        await rememberAct(tx, 'passwordChanged', name, act)
        return 'changed'
      })
    },

    /** Ends its sessions. False when there is no such account, or it is disabled already. */
    async disable(name: string, act: Act): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.account set disabled_at = :at where name = :name and disabled_at is null`,
          { name, at: act.at },
        )
        if (rowCount === 0) return false
        await endSessions(tx, name)
        await rememberAct(tx, 'accountDisabled', name, act)
        return true
      })
    },

    /** Also unlocks it. False when there is no such account, or nothing kept it out. */
    async enable(name: string, act: Act): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.account set disabled_at = null, failures = 0, locked_until = null
           where name = :name and (disabled_at is not null or locked_until > clock_timestamp())`,
          { name },
        )
        if (rowCount === 0) return false
        await rememberAct(tx, 'accountEnabled', name, act)
        return true
      })
    },

    /** Holds from the next request on. False when there is no such account, or it has that role. */
    async changeRole(name: string, role: AccountRole, act: Act): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rowCount } = await tx.raw(
          `update sync.account set role = :role where name = :name and role <> :role`,
          { name, role },
        )
        if (rowCount === 0) return false
        await rememberAct(tx, 'roleChanged', name, act, { role })
        return true
      })
    },

    /** The language of the pages, which each person chooses for himself. */
    async speak(name: string, language: Language): Promise<void> {
      await db.raw(`update sync.account set language = :language where name = :name`, {
        name,
        language,
      })
    },
  }
}

export async function endSessions(tx: Knex, account: string): Promise<void> {
  await tx.raw(`delete from sync.session where account = :account`, { account })
}

async function rememberAct(
  tx: Knex,
  event: string,
  account: string,
  { actor, reason, at }: Act,
  more: Record<string, unknown> = {},
): Promise<void> {
  await remember(tx, {
    at,
    directiveId: null,
    actor,
    event,
    detail: { account, ...more, ...(reason !== null && { reason }) },
  })
}
