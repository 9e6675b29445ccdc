/** From a message of the axis to what the gate and the store are shown. */

import { urgencyOf } from '#config/sources.ts'
import { splitCode } from '#src/domain/code.ts'
import type { AnnouncedFile, Directive, FileDamage } from '#src/domain/directive.ts'
import type { Header } from '#src/domain/eligibility.ts'
import { markInFileName } from '#src/domain/mark.ts'
import { earlierIdOf } from '#src/edxml/business.ts'
import type { Said } from '#src/edxml/conformance.ts'
import type {
  DocumentMessage,
  MessageFile,
  Organisation,
  StatusMessage,
} from '#src/edxml/message.ts'
import type { MessageRead } from '#src/edxml/reader.ts'
import { type Judged, type ListedRef, type Message, noNotice } from '../connector.ts'
import type { gateFields } from './gate-fields.ts'
import type { VxpProfile } from './profile.ts'
import { fileRef, isOrganId, namelessRef, sourceRef } from './references.ts'

/** What the gate is shown: the fields that it knows, and everything else that the message says. */
export function judgedFrom({ message, said }: MessageRead): Judged {
  if (message.kind === 'status') return { header: statusHeader(message, said), business: 'status' }
  return { header: documentHeader(message, said), business: message.business.kind ?? 'unclear' }
}

/** Null where the message does not say whose it is. */
export function messageFrom(
  reading: MessageRead,
  { transportRef }: ListedRef,
  profile: VxpProfile,
): Omit<Message, 'held'> | null {
  const { message } = reading
  const organId = message.from?.organId ?? null
  if (!isOrganId(organId)) return null
  const judged = judgedFrom(reading)
  if (message.kind === 'status')
    return {
      ...judged,
      // A status message has no DocumentId of its own.
      ref: { transportRef, sourceRef: sourceRef(organId, transportRef) },
      directive: null,
      files: [],
      concerns: statusConcerns(message, organId),
      notice: {
        statusCode: message.code,
        reason: message.description,
        codes: message.responseFor.map(({ code }) => code).filter((code) => code !== null),
      },
    }
  const { documentId } = message
  const named =
    documentId === null ? namelessRef(organId, transportRef) : sourceRef(organId, documentId)
  return {
    ...judged,
    ref: { transportRef, sourceRef: named },
    directive: directiveFrom(message, judged.header, profile),
    files: filesFrom(reading.sha256, message),
    concerns: earlier(message).map((earlierId) => sourceRef(organId, earlierId)),
    notice: { ...noNotice, reason: message.business.reason },
  }
}

function documentHeader(message: DocumentMessage, { texts, fileNames }: Said): Header {
  const { number, symbol, subject, issuedOn, from, type, to, unknownElements } = message
  return {
    ...{ fields: fieldsFrom(message), number, symbol, subject, issuedOn, unknownElements },
    texts,
    fileNames: [...fileNames, ...wrappedNames(message)],
    issuer: from?.name ?? null,
    typeName: type.name,
    receivers: to.map(nameOf).filter((name) => name !== null),
  }
}

/** Under which a file comes in its zip. It is no text of the message: one that cannot be read says nothing. */
function wrappedNames({ files }: DocumentMessage): string[] {
  return files
    .map(({ wrappedName }) => wrappedName)
    .filter((name) => name !== null)
    .filter((name) => markInFileName(name) !== 'undecipherable')
}

function fieldsFrom({ from, steering, other, type, applicationType }: DocumentMessage) {
  const values: Record<(typeof gateFields)[number], unknown> = {
    organId: from?.organId,
    steering,
    // What was written and could not be read is not absent.
    priority: other?.urgency === 'unreadable' ? 'unreadable' : other?.priority,
    sphere: other?.sphere,
    typeCode: type.code,
    direction: other?.direction,
    applicationType,
  }
  const stated = Object.entries(values).filter(([, value]) => value !== null && value !== undefined)
  return Object.assign(Object.create(null), Object.fromEntries(stated)) as Record<string, unknown>
}

function directiveFrom(
  message: DocumentMessage,
  header: Header,
  profile: VxpProfile,
): Directive | null {
  const { number, symbol, issuer, issuedOn, typeName, subject } = header
  if (number === null || symbol === null || subject === null) return null
  if (issuer === null || issuedOn === null || typeName === null) return null
  return {
    number,
    symbol,
    code: `${number}/${symbol}`,
    issuer,
    issuedOn,
    typeName,
    subject,
    summary: message.content,
    signer: message.signer,
    urgency: urgencyOf(header.fields, profile.urgency),
    dueOn: message.dueOn,
    receivers: header.receivers,
  }
}

function filesFrom(message: string, { files }: DocumentMessage): AnnouncedFile[] {
  return files.map((file, position) => ({
    ref: fileRef(message, file, position),
    name: file.name,
    mediaType: file.mediaType ?? file.declaredType,
    size: file.size,
    ...(file.sha256 === null ? {} : { sha256: file.sha256 }),
    ...(file.damage === null ? {} : unusable[file.damage]),
  }))
}

/** A file beyond the limit can be taken when the limit is raised. */
const unusable: Readonly<Record<NonNullable<MessageFile['damage']>, { unusable?: FileDamage }>> = {
  fileEmpty: { unusable: 'noContent' },
  base64Broken: { unusable: 'broken' },
  attachmentMissing: { unusable: 'notInMessage' },
  fileTooLarge: {},
}

/** DocumentIds of the messages that a revoke, an update or a replacement is about. */
function earlier(message: DocumentMessage): string[] {
  return [earlierIdOf(message), ...message.business.replaces.map((one) => one.documentId)].filter(
    (documentId) => documentId !== null,
  )
}

function statusHeader(message: StatusMessage, { texts, fileNames }: Said): Header {
  const { responseFor, from, description, unknownElements } = message
  const { number, symbol } = splitCode(responseFor.find(({ code }) => code !== null)?.code ?? '')
  return {
    fields: {},
    ...{ number, symbol, unknownElements, texts, fileNames },
    subject: description,
    issuedOn: responseFor[0]?.issuedOn ?? null,
    issuer: from?.name ?? null,
    typeName: null,
    receivers: [],
  }
}

/** With 13 the sender asks for a document of its own back; every other status answers one of ResponseFor.OrganId (wire §2). */
function statusConcerns({ code, responseFor }: StatusMessage, sender: string): string[] {
  return responseFor.flatMap(({ organId, documentId }) => {
    const owner = code === '13' ? sender : organId
    return isOrganId(owner) && documentId !== null ? [sourceRef(owner, documentId)] : []
  })
}

function nameOf({ name, organId }: Organisation): string | null {
  return name ?? organId
}
