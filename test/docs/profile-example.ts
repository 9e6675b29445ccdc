/** An example of the reference, and what comes of it against a server that answers as it says and nothing else. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parse } from 'yaml'
import type { Connector, Window } from '#connectors/connector.ts'
import { type RestProfile, restProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { replyTo, valueIn, walk } from '#test/connectors/contract.ts'
import { type Answered, type Ask, littleServer } from '#test/connectors/little-server.ts'

export interface Example {
  readonly name: string
  readonly title: string
  readonly says: string
  /** The sections that it shows. */
  readonly written: Record<string, unknown>
  /** Those over the first example's. */
  readonly profile: Record<string, unknown>
  readonly exchanges: readonly Exchange[]
  readonly shows: Record<string, unknown>
}

interface Exchange {
  readonly ask: string
  readonly with?: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer: Answered
}

const host = 'https://qlvb.example.vn'
const secret = 'bi-mat-cua-vi-du'
const day = '2026-03-02'

/** The first is the whole of a profile, and the base of the others. */
export function readExamples(folder: string): Example[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'keys.yaml')
  const ordered = ['paged.yaml', ...names.filter((name) => name !== 'paged.yaml').sort()]
  const read = ordered.map((file) => {
    const example = parse(readFileSync(join(folder, file), 'utf8'), { merge: true })
    return { ...example, name: file.replace('.yaml', ''), written: example.profile }
  })
  const base = read[0].profile
  return read.map((one) => ({
    ...one,
    profile: one === read[0] ? base : overBase(base, one.profile),
  }))
}

/** Sections are put in place whole; without a reply to send none of the base's is. */
function overBase(base: Record<string, unknown>, written: Record<string, unknown>) {
  const { request: _request, reply, ...rest } = base
  const sends = 'replies' in written ? {} : { reply }
  return { ...rest, ...sends, ...written }
}

export async function comesOf({ profile, exchanges }: Example) {
  const asked: string[] = []
  await using server = await littleServer((ask, address) => {
    const found = exchanges.find((one) => isAsked(one, ask))
    if (!found) throw new Error(`no example says how ${ask.method} ${ask.path} is answered`)
    asked.push(found.ask)
    return JSON.parse(JSON.stringify(found.answer).replaceAll(host, address))
  })
  const environment = {
    CHIDAO_SHAREPOINT_TOKEN: secret,
    CHIDAO_IOFFICE_PASSWORD: secret,
  }
  const connected = restProfile.parse({
    insecureTransport: { authority: 'thử trên máy này' },
    ...profile,
    baseUrl: server.address,
  })
  const connector = connectRest(connected, environment)
  try {
    const shows = await shownBy(connector, connected)
    return { shows, unasked: exchanges.map(({ ask }) => ask).filter((ask) => !asked.includes(ask)) }
  } finally {
    await connector.close()
  }
}

async function shownBy(connector: Connector, profile: RestProfile) {
  const { items } = await walk(connector, { from: day, until: day })
  const documents = []
  for (const item of items) {
    if (item.unreadable) throw new Error('a row has no id')
    const message = valueIn(await connector.read(item.ref))
    const files: Record<string, string> = {}
    await connector.openFiles(message.ref, message.files, async ({ name }, opened) => {
      files[name] = String(await buffer(valueIn(opened).content))
      return true
    })
    const fullText = message.files.find(({ isFullText }) => isFullText)?.name
    documents.push({ ...message.directive, files, ...(fullText && { fullText }) })
  }
  const first = items[0]
  const delivery = replyTo(first && !first.unreadable ? first.ref.transportRef : '')
  const named = { ...delivery, concerns: { ...delivery.concerns, ref: refOf(items) } }
  return {
    documents,
    ...(connector.can.listsChanges && { changes: refsOf(await walk(connector, changed)) }),
    ...(profile.replies.mode === 'send' && {
      reply: await connector.send(named),
      found: valueIn(await connector.lookUp(named, new Date())).found,
      ...(profile.reply?.lookUp !== 'none' && {
        document: valueIn(await connector.findDocument!(ofAnother(named))),
      }),
    }),
  }
}

const changed: Window = { from: day, until: day, by: 'change' }

type Walked = Awaited<ReturnType<typeof walk>>

function refsOf({ items }: Pick<Walked, 'items'>): string[] {
  return items.map((item) => (item.unreadable ? 'unreadable' : item.ref.transportRef))
}

function refOf(items: Walked['items']) {
  const [first] = items
  if (!first || first.unreadable || first.ref.sourceRef === null)
    throw new Error('nothing is listed')
  return { transportRef: first.ref.transportRef, sourceRef: first.ref.sourceRef }
}

/** The same reply under an identity that the source does not know. */
function ofAnother(delivery: ReturnType<typeof replyTo>): ReturnType<typeof replyTo> {
  const { reply } = delivery
  return { ...delivery, reply: { ...reply, id: reply.id.replace(/1$/, '2') } }
}

function isAsked({ ask, with: carried = {}, body }: Exchange, asked: Ask): boolean {
  const [, method, address = ''] = /^(\S+) (.*)$/.exec(ask) ?? []
  const [path, query = ''] = address.split(/\?(.*)/s)
  const expected = Object.fromEntries(
    query === '' ? [] : query.split('&').map((pair) => pair.split(/=(.*)/s)),
  )
  return (
    method === asked.method &&
    path === asked.path &&
    isSame(expected, asked.query) &&
    Object.entries(carried).every(([name, value]) => asked.headers[name.toLowerCase()] === value) &&
    (body === undefined || body === asked.body)
  )
}

function isSame(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  )
}
