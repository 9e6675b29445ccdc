import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { columnsOf, contentDigest } from './directives.ts'
import { LeaseLost } from './lease.ts'
import { fence, type Pass } from './passes.ts'
import type { Admitted, Staging } from './staging.ts'

/**
 * Nearly every directive is new, and then one statement writes all of it. Null where the store has something of it:
 * the long way looks at what is there.
 */
export async function stageFirst(
  db: Knex,
  pass: Pass,
  leaseMs: number,
  admitted: Admitted,
  acknowledges: boolean,
  at: Date,
): Promise<Staging | null> {
  const { transportRef, sourceRef, version } = admitted
  const id = randomUUID()
  const directiveId = randomUUID()
  const missing = admitted.files.map((file) => ({ id: randomUUID(), ...file }))
  const message = {
    id,
    source: pass.source,
    transport_ref: transportRef,
    source_ref: sourceRef,
    version,
  }
  const directive = {
    id: directiveId,
    source: pass.source,
    source_ref: sourceRef,
    revision: 1,
    content_digest: contentDigest(admitted),
    act_at_once: false,
    seen_at: at,
    read_at: admitted.askedAt,
    ...columnsOf(admitted),
  }
  const { rows } = await db
    .raw(
      `select sync.stage_first(:passId, :owner, :epoch, :leaseMs, :acknowledges, :at, :message, :directive, :fields, :files) as written`,
      {
        ...fence(pass),
        leaseMs,
        acknowledges,
        at,
        message: JSON.stringify(message),
        directive: JSON.stringify(directive),
        fields: JSON.stringify(admitted.directive),
        files: JSON.stringify(missing.map((file, position) => ({ ...file, position }))),
      },
    )
    .options({ name: 'stage_first' })
  const { outcome } = rows[0].written as { outcome: 'notHeld' | 'known' | 'staged' | 'pending' }
  switch (outcome) {
    case 'notHeld':
      throw new LeaseLost('a pass')
    case 'known':
      return null
    case 'staged':
      return { outcome, claim: null }
    case 'pending':
      return {
        outcome,
        claim: {
          id,
          source: pass.source,
          transportRef,
          sourceRef,
          version,
          directiveId,
          state: 'pending',
          attempts: 0,
          missing,
          lease: { owner: pass.lease.owner, epoch: 1 },
        },
      }
  }
}
