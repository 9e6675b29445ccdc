/** Both sides of the comparison, read from where each keeps them. */

import { docIdOf, documentIdOf, senderOf } from '#connectors/simulator/axis/names.ts'
import { axisExpectedEligible } from '#connectors/simulator/axis/truth.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import { expectedEligible } from '#connectors/simulator/register.ts'
import { openDatabase } from '../../store/database.ts'
import { isAheadOfItsReply } from '../../store/outbox.ts'
import { searchForLeaks } from '../demo/leak-search.ts'
import type { HeldDirective, WrittenReply } from './counters.ts'
import type { Stage } from './stage.ts'

const rest = 'qlvb-tinh'
const axis = 'truc-vxp'

/** A register that recalled a document before anybody asked need not be believed to have had it. */
export function eligibleAt({ simulator }: Stage, at: Date, held: 'must' | 'may'): string[] {
  return [...releasesAt({ simulator }, at, held).keys()]
}

/** With the instant at which each was shown first. */
function releasesAt(
  { simulator: { register } }: Pick<Stage, 'simulator'>,
  at: Date,
  held: 'must' | 'may',
): Map<string, Date> {
  const releasedAt = (id: number) => register.byId(id)!.releasedAt
  return new Map([
    ...expectedEligible(register, at)
      .filter(({ recalled }) => held === 'may' || !recalled)
      .map(({ id }) => [`${rest} ${id}`, releasedAt(id)] as const),
    ...axisExpectedEligible(register, at).map(
      ({ id, organId, documentId }) =>
        [`${axis} ${organId} ${documentId}`, releasedAt(id)] as const,
    ),
  ])
}

export function heldIn(stage: Stage): Promise<HeldDirective[]> {
  return stage.ask(
    `select source || ' ' || source_ref as name, withheld_at is null as shown from sync.directive`,
  )
}

/** The paged source knows a reply by its id, the axis by its number. */
export function writtenIn(stage: Stage): Promise<WrittenReply[]> {
  return stage.ask(
    `select d.source || ' ' || case d.source when '${axis}' then r.number || '/' || r.symbol else r.id::text end as name, o.state
     from sync.reply r join sync.directive d on d.id = r.directive_id left join sync.outbox o on o.reply_id = r.id and o.kind = 'reply'`,
  )
}

export function arrivedAt({ simulator }: Stage): string[] {
  const overAxis = simulator
    .axis!.sent()
    .flatMap(({ message }) =>
      message.kind === 'document' ? [`${axis} ${message.number}/${message.symbol}`] : [],
    )
  return [...simulator.replies().map(({ ma_tra_loi }) => `${rest} ${ma_tra_loi}`), ...overAxis]
}

/** What the axis lists no more. */
export function acknowledgedAt({ simulator }: Stage): Set<string> {
  const acknowledged = simulator.axis!.acknowledged()
  return new Set(
    simulator.register.documents
      .filter((document) => (acknowledged.get(docIdOf(document)) ?? 'processing') !== 'processing')
      .map(nameOnAxis),
  )
}

const nameOnAxis = (document: SimulatedDocument) =>
  `${axis} ${senderOf(document).organId} ${documentIdOf(document)}`

export const isOfAxis = (name: string) => name.startsWith(`${axis} `)

export function acknowledgedWrongly({ simulator }: Stage): string[] {
  const acknowledged = simulator.axis!.acknowledged()
  return simulator.register.documents
    .filter(
      (document) =>
        document.expected === 'notEligible' && acknowledged.get(docIdOf(document)) === 'done',
    )
    .map(nameOnAxis)
}

/**
 * What is not at rest and nobody is asked about, by what it is. Asked when every process has ended; what came after
 * all had been at rest, the processes had no time for.
 */
