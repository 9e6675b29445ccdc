import { createHash, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { AccountRole, Language } from '#src/domain/account.ts'
import { remember } from './history.ts'

export interface Expiry {
  /** Without a request for so long. */
  readonly idleMs: number
  /** After the login, whatever came since. */
  readonly longestMs: number
}

export interface SessionHolder {
  readonly account: string
  readonly shownName: string
  readonly role: AccountRole
  readonly language: Language
}

/** A request in between is not worth a write. */
const seenAgainMs = 15_000

/**
 * Logins in force, by the database's own clock: they are about people at desks, whatever time the service is told
 * it is. Who holds a token is whoever logged in; the store keeps only its hash.
 */
export function sessions(db: Knex) {
  async function inForce(
    token: string,
    { idleMs, longestMs }: Expiry,
  ): Promise<{ holder: SessionHolder | null; isStale: boolean }> {
    const { rows } = await db.raw(
      `select a.name as account, a.shown_name as "shownName", a.role, a.language,
              s.seen_at < clock_timestamp() - :seenAgainMs * interval '1 millisecond' as "isStale"
       from sync.session s join sync.account a on a.name = s.account
       where s.token_hash = :hash and a.disabled_at is null
         and s.seen_at > clock_timestamp() - :idleMs * interval '1 millisecond'
         and s.begun_at > clock_timestamp() - :longestMs * interval '1 millisecond'`,
      { hash: hashOf(token), idleMs, longestMs, seenAgainMs: Math.min(seenAgainMs, idleMs / 2) },
    )
    if (!rows[0]) return { holder: null, isStale: false }
    const { isStale, ...holder } = rows[0]
    return { holder, isStale }
  }

  return {
    /** The token for the browser. Sessions that have ended are cleared away with it. */
    async begin(account: string, { idleMs, longestMs }: Expiry): Promise<string> {
      const token = randomBytes(32).toString('base64url')
      await db.raw(
        `delete from sync.session where begun_at < clock_timestamp() - :longestMs * interval '1 millisecond'
           or seen_at < clock_timestamp() - :idleMs * interval '1 millisecond'`,
        { longestMs, idleMs },
      )
      await db.raw(`insert into sync.session (token_hash, account) values (:hash, :account)`, {
        hash: hashOf(token),
        account,
      })
      return token
    },

    /** Counts as a request of the person. */
    async holderOf(token: string, expiry: Expiry): Promise<SessionHolder | null> {
      const { holder, isStale } = await inForce(token, expiry)
      if (isStale)
        await db.raw(
          `update sync.session set seen_at = clock_timestamp() where token_hash = :hash`,
          { hash: hashOf(token) },
        )
      return holder
    },

    /** Leaves no trace, so that what a page asks by itself keeps nobody logged in. */
    async stillHolds(token: string, expiry: Expiry): Promise<SessionHolder | null> {
      return (await inForce(token, expiry)).holder
    },

    /** False when it had ended already. */
    async end(token: string, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `delete from sync.session where token_hash = :hash returning account`,
          { hash: hashOf(token) },
        )
        if (!rows[0]) return false
        await remember(tx, {
          at,
          directiveId: null,
          actor: rows[0].account,
          event: 'logout',
        })
        return true
      })
    },
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
