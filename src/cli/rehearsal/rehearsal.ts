/**
 * Asks a source once everything that the service will ask, keeps nothing, acknowledges nothing, and says what of its
 * profile does not fit. What it finds goes to the terminal only (docs/decisions/0032).
 */
import { randomUUID } from 'node:crypto'
import type {
  Connector,
  Delivery,
  ListedMessage,
  Message,
  TakeFile,
} from '#connectors/connector.ts'
import { connect, type Profile } from '#connectors/index.ts'
import { localDateOf } from '../../domain/local-date.ts'
import { judge } from '../../flow/deciding.ts'
import { scopeAlone } from '../scope-alone.ts'
import { GateCount } from './gate-count.ts'
import { listed } from './pages.ts'
import { Slips } from './slips.ts'

export interface Rehearsed {
  /** What of the profile does not fit; empty where all of it does. */
  readonly slips: readonly string[]
  readonly notes: readonly string[]
}

export async function rehearse(
  profile: Profile,
  env: Readonly<Record<string, string | undefined>>,
  now: Date,
  /** Whether somebody reads the counts: some ask for more than the rest needs. */
  counts = true,
): Promise<Rehearsed> {
  const connector = connect(profile, env)
  const slips = new Slips(profile)
  const notes: string[] = []
  const gate = new GateCount(profile)
  const asking = { connector, profile, slips, notes }
  // The service's clock may be a simulated one, and the source's with it.
  const simulatedMs = Date.now() - now.getTime()
  try {
    const listing = await listed(connector, profile, env, localDateOf(now), slips)
    if (listing) {
      notes.push(...listing.notes)
      const seen = listing.rows.filter(({ header }) => header !== null)
      slips.look(
        seen.map(({ header }) => header!),
        { vi: 'dòng', en: 'rows' },
      )
      const details = await read(asking, listing.rows)
      slips.look(
        details.map(({ header }) => header),
        { vi: 'chi tiết', en: 'details' },
      )
      if (seen.length > 0)
        for (const { header, ref } of seen)
          gate.count({ header: header!, business: 'new' }, ref.transportRef)
      else for (const message of details) gate.count(message, message.ref.transportRef)
      unmet(asking)
      gate.judge(slips)
      await fetchOne(asking, details)
      await lookUp(asking, details, now)
    }
    notes.push(...gate.lines())
    const alone = counts ? await scopeAlone(connector, profile, localDateOf(now)) : ''
    if (alone !== '') notes.push(alone.replace(/^; /, ''))
    compareClocks(asking, simulatedMs)
    return { slips: slips.all, notes }
  } finally {
    await connector.close()
  }
}

interface Asking {
  readonly connector: Connector
  readonly profile: Profile
  readonly slips: Slips
  readonly notes: string[]
}

/** A message of the axis is fetched whole. */
const mostDetails = { rest: 5, vxp: 2 }

/** Until one has a file. What the rows alone refuse for secrecy is not asked for, here as in a reading. */
async function read(
  { connector, profile, slips, notes }: Asking,
  rows: readonly ListedMessage[],
): Promise<Message[]> {
  const said = ({ header }: ListedMessage) =>
    header && judge({ header, business: 'new' }, profile.gate)
  const admitted = rows.filter((row) => said(row)?.admit !== false)
  const outOfScope = rows.filter((row) => {
    const decision = said(row)
    return decision && !decision.admit && isHarmless.has(decision.reason)
  })
  const found: Message[] = []
  for (const { ref } of [...admitted, ...outOfScope].slice(0, mostDetails[profile.kind])) {
    const answer = await connector.read(ref)
    if (!answer.ok) slips.failed(answer.failure)
    else found.push(answer.value)
    if (!answer.ok || answer.value.files.length > 0) break
  }
  if (found.length === 0 && slips.all.length === 0)
    notes.push('chưa thử được chi tiết / no detail could be tried')
  return found
}

/** Refused for their form or their place, and after everything that says secrecy. */
const isHarmless: ReadonlySet<string> = new Set([
  ...['issuerMissing', 'typeMissing'],
  ...['subjectMissing', 'numberMissing', 'issueDateMissing', 'notIssued', 'recalled'],
  ...['issuerOutOfScope', 'typeOutOfScope', 'receiverOutOfScope', 'fieldOutOfScope'],
])

