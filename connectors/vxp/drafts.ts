/** What the bridge says on the axis: a status of a directive, or a unit's reply as a document. */
import type { DocumentDraft, FileDraft, StatusDraft } from '#src/edxml/draft.ts'
import type { Organisation, ResponseFor } from '#src/edxml/message.ts'
import type { Concerned, Delivery, OutgoingReply, ReplyDocument } from '../connector.ts'
import type { VxpProfile } from './profile.ts'
import { partsOf } from './references.ts'

type StatusDelivery = Extract<Delivery, { kind: 'status' }>

/** A reply to the axis always has its document; the store writes no other one. */
export type DocumentReply = OutgoingReply & { readonly document: ReplyDocument }

export function statusDraft(
  { concerns, code, description, at }: StatusDelivery,
  profile: VxpProfile,
): StatusDraft {
  return {
    from: self(profile),
    responseFor: [answered(concerns)],
    code,
    description,
    at,
    staff: null,
  }
}

/** The same reply always makes the same message, to the last byte. */
export function replyDraft(
  concerns: Concerned,
  reply: DocumentReply,
  profile: VxpProfile,
): DocumentDraft {
  const { document, explanation, writtenAt } = reply
  const from = sender(reply, profile)
  return {
    from,
    to: [organisation(partsOf(concerns.ref.sourceRef).organId, concerns.issuer)],
    documentId: documentIdOf(reply, profile),
    number: document.number,
    symbol: document.symbol,
    place: profile.place,
    issuedOn: document.issuedOn,
    type: { code: null, detail: null, name: document.typeName },
    subject: document.subject,
    content: explanation || document.subject,
    signer: { name: document.signer, position: null, competence: null },
    dueOn: null,
    other: {
      priority: 0,
      sphere: null,
      typist: null,
      copies: null,
      pages: null,
      replyFors: [],
      direction: false,
      referenceCodes: [],
      appendixes: [],
    },
    responseFor: [answered(concerns)],
    // 2: reports on steering (wire §3.2).
    steering: 2,
    taskCodes: [],
    applicationType: null,
    toPlaces: [],
    business: {
      kind: 'new',
      stated: true,
      documentId: null,
      reason: 'Văn bản điện tử mới',
      paper: 0,
      changes: null,
      replaces: [],
      staff: [],
    },
    tracePaper: null,
    trace: [{ organId: from.organId, at: writtenAt }],
  }
}

/** The form of the official examples, whose third part other offices match a document by (wire §1.2, §2). */
export function documentIdOf(reply: DocumentReply, profile: VxpProfile): string {
  const { number, symbol, issuedOn } = reply.document
  return `${sender(reply, profile).organId},${issuedOn.replaceAll('-', '/')},${number}/${symbol}`
}

export function fileDrafts({ id, files }: OutgoingReply): FileDraft[] {
  return files.map((file, position) => ({
    id: `${id}-${position + 1}`,
    name: file.name,
    description: null,
    open: () => file.open(),
  }))
}

function answered({ ref, code, issuedOn }: Concerned): ResponseFor {
  const { organId, documentId } = partsOf(ref.sourceRef)
  return { organId, code, documentId, issuedOn }
}

function sender({ unit }: OutgoingReply, profile: VxpProfile): Organisation {
  if (profile.replies.sendAs === 'self' || unit.code === null) return self(profile)
  return organisation(unit.code, unit.name)
}

function self({ replies: { self: office } }: VxpProfile): Organisation {
  return organisation(office!.organId, office!.name)
}

function organisation(organId: string, name: string): Organisation {
  return {
    organId,
    inCharge: null,
    name,
    address: null,
    email: null,
    telephone: null,
    fax: null,
    website: null,
  }
}
