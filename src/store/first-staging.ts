import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { contentDigest } from '#src/domain/identity.ts'
import { columnsOf } from './directives.ts'
import type { IntakeClaim } from './intake-claims.ts'
import { LeaseLost } from './lease.ts'
import { fence, type Pass } from './passes.ts'
import type { Admitted, Staging } from './staging.ts'
import { together } from './together.ts'

/**
 * Nearly every directive is new, and then one statement writes all of it, with others that come meanwhile. Null where
 * the store has something of it: the long way looks at what is there.
 */
export function firstStaging(db: Knex, leaseMs: number) {
  const stage = together(
    async (items: readonly Item[]) => {
      const { rows } = await db
        .raw(`select sync.stage_together(?) as written`, [JSON.stringify(items)])
        .options({ name: 'stage_together' })
      return rows[0].written as Written[]
    },
    async (item) => {
      const { message, directive, fields, files, ...under } = item
      const { rows } = await db
        .raw(
          `select sync.stage_first(:passId, :owner, :epoch, :leaseMs, :acknowledges, :at, :message, :directive, :fields, :files) as written`,
          {
            ...under,
            message: JSON.stringify(message),
            directive: JSON.stringify(directive),
            fields: JSON.stringify(fields),
            files: JSON.stringify(files),
          },
        )
        .options({ name: 'stage_first' })
      return rows[0].written as Written
    },
  )

  return async (
    pass: Pass,
    admitted: Admitted,
    acknowledges: boolean,
    at: Date,
  ): Promise<Staging | null> => {
    const item = { ...itemOf(pass, admitted, at), leaseMs, acknowledges, at }
    const { outcome } = await stage(item)
    switch (outcome) {
      case 'notHeld':
        throw new LeaseLost('a pass')
      case 'known':
        return null
      case 'staged':
        return { outcome, claim: null }
      case 'pending':
        return { outcome, claim: claimOf(item, pass) }
    }
  }
}

interface Written {
  readonly outcome: 'notHeld' | 'known' | 'staged' | 'pending'
}

interface Item extends ReturnType<typeof itemOf> {
  readonly leaseMs: number
  readonly acknowledges: boolean
  readonly at: Date
}

function itemOf(pass: Pass, admitted: Admitted, at: Date) {
  const { transportRef, sourceRef, version } = admitted
  return {
    ...fence(pass),
    message: {
      id: randomUUID(),
      source: pass.source,
      transport_ref: transportRef,
      source_ref: sourceRef,
      version,
    },
    directive: {
      id: randomUUID(),
      source: pass.source,
      source_ref: sourceRef,
      revision: 1,
      content_digest: contentDigest(admitted),
      act_at_once: false,
      seen_at: at,
      read_at: admitted.askedAt,
      ...columnsOf(admitted),
    },
    fields: admitted.directive,
    files: admitted.files.map((file, position) => ({ id: randomUUID(), ...file, position })),
  }
}

function claimOf({ message, directive, files }: Item, { lease }: Pass): IntakeClaim {
  const { id, source, version } = message
  return {
    id,
    source,
    transportRef: message.transport_ref,
    sourceRef: message.source_ref,
    version,
    directiveId: directive.id,
    state: 'pending',
    attempts: 0,
    missing: files,
    lease: { owner: lease.owner, epoch: 1 },
  }
}
