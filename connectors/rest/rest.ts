/** A REST source, as its profile describes it. */
import { type Connector, fail, type Places, succeed } from '../connector.ts'
import { answer } from '../http/answer.ts'
import { type Environment, placesOf } from '../http/secret.ts'
import { WrongShape } from '../http/unreadable.ts'
import { openClient } from './client.ts'
import { Documents } from './document.ts'
import { list } from './list-page.ts'
import { headerFrom } from './mapping.ts'
import { hasPages } from './profile/list.ts'
import type { RestProfile } from './profile.ts'
import { lookUpReply, sendReply } from './replies.ts'
import { findDocument } from './reply-document.ts'
import { SeenKeys } from './seen-keys.ts'
import { secretPlace } from './session.ts'

export function connectRest(
  profile: RestProfile,
  env: Environment,
  now: () => Date = () => new Date(),
): Connector {
  const client = openClient(profile, env)
  const source = profile.name
  const seen = new SeenKeys(profile)
  const documents = new Documents(client, profile, now, seen)
  const listed = documents.listed.bind(documents)

  return {
    source,
    places: placesOfRest(profile),
    can: {
      ...profile.can,
      paging: hasPages(profile) ? profile.list.paging : 'none',
      listsChanges: profile.list.changed !== undefined,
      acknowledges: false,
      totalCountsHidden: profile.list.totalCountsHidden?.rows ?? 0,
      statuses: [],
      answers: null,
      replies: profile.replies.mode === 'send' ? 'message' : 'none',
      revises: 'inPlace',
    },
    list: (window, page) => answer(() => list(client, listed, profile, window, page)),
    read: (ref) => answer(() => documents.read(ref)),
    openFiles: (ref, files, take) => documents.openFiles(ref, files, take),
    send: (delivery) => sendReply(client, profile, delivery),
    lookUp: (delivery) => answer(() => lookUpReply(client, profile, delivery)),
    findDocument: (delivery) => answer(() => findDocument(client, profile, delivery)),
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
    clockAheadMs: () => client.clock.aheadMs,
    unmetKeys: () => seen.unmet,
    close: async () => client.close(),
  }
}

export function placesOfRest(profile: RestProfile): Places {
  return placesOf(secretPlace(profile), profile.tls?.caFile)
}
