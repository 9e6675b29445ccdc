/**
 * Plays the Office and the units through the public contract while everything around breaks. It remembers nothing:
 * whatever act was cut off, the views tell what is left to do, and a repeated act is refused or is one more.
 */
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../../app.ts'
import { localDateOf } from '../../domain/local-date.ts'
import { purgeByHand } from '../../flow/purge.ts'
import { recordReply } from '../../flow.ts'
import { units } from '../demo/tracking-software.ts'

const roundMs = 200
const actsPerRound = 4

export interface Office {
  /** Acts that failed, by code: the store was away, or somebody was faster. */
  readonly troubles: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** `publicNow`: what whoever looks at the documents themselves finds. */
export function openOffice(app: App, publicNow: () => ReadonlySet<string>): Office {
  const troubles = new Map<string, number>()
  let open = true
  let served = 0
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act()
    } catch (error) {
      const { code, name } = error as Error & { code?: string }
      const word = code ?? name
      troubles.set(word, (troubles.get(word) ?? 0) + 1)
    }
  }
  const working = (async () => {
    for (; open; await sleep(roundMs)) {
      await attempt(() => classify(app, () => ++served))
      await attempt(() => answer(app, () => ++served))
      await attempt(() => settleWentBack(app, publicNow))
    }
  })()
  return {
    troubles,
    async close() {
      open = false
      await working
    },
  }
}

async function classify(app: App, next: () => number): Promise<void> {
  const { rows } = await app.store.db.raw(
    `select id, code from tracking.directives where classified_at is null and refused_at is null and recalled_at is null and files_complete_at is not null and same_as is null
     order by classify_by desc limit ${actsPerRound}`,
  )
  for (const { id, code } of rows) {
    const n = next()
    const lead = units[n % units.length]!
    const task = { description: `Triển khai văn bản ${code}`, dueOn: null, lead }
    await app.store.db.raw(`select sync.classify(:id, :tasks, 'chuyên viên Văn phòng', :at)`, {
      id,
      tasks: JSON.stringify(n % 8 === 0 ? [] : [task]),
      at: app.clock.now(),
    })
  }
}

async function answer(app: App, next: () => number): Promise<void> {
  const { rows } = await app.store.db.raw(
    `select a.id, d.code from tracking.assignments a join tracking.directives d on d.id = a.directive_id
     where a.last_outcome is null and a.role = 'lead' and d.recalled_at is null order by a.assigned_at limit ${actsPerRound}`,
  )
  for (const { id, code } of rows) {
    const n = next()
    const today = localDateOf(app.clock.now())
    const document = {
      // The axis knows a reply by its number: none may be used twice.
      number: String(n),
      symbol: 'BC-SNNMT',
      issuedOn: today,
      typeName: 'Báo cáo',
      subject: `Kết quả thực hiện văn bản số ${code}, lần ${n}`,
      signer: 'Nguyễn Văn Thử',
    }
    const content = {
      outcome: 'completed',
      completedOn: today,
      explanation: 'Đã hoàn thành theo yêu cầu.',
      document,
    } as const
    await recordReply(app, id, content, n % 3 === 0 ? [report(n)] : [], 'đơn vị')
  }
}

/**
 * A store that has lost commits, and its keys as well, withholds everything, and where a source cannot be asked again a
 * person decides; what was purged and is here again a person purges again.
 */
export async function settleWentBack(
  app: App,
  publicNow: () => ReadonlySet<string>,
): Promise<void> {
  const { rows } = await app.store.db.raw(
    `select id, source || ' ' || source_ref as name, withheld_itself as because, source from sync.directive
     where withheld_itself in ('restored', 'purgeLost')`,
  )
  const undecided = (rows as WentBack[]).filter(
    ({ because, source }) =>
      because === 'purgeLost' || app.sources.get(source)!.connector.can.recheck === 'none',
  )
  if (undecided.length === 0) return
  const isPublic = publicNow()
  for (const { id, name } of undecided)
    if (isPublic.has(name))
      await app.store.withholding.release(id, app.clock.now(), { actor, reason: 'đã xem' })
    else await purgeByHand(app, id, { actor, authority: 'đã xem' })
}

interface WentBack {
  readonly id: string
  readonly name: string
  readonly because: 'restored' | 'purgeLost'
  readonly source: string
}

const actor = 'lãnh đạo Văn phòng'

function report(n: number) {
  const bytes = Buffer.from(`%PDF-1.4\n% báo cáo số ${n}\n%%EOF\n`)
  return { name: `bao-cao-${n}.pdf`, mediaType: 'application/pdf', content: Readable.from([bytes]) }
}
