/** A paged REST source, as its profile describes it. */
import { addDays } from '#src/domain/local-date.ts'
import {
  type Connector,
  FarSideFailure,
  fail,
  type MessageRef,
  type Page,
  succeed,
  type Window,
} from '../connector.ts'
import { answer } from '../http/answer.ts'
import type { Environment } from '../http/secret.ts'
import { WrongShape } from '../http/unreadable.ts'
import { type Client, openClient } from './client.ts'
import { headerFrom, listedFrom, messageFrom } from './mapping.ts'
import type { RestProfile } from './profile.ts'
import { lookUpReply, sendReply } from './replies.ts'
import { fillParams, fillPath, writeDate } from './template.ts'
import { count, valueAt } from './wire-values.ts'

export function connectRest(profile: RestProfile, env: Environment): Connector {
  const client = openClient(profile, env)
  const source = profile.name

  return {
    source,
    can: {
      ...profile.can,
      paging: profile.list.paging,
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
        const wantsMore = await take(file, await answer(() => openFile(client, profile, ref, file)))
        if (!wantsMore) break
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

/** Beyond this a window does not end: the source ignores the page it is asked for. */
const mostRowsOfWindow = 200_000

/**
 * Pages go on until as many rows were seen as the source says there are. A page that is merely short
 * ends nothing: some sources give fewer rows a page than they were asked for.
 */
async function list(
  client: Client,
  profile: RestProfile,
  window: Window,
  at: string | null,
): Promise<Page> {
  const { path, params, dateFormat, success, items, total: totalPath, firstPage } = profile.list
  const { page, seen } = at === null ? { page: firstPage, seen: 0 } : placeFrom(at)
  const values = {
    from: writeDate(window.from, dateFormat),
    until: writeDate(window.until, dateFormat),
    page,
    pageSize: profile.poll.pageSize,
  }
  const question = { operation: 'list', path, params: fillParams(params, values), success }
  return client.read(question, (said) => {
    const rows = valueAt(said, items)
    if (!Array.isArray(rows)) throw new WrongShape()
    const total = totalPath === undefined ? null : count(valueAt(said, totalPath))
    if (totalPath !== undefined && total === null) throw new WrongShape()
    const reached = seen + rows.length
    if (reached > mostRowsOfWindow) throw new WrongShape()
    if (total !== null && rows.length === 0 && reached < total) throw new WrongShape()
    const ended = total === null ? rows.length === 0 : reached >= total
    return {
      items: rows.map((row) => listedFrom(row, profile)),
      next: ended ? null : `${page + 1}.${reached}`,
      total,
    }
  })
}

function placeFrom(next: string): { page: number; seen: number } {
  const [, page, seen] = /^(\d{1,9})\.(\d{1,9})$/.exec(next) ?? []
  if (page === undefined || seen === undefined) {
    throw new Error('a page token that no page of this connector gave: begin the window again')
  }
  return { page: Number(page), seen: Number(seen) }
}

async function openFile(
  client: Client,
  profile: RestProfile,
  ref: MessageRef,
  file: { ref: string; name: string; mediaType: string | null },
) {
  if (!profile.files) throw new Error(`source ${profile.name}: its profile says nothing of files`)
  const path = fillPath(profile.files.path, { id: ref.transportRef, file: file.ref })
  const { content, size, mediaType } = await client.open(path)
  if (isPageInstead(mediaType, file)) {
    content.destroy()
    throw new FarSideFailure({ word: 'malformed', source: profile.name, operation: 'openFile' })
  }
  return { content, size }
}

/** Expired sessions and errors come as a page or a JSON object with status 200. */
function isPageInstead(
  came: string | null,
  file: { name: string; mediaType: string | null },
): boolean {
  if (came !== 'text/html' && came !== 'application/json') return false
  const extension = came === 'text/html' ? /\.x?html?$/i : /\.json$/i
  return file.mediaType !== came && !extension.test(file.name)
}