/** What most documents do without, and what XML leaves out where it is empty. */
const isRare = /replaces|dueOn|competence/

function unmet({ connector, profile, slips, notes }: Asking): void {
  const isJson = profile.kind === 'rest' && profile.answers === 'json'
  for (const key of connector.unmetKeys()) {
    const says =
      'không có gì ở đường dẫn này trong mọi văn bản đã xem / nothing stands under this path in any document that was seen'
    if (isJson && !isRare.test(key)) slips.add(key, says)
    else notes.push(`CẢNH BÁO: ${key}: ${says}`)
  }
}

/** The smallest file of what the gate admits, read to its end and dropped. */
async function fetchOne(
  { connector, profile, slips, notes }: Asking,
  details: readonly Message[],
): Promise<void> {
  const message = details.find((one) => one.files.length > 0 && judge(one, profile.gate).admit)
  const usable = message?.files.filter(({ unusable }) => unusable === undefined) ?? []
  const [file] = usable.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))
  if (!message || !file) {
    notes.push('chưa thử được tệp / no file could be tried')
    return
  }
  const take: TakeFile = async (_file, opened) => {
    if (!opened.ok) {
      slips.failed(opened.failure)
      return false
    }
    try {
      let bytes = 0
      for await (const chunk of opened.value.content as AsyncIterable<Buffer>) bytes += chunk.length
      notes.push(`đã đọc một tệp rồi bỏ / one file read and dropped: ${bytes} byte`)
    } catch (error) {
      slips.broke(error)
    }
    return false
  }
  const whole = await (message.held?.([file], take) ??
    connector.openFiles(message.ref, [file], take))
  if (!whole.ok) slips.failed(whole.failure)
}

/** Of a reply that was never written: whoever finds it finds anything. */
async function lookUp(
  { connector, slips, notes }: Asking,
  [message]: readonly Message[],
  now: Date,
): Promise<void> {
  if (connector.can.replies === 'none') return
  if (!message) {
    notes.push('chưa thử được việc tra trả lời / the look-up of a reply could not be tried')
    return
  }
  const answer = await connector.lookUp(neverSent(message, now), now)
  if (!answer.ok) slips.failed(answer.failure)
  else if (answer.value.found === 'noLookUp')
    notes.push(
      'CẢNH BÁO: hồ sơ nói nguồn không tra được trả lời (lookUp: none) / the profile says that replies cannot be looked up',
    )
  else if (answer.value.found === 'none')
    notes.push('tra trả lời / look-up of a reply: hỏi được / it can be asked')
  else
    slips.add(
      'reply.lookUp.match',
      'tìm thấy một trả lời chưa từng gửi / it finds a reply that was never sent',
    )
}

function neverSent({ ref, directive }: Message, now: Date): Delivery {
  const issuedOn = localDateOf(now)
  const id = randomUUID()
  return {
    kind: 'reply',
    concerns: {
      ref,
      code: directive?.code ?? '',
      issuedOn: directive?.issuedOn ?? issuedOn,
      issuer: directive?.issuer ?? '',
    },
    reply: {
      ...{ id, outcome: 'completed', completedOn: issuedOn, explanation: id, files: [] },
      unit: { code: null, name: id },
      document: {
        ...{ number: '0', symbol: id, issuedOn, typeName: 'Công văn', subject: id, signer: id },
      },
      writtenAt: now,
    },
  }
}

/** Signatures and the days that are asked for go by ours. */
const clocksApartMs = 5 * 60_000

function compareClocks({ connector, slips, notes }: Asking, simulatedMs: number): void {
  const ofThisMachine = connector.clockAheadMs()
  if (ofThisMachine === null) return
  const aheadMs = ofThisMachine + simulatedMs
  const seconds = Math.round(aheadMs / 1000)
  notes.push(
    `đồng hồ của nguồn so với máy này / its clock against ours: ${seconds > 0 ? '+' : ''}${seconds} s`,
  )
  if (Math.abs(aheadMs) > clocksApartMs)
    slips.add(
      'đồng hồ / clock',
      `lệch ${seconds} giây; chỉnh giờ (NTP) máy này hoặc báo đơn vị vận hành nguồn / apart by ${seconds} s: set this machine by NTP, or tell its operators`,
    )
}
