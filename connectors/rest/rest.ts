/** A paged REST source, as its profile describes it. */
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { addDays } from '#src/domain/local-date.ts'
import { writeDate } from '#src/domain/written-date.ts'
import {
  type Connector,
  fail,
  type MessageRef,
  type OpenFile,
  type Page,
  type Places,
  succeed,
  type Window,
} from '../connector.ts'
import { answer } from '../http/answer.ts'
import { type Environment, placesOf } from '../http/secret.ts'
import { WrongShape } from '../http/unreadable.ts'
import { type Client, openClient, tokenPlace } from './client.ts'
import { proven } from './file-proof.ts'
import { headerFrom, listedFrom, messageFrom, versionOf } from './mapping.ts'
import { hasPages, type RestProfile } from './profile.ts'
import { lookUpReply, sendReply } from './replies.ts'
import { fillParams, fillPath } from './template.ts'
import { count, valueAt } from './wire-values.ts'

export function connectRest(profile: RestProfile, env: Environment): Connector {
  const client = openClient(profile, env)
  const source = profile.name

  return {
    source,
    places: placesOfRest(profile),
    can: {
      ...profile.can,
      paging: hasPages(profile) ? profile.list.paging : 'none',
      acknowledges: false,
      statuses: [],
      answers: null,
      replies: profile.replies.mode === 'send' ? 'message' : 'none',
      revises: 'inPlace',
    },
    list: (window, page) => answer(() => list(client, profile, window, page)),
    read: (ref) =>
      answer(() => {
        const { path, root, success } = profile.detail
        const question = {
          operation: 'read',
          path: fillPath(path, { id: ref.transportRef }),
          success,
        }
        return client.read(question, (said) =>
          messageFrom(root === undefined ? said : valueAt(said, root), ref, profile),
        )
      }),
    async openFiles(ref, files, take) {
      for (const file of files) {
        const opened = await answer(() => openFile(client, profile, ref, file))
        try {
          if (!(await take(file, opened))) break
        } catch (error) {
          // Unread it would hold its connection until its time is over.
          if (opened.ok) opened.value.content.destroy()
          throw error
        }
      }
      return succeed(null)
    },
    send: (delivery) => sendReply(client, profile, delivery),
    lookUp: (delivery) => answer(() => lookUpReply(client, profile, delivery)),
    // The shape of an answer is part of the proof, and a day before the import asks for little.
    probe: () =>
      answer(async () => {
        const day = addDays(profile.importFrom, -1)
        await list(client, profile, { from: day, until: day }, null)
        return null
      }),
    async decode(item) {
      try {
        return succeed({
          header: headerFrom(client.format.parseItem(item), profile),
          business: 'new',
        })
      } catch (error) {
        if (!(error instanceof WrongShape) && !(error instanceof SyntaxError)) throw error
        return fail({ word: 'malformed', source, operation: 'decode' })
      }
    },
    close: async () => client.close(),
  }
}

export function placesOfRest(profile: RestProfile): Places {
  return placesOf(tokenPlace(profile), profile.tls?.caFile)
}

/** One page. Where a list ends is the reader's to prove, who knows what came before. */
async function list(
  client: Client,
  profile: RestProfile,
  window: Window,
  at: string | null,
): Promise<Page> {
  const { path, params, dateFormat, success, items, total: totalPath, firstPage } = profile.list
  const page = at === null ? firstPage : numberOf(at)
  const values = {
    from: writeDate(window.from, dateFormat),
    until: writeDate(window.until, dateFormat, 'last'),
    page,
    pageSize: profile.poll.pageSize,
  }
  const question = { operation: 'list', path, params: fillParams(params, values), success }
  return client.read(question, (said) => {
    const total = totalPath === undefined ? null : count(valueAt(said, totalPath))
    if (totalPath !== undefined && total === null) throw new WrongShape()
    // Some write null for the rows of a page that is not there; the count beside it is compared with what came.
    const beyond = page > firstPage && total !== null
    const rows = valueAt(said, items) ?? (beyond ? [] : null)
    if (!Array.isArray(rows)) throw new WrongShape()
    const listed = rows.map((row) => listedFrom(row, profile))
    return {
      items: listed,
      next: rows.length > 0 && hasPages(profile) ? String(page + 1) : null,
      total,
      digest: listed.some(({ unreadable }) => unreadable) ? versionOf(rows) : null,
    }
  })
}

function numberOf(next: string): number {
  if (!/^\d{1,9}$/.test(next))
    throw new Error('a page token that no page of this connector gave: begin the window again')
  return Number(next)
}

async function openFile(
  client: Client,
  profile: RestProfile,
  ref: MessageRef,
  file: AnnouncedFile,
): Promise<OpenFile> {
  if (!profile.files) throw new Error(`source ${profile.name}: its profile says nothing of files`)
  const path = fillPath(profile.files.path, { id: ref.transportRef, file: file.ref })
  const opened = await client.open(path)
  return proven(opened, file, profile.files.sizeIs ?? 'exact', profile.name)
}
