import { urgencyOf } from '#config/sources.ts'
import type { Answer, Failure, Listed, ListedMessage } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { type Findings, newFindings } from '../domain/findings.ts'
import type { Known } from '../store/intake.ts'
import { Turn } from '../turns.ts'
import { settledByList } from './admit.ts'
import { glances } from './glances.ts'
import { Hands } from './hands.ts'
import type { Reading } from './reading.ts'
import { nameOf, take, type Unread } from './take.ts'

/** Most of a document's time goes by in writing it down, while its source could be asked for the next. */
const inHandForEachRequest = 4
const readBetweenWithholding = 100
/** So that a list without bounds does not fill the memory. */
const mostWaiting = 5_000

/**
 * What the list alone settles is settled as its pages come, and what its rows show as flash is read at once. The rest
 * waits for the end of the list and is read newest first. What was called secret is withheld whatever became of the
 * rest. A list that breaks off costs nothing of what it has shown. `mayStage`: where not, the list alone is gone by.
 */
export async function takeRows(
  app: App,
  reading: Reading,
  pages: AsyncIterable<Answer<readonly Listed[]>>,
  known: Known,
  { mayStage }: { mayStage: boolean },
): Promise<Failure | null> {
  const { source, tally, heartbeat } = reading
  const turn = new Turn()
  const hands = new Hands(source.profile.poll.concurrency * inHandForEachRequest)
  const met = new Set<string>()
  /** Whoever comes first, before anything is awaited. */
  const metBy = new Map<string, 'list' | 'glance'>()
  let waiting: Unread[] = []
  let listBroke: Failure | null = null
  let sourceGone: Failure | null = null

  const begin = (one: Unread) =>
    hands.take(async () => {
      const gone = await take(app, reading, one, known)
      sourceGone ??= gone
    })
  async function readWaiting(): Promise<void> {
    const inOrder = newestFirst(waiting)
    waiting = []
    for (const [n, one] of inOrder.entries()) {
      if (sourceGone) return
      if (n > 0 && n % readBetweenWithholding === 0) await reading.withholdSoFar()
      await begin(one)
    }
  }

  /** Of what came since its page was listed. The next reading meets the rest. */
  async function takeFlash(item: ListedMessage): Promise<void> {
    const { transportRef } = item.ref
    if (sourceGone || !isFlash(item, source) || metBy.has(transportRef)) return
    metBy.set(transportRef, 'glance')
    const findings = newFindings()
    if (!(await isSettledByList(reading, item, { known, met }, findings)))
      await begin({ item, findings })
  }

  function isOfGlance({ ref }: ListedMessage): boolean {
    if (metBy.get(ref.transportRef) === 'glance') return true
    metBy.set(ref.transportRef, 'list')
    return false
  }

  async function readList(): Promise<void> {
    await using _ = mayStage && mayBeLong(reading) ? glances(reading, takeFlash) : null
    for await (const page of pages) {
      if (!page.ok) listBroke = page.failure
      if (!page.ok || sourceGone) break
      heartbeat.check()
      for (const item of page.value) {
        await turn.yield()
        const findings = newFindings()
        if (item.unreadable) tally.undecided('malformed')
        else if (isOfGlance(item)) continue
        else if (await isSettledByList(reading, item, { known, met }, findings)) continue
        else if (!mayStage) continue
        else if (isFlash(item, source)) await begin({ item, findings })
        else waiting.push({ item, findings })
      }
      await reading.withholdSoFar()
      if (waiting.length > mostWaiting) await readWaiting()
    }
    await readWaiting()
  }

  try {
    await readList()
    await hands.empty()
  } finally {
    await reading.withholdSoFar()
  }
  return sourceGone ?? listBroke
}

/** What is new comes into the head window, which is read whole before it is read again. */
function mayBeLong({ pass, source }: Reading): boolean {
  return pass.kind === 'head' && source.connector.can.paging !== 'none'
}

/**
 * Whether nothing of it needs to be asked for. One document is one row: of another one in the same list it is only judged
 * whether it may be there at all, and what takes turns is not read again.
 */
async function isSettledByList(
  reading: Reading,
  item: ListedMessage,
  { known, met }: { known: Known; met: Set<string> },
  findings: Findings,
): Promise<boolean> {
  const { pass, source, tally } = reading
  const { version } = item
  const { transportRef, sourceRef } = item.ref
  tally.listed(sourceRef)
  const had = known.latest.get(nameOf(item))
  const settled = had ? null : await settledByList(source, item, findings)
  if (settled?.decision === 'undecided') tally.became(settled.failure)
  if (settled?.decision === 'refused') {
    reading.refused(settled)
    tally.became('refused')
  }
  if (settled) return true
  if (met.has(transportRef)) {
    tally.contradicts(sourceRef, { how: 'atOnce', version: '' })
    return true
  }
  met.add(transportRef)
  const isShownInTurn = known.contradicted.has(transportRef) && known.ever.has(nameOf(item))
  if (isShownInTurn && known.contradicted.get(transportRef) === 'inTurns')
    tally.contradicts(sourceRef, { how: 'inTurns', version })
  if (had || isShownInTurn) tally.allowed(had !== pass.id)
  return had !== undefined || isShownInTurn
}

/** An urgency that cannot be read has the same deadline as the shortest. */
function isFlash({ header }: ListedMessage, { profile }: Source): boolean {
  const urgency = header && urgencyOf(header.fields, profile.urgency)
  return urgency === 'flash' || urgency === 'unreadable'
}

/** What bears no date in its row stays in the order of the list, behind what does. */
function newestFirst(unread: readonly Unread[]): Unread[] {
  const dayOf = ({ item }: Unread) => item.header?.issuedOn ?? ''
  return unread.toSorted((a, b) => (dayOf(a) < dayOf(b) ? 1 : dayOf(a) > dayOf(b) ? -1 : 0))
}
