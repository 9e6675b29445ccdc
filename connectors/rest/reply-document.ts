/** Whether the source has the document of a reply already, from the unit's own system or from a send that the store no longer knows of. */
import { partsOf } from '#src/domain/code.ts'
import { dateIn, writeDate } from '#src/domain/written-date.ts'
import type { Delivery, FoundDocument, ReplyDocument } from '../connector.ts'
import { WrongShape } from '../http/unreadable.ts'
import type { Client } from './client.ts'
import { valueAt } from './field.ts'
import type { DocumentLookUp } from './profile/reply.ts'
import type { RestProfile } from './profile.ts'
import { asReply, lookUpReply, questionOf, refAt, replyRules, valuesOf } from './replies.ts'
import { printed } from './wire-values.ts'

/** By the reply's own identity, then by unit, number, symbol and day. */
export async function findDocument(
  client: Client,
  profile: RestProfile,
  delivery: Delivery,
): Promise<FoundDocument> {
  const own = await lookUpReply(client, profile, delivery)
  if (own.found === 'one') return { found: 'exactly', farRef: own.farRef }
  if (own.found === 'several') return { found: 'nearly', farRefs: [] }
  const { lookUp, send } = replyRules(profile)
  const asked = asReply(profile, delivery)
  const { reply } = asked
  if (lookUp === 'none' || lookUp.document === undefined) return { found: 'noLookUp' }
  if (reply.document === null) return { found: 'none' }
  const { document: rules } = lookUp
  const values = {
    ...valuesOf(asked, profile),
    'document.issuedOn': writeDate(reply.document.issuedOn, rules.dateFormat ?? send.dateFormat),
  }
  const question = {
    ...questionOf('findDocument', rules, asked, values),
    success: rules.success,
    none: rules.none,
  }
  const wanted = { ...reply.document, unit: reply.unit.code ?? reply.unit.name }
  return client.read(question, (said, isNone) => {
    const items = isNone ? [] : valueAt(said, rules.items)
    if (!Array.isArray(items)) throw new WrongShape()
    const likeness = items.map((item) => likenessOf(item, wanted, rules))
    const refs = (from: number) =>
      items.filter((_item, n) => likeness[n]! >= from).map((item) => refAt(item, rules.ref))
    const exactly = refs(3)
    if (exactly.length === 1) return { found: 'exactly', farRef: exactly[0]! }
    const nearly = refs(2)
    return nearly.length > 0 ? { found: 'nearly', farRefs: nearly } : { found: 'none' }
  })
}

/**
 * How many of unit, symbol and day are the same, of one with the same number; 0 with another number. One that differs in
 * one of them may be the same document, written down by another hand.
 */
function likenessOf(
  item: unknown,
  wanted: ReplyDocument & { readonly unit: string },
  { unit, code, number, symbol, issuedOn }: DocumentLookUp,
): number {
  const text = (path: string | undefined) =>
    path === undefined ? '' : (printed(valueAt(item, path)) ?? '')
  const has = code === undefined ? partsOf(text(number), text(symbol)) : partsOf('', text(code))
  const ours = partsOf(wanted.number, wanted.symbol)
  if (has.number !== ours.number) return 0
  const day = dateIn(valueAt(item, issuedOn.path), issuedOn.format)
  const same = [
    plain(text(unit)) === plain(wanted.unit),
    has.symbol === ours.symbol,
    day === wanted.issuedOn,
  ]
  return same.filter(Boolean).length
}

function plain(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}
