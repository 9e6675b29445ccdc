/** What a document is called on the axis: at its transport, and across messages. */
import { createHash } from 'node:crypto'
import { type AxisOffice, axisOffices } from '../axis-offices.ts'
import { canaryOf } from '../canary.ts'
import type { Row, SimulatedDocument } from '../document.ts'
import { drawFrom } from '../draw.ts'

/** The same text always makes the same UUID, of version 4 by its looks. */
export function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)]
  return `${a}-${b}-4${c}-a${d}-${hex.slice(20, 32)}`
}

/** The id of our own copy: every receiver's copy has another one (wire §4.6). */
export function docIdOf(document: SimulatedDocument): string {
  const known = docIds.get(document) ?? uuidFrom(`${document.salt} docId self`)
  docIds.set(document, known)
  return known
}

/** Every list asks for all of them. */
const docIds = new WeakMap<SimulatedDocument, string>()

/** A unit that writes under its own name sends for itself. */
export function senderOf({ row }: SimulatedDocument): AxisOffice {
  const unit = axisOffices.units.find(({ name }) => row.issuer_name.startsWith(name))
  return unit ? { ...unit, name: row.issuer_name } : axisOffices.issuer
}

/** In the official form; some gateways and products put a form of their own (wire §1.2). */
export function documentIdOf(document: SimulatedDocument): string {
  const { organId } = senderOf(document)
  const { number, symbol } = codeOf(document.row)
  switch (formOf(document)) {
    case 'official':
      return `${organId},${document.issuedOn.replaceAll('-', '/')},${number}/${symbol}`
    case 'product': {
      const [stem] = document.canaries
      const code = stem ? canaryOf(stem).in('documentId') : 'VPUB'
      return `${code}-${document.issuedOn.slice(0, 4)}-${number}-${symbol.replaceAll('/', '-')}`
    }
    case 'uuid':
      return uuidFrom(`${document.salt} documentId`)
  }
}

/** `780/UBND-NNMT` in its two parts, as printed. */
export function codeOf({ notation }: Pick<Row, 'notation'>): { number: string; symbol: string } {
  const slash = notation.search(/[/\u2044]/)
  return { number: notation.slice(0, slash).trim(), symbol: notation.slice(slash + 1).trim() }
}

/** Names without the document's stem in them that stand for one that must not pass. */
export function axisCanariesOf(document: SimulatedDocument): string[] {
  if (document.expected === 'eligible') return []
  const { docId, documentId } = { docId: docIdOf(document), documentId: documentIdOf(document) }
  return formOf(document) === 'uuid' ? [docId, documentId] : [docId]
}

function formOf({ salt }: SimulatedDocument): 'official' | 'product' | 'uuid' {
  const chance = drawFrom(`${salt} documentId`).next()
  return chance < 0.9 ? 'official' : chance < 0.95 ? 'product' : 'uuid'
}