export async function stuckIn(stage: Stage, restedAt: Date): Promise<Record<string, number>> {
  const rows = await stage.ask<{ what: string; n: number }>(
    `select what, count(*) as n from (
       select concat_ws(' ', 'intake', state, coalesce(failure, business)) as what from sync.intake where state in ('failed', 'deferred') and seen_at <= :restedAt
       union all select concat_ws(' ', 'outbox', kind, state, failure) from sync.outbox o where ${isOpenSend} and o.written_at <= :restedAt
       union all select concat_ws(' ', 'reading', kind, state) from sync.pass where (state = 'running' or state = 'due' and kind in ('backfill', 'resync')) and opened_at <= :restedAt
       union all select 'reply without a row' from sync.reply r join sync.directive d on d.id = r.directive_id join sync.source s on s.name = d.source
         where (s.replies = 'message' or s.replies = 'document' and r.number is not null) and not exists (select from sync.outbox o where o.reply_id = r.id)
     ) open group by what order by what`,
    { restedAt },
  )
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]))
}

/** A row that waits for a person, and what stands behind it, is not forgotten: somebody is asked. */
export const isOpenSend = `o.state in ('pending', 'sending', 'unconfirmed') and o.due_at < clock_timestamp() + interval '1 year'
  and not exists (select from sync.outbox person where person.directive_id = o.directive_id and person.place < o.place
    and person.state = 'unconfirmed' and person.due_at > clock_timestamp() + interval '1 year')
  and not ${isAheadOfItsReply('o')}
  and not exists (select from sync.directive w where w.id = o.directive_id and w.withheld_at is not null)`

/**
 * A reading that was under way when its store lost commits has counted what is lost. If it ended before that was noticed it
 * cannot balance, and must say so: then it is listed for a person.
 */
export async function unbalancedIn(stage: Stage, spanned: ReadonlySet<string>): Promise<number> {
  const [row] = await stage.ask<{ n: number }>(
    `select count(*) as n from sync.pass_balance b join sync.pass p using (id) where b.state in ('done', 'open') and not b.balances
       and (p.balanced or not p.id = any (:spanned))`,
    { spanned: [...spanned] },
  )
  return row!.n
}

export interface Margins {
  /** From staging to the legal deadline, of what was shown before it; null where nothing was. */
  readonly worstMarginHours: number | null
  readonly late: number
  /** From release to staging, of what was released while faults struck. */
  readonly slowestSeconds: number | null
}

export async function marginsOf(stage: Stage): Promise<Margins> {
  const { clock } = stage
  const released = releasesAt(stage, clock.now(), 'may')
  const rows = await stage.ask<{ name: string; classifyBy: Date; stagedAt: Date }>(
    `select source || ' ' || source_ref as name, classify_by as "classifyBy", staged_at as "stagedAt" from sync.directive where not before_go_live`,
  )
  const shown = rows.flatMap(({ name, classifyBy, stagedAt }) => {
    const at = released.get(name)
    return at && at < classifyBy && at > clock.origin ? [{ at, classifyBy, stagedAt }] : []
  })
  const margins = shown.map(({ classifyBy, stagedAt }) => +classifyBy - +stagedAt)
  const delays = shown.map(({ at, stagedAt }) => (+stagedAt - +at) / clock.speed)
  return {
    worstMarginHours: margins.length === 0 ? null : tenths(Math.min(...margins) / 3_600_000),
    late: margins.filter((margin) => margin <= 0).length,
    slowestSeconds: delays.length === 0 ? null : tenths(Math.max(...delays) / 1000),
  }
}

/** In the store, the keys, and every file of the run: data, logs of servers and workers, queue, file store. */
export async function leaksIn(stage: Stage): Promise<number> {
  const { databases, options, simulator } = stage
  const opened = [databases.store, databases.keys].map((url) => openDatabase({ url, poolSize: 1 }))
  try {
    const staged = await stage.ask<{ code: string }>(`select code from tracking.directives limit 5`)
    const { leaks, controlsFound } = await searchForLeaks({
      databases: opened,
      folders: [options.directory],
      canaries: simulator.canaries(),
      controls: staged.map(({ code }) => code),
    })
    if (staged.length === 0 || controlsFound < staged.length)
      throw new Error('The leak search did not find what is stored for certain: it proves nothing.')
    return leaks
  } finally {
    for (const db of opened) await db.destroy()
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
