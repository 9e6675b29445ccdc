/** A source on the national document axis, as the axis operator's own client speaks to it (wire §4). */
import { Readable } from 'node:stream'
import { addDays } from '#src/domain/local-date.ts'
import { writeDate } from '#src/domain/written-date.ts'
import { readMessage } from '#src/edxml/reader.ts'
import type { Connector, Listed, Page, Places, Window } from '../connector.ts'
import { answer } from '../http/answer.ts'
import { failed } from '../http/exchange.ts'
import { type Environment, placesOf } from '../http/secret.ts'
import { rowsOf, textOf } from './answer.ts'
import { type Client, openClient, secretPlace } from './client.ts'
import { handOver, heldWithin, read } from './fetching.ts'
import { judgedFrom } from './mapping.ts'
import type { VxpProfile } from './profile.ts'
import { acknowledge, lookUpReply, sendReply, sendStatus } from './sending.ts'
import { operations } from './signing.ts'

export function connectVxp(
  profile: VxpProfile,
  env: Environment,
  now: () => Date = () => new Date(),
): Connector {
  const client = openClient(profile, env, now)
  const source = profile.name
  const sends = profile.replies.mode === 'send'

  return {
    source,
    places: placesOfVxp(profile),
    can: {
      // What was taken can no longer be asked for, so later secrecy is known from messages or a person only.
      recheck: 'none',
      reconcile: 'none',
      paging: 'none',
      acknowledges: true,
      statuses: sends ? profile.statuses : [],
      replies: sends ? 'document' : 'none',
      answers: sends ? profile.answers : null,
      revises: 'byMessage',
    },
    list: (window, page) => answer(() => list(client, profile, window, page)),
    read: (ref) => answer(() => read(client, profile, ref)),
    openFiles: (ref, files, take) =>
      handOver(profile, () => client.open('openFile', ref.transportRef), files, take),
    send(delivery) {
      switch (delivery.kind) {
        case 'acknowledge':
          return acknowledge(client, profile, delivery)
        case 'status':
          return sendStatus(client, profile, delivery)
        case 'reply':
          return sendReply(client, profile, delivery)
      }
    },
    lookUp: (delivery, attemptedAt) =>
      answer(() => lookUpReply(client, profile, delivery, attemptedAt)),
    /** A whole message, as XML or, where it has to stand on one line, as a JSON text that holds it. */
    decode: (item) =>
      answer(async () => {
        const isText = typeof item === 'string' && item.startsWith('"')
        const bytes = Buffer.from(isText ? textIn(item) : item)
        const reading = await readMessage(Readable.from([bytes]), { limits: heldWithin(profile) })
        if (!reading.readable) throw failed({ source, operation: 'decode' }, 'malformed')
        return judgedFrom(reading)
      }),
    clockAheadMs: () => client.clock.aheadMs,
    // Where each thing stands is the format's to say.
    unmetKeys: () => [],
    close: async () => client.close(),
  }
}

export function placesOfVxp(profile: VxpProfile): Places {
  return placesOf(secretPlace(profile), profile.tls?.caFile)
}

/** Documents first, then status messages: two lists of the axis, two pages here. */
async function list(
  client: Client,
  profile: VxpProfile,
  window: Window,
  page: string | null,
): Promise<Page> {
  const messagetype = page === null ? 'edoc' : 'status'
  const parameters = { servicetype: 'eDoc', messagetype, ...datesOf(window, profile) }
  return client.ask('list', operations.received, parameters, (said) => {
    // A message never changes, and one that is listed twice is one message.
    const items = new Map(rowsOf(said).map((row, at) => [textOf(row.docId) ?? at, listedFrom(row)]))
    return {
      items: [...items.values()],
      next: page === null ? 'status' : null,
      total: null,
      digest: null,
    }
  })
}

function listedFrom(row: Record<string, unknown>): Listed {
  const docId = textOf(row.docId)
  // It travels as a header and comes back in the bridge's own rows.
  if (docId === null || docId.length > 200 || !/^[\x21-\x7e]+$/.test(docId))
    return { unreadable: true }
  return {
    unreadable: false,
    ref: { transportRef: docId, sourceRef: null },
    version: '1',
    header: null,
  }
}

/** The axis lists by the day a message came in, and whether its last day counts is not known: one more is asked for. */
function datesOf({ from, until }: Window, { list: { dates } }: VxpProfile): Record<string, string> {
  if (dates === 'none') return {}
  return { fromDate: writeDate(from, dates), toDate: writeDate(addDays(until, 1), dates) }
}

function textIn(json: string): string {
  try {
    return String(JSON.parse(json))
  } catch {
    return ''
  }
}
