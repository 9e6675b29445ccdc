import { writeDate, writeTime } from './dates.ts'
import type { DocumentDraft, StatusDraft } from './draft.ts'
import type {
  Business,
  BusinessKind,
  Changes,
  Organisation,
  ResponseFor,
  Staff,
  TraceEntry,
} from './message.ts'
import { NotWritable, type Part, part } from './xml-text.ts'

/** Elements, in the order of the official builder (wire §1.2). */
export function documentHeader(document: DocumentDraft): Part[] {
  const { number, symbol, place, issuedOn, type, signer, other } = document
  const messageHeader = part(e('MessageHeader'), [
    ...(document.from ? organisation('From', document.from) : []),
    ...document.to.flatMap((receiver) => organisation('To', receiver)),
    ...part(e('DocumentId'), document.documentId),
    ...part(e('Code'), [...part(e('CodeNumber'), number), ...part(e('CodeNotation'), symbol)]),
    ...part(e('PromulgationInfo'), [
      ...part(e('Place'), place),
      ...part(e('PromulgationDate'), issuedOn && writeDate(issuedOn)),
    ]),
    ...part(e('DocumentType'), [
      ...part(e('Type'), type.code),
      ...part(e('TypeDetail'), type.detail ?? 0),
      ...part(e('TypeName'), type.name),
    ]),
    ...part(e('Subject'), document.subject),
    ...part(e('Content'), document.content),
    ...part(e('SignerInfo'), [
      ...part(e('Competence'), signer.competence),
      ...part(e('Position'), signer.position),
      ...part(e('FullName'), signer.name),
    ]),
    ...part(e('DueDate'), document.dueOn && writeDate(document.dueOn)),
    ...(other ? otherInfo(other) : []),
    ...document.responseFor.flatMap(responseFor),
    ...part(e('SteeringType'), document.steering ?? 0),
    ...part(e('ResponseForTask'), list('TaskCode', document.taskCodes)),
    ...part(e('ApplicationType'), document.applicationType),
    ...part(e('ToPlaces'), list('Place', document.toPlaces)),
  ])
  const trace = part(e('TraceHeaderList'), [
    ...(document.business.stated ? business(document.business) : []),
    ...part(e('Paper'), document.tracePaper),
    ...document.trace.flatMap(hop),
  ])
  return [...messageHeader, ...trace]
}

export function statusHeader(status: StatusDraft): Part[] {
  return part(e('MessageHeader'), [
    ...(status.from ? organisation('From', status.from) : []),
    ...status.responseFor.flatMap(responseFor),
    ...(status.staff ? staffInfo(status.staff) : []),
    ...part(e('StatusCode'), status.code),
    ...part(e('Description'), status.description),
    ...part(e('Timestamp'), status.at && writeTime(status.at)),
  ])
}

/** Other vendors look for the prefix as literal text (wire §1.1). */
export function e(name: string): string {
  return `edXML:${name}`
}

function organisation(name: string, one: Organisation): Part[] {
  return part(e(name), [
    ...part(e('OrganId'), one.organId),
    ...part(e('OrganizationInCharge'), one.inCharge),
    ...part(e('OrganName'), one.name),
    ...part(e('OrganAdd'), one.address),
    ...part(e('Email'), one.email),
    ...part(e('Telephone'), one.telephone),
    ...part(e('Fax'), one.fax),
    ...part(e('Website'), one.website),
  ])
}

function otherInfo(other: NonNullable<DocumentDraft['other']>): Part[] {
  return part(e('OtherInfo'), [
    ...part(e('Priority'), other.priority),
    ...part(e('SphereOfPromulgation'), other.sphere),
    ...part(e('TyperNotation'), other.typist),
    ...part(e('PromulgationAmount'), other.copies),
    ...part(e('PageAmount'), other.pages),
    ...part(e('ReplyFors'), other.replyFors.join(';')),
    ...part(e('Direction'), other.direction ?? false),
    ...part(e('ReferenceCodes'), other.referenceCodes.join(';')),
    ...part(e('Appendixes'), list('Appendix', other.appendixes)),
  ])
}

function responseFor(one: ResponseFor): Part[] {
  return part(e('ResponseFor'), [
    ...part(e('OrganId'), one.organId),
    ...part(e('Code'), one.code),
    ...part(e('DocumentId'), one.documentId),
    ...part(e('PromulgationDate'), one.issuedOn && writeDate(one.issuedOn)),
  ])
}

const kinds: readonly BusinessKind[] = ['new', 'revoke', 'update', 'replace']

function business(block: Business): Part[] {
  if (block.kind === null)
    throw new NotWritable(
      'The message does not say what it orders: new, revoke, update or replace.',
    )
  return part(e('Bussiness'), [
    ...part(e('DocumentId'), block.documentId),
    ...part(e('BussinessDocType'), kinds.indexOf(block.kind)),
    ...part(e('BussinessDocReason'), block.reason),
    ...part(e('Paper'), block.paper),
    ...(block.changes ? changes(block.changes) : []),
    ...part(
      e('ReplacementInfoList'),
      block.replaces.flatMap((replaced) =>
        part(e('ReplacementInfo'), [
          ...part(e('DocumentId'), replaced.documentId),
          ...part(e('OrganIdList'), list('OrganId', replaced.organIds)),
        ]),
      ),
    ),
    ...block.staff.flatMap(staffInfo),
  ])
}

function changes({ content, receivers, receiverList }: Changes): Part[] {
  return part(e('BussinessDocumentInfo'), [
    ...part(e('DocumentInfo'), content === null ? null : Number(content)),
    ...part(e('DocumentReceiver'), receivers === null ? null : Number(receivers)),
    ...part(
      e('ReceiverList'),
      receiverList.flatMap(({ organId, change }) =>
        part(e('Receiver'), [
          ...part(e('OrganId'), organId),
          ...part(e('ReceiverType'), change && Number(change === 'added')),
        ]),
      ),
    ),
  ])
}

function staffInfo(staff: Staff): Part[] {
  return part(e('StaffInfo'), [
    ...part(e('Department'), staff.department),
    ...part(e('DepartmentId'), staff.departmentId),
    ...part(e('Staff'), staff.name),
    ...part(e('StaffId'), staff.staffId),
    ...part(e('Email'), staff.email),
    ...part(e('Mobile'), staff.mobile),
  ])
}

function hop({ organId, at }: TraceEntry): Part[] {
  return part(e('TraceHeader'), [
    ...part(e('OrganId'), organId),
    ...part(e('Timestamp'), at && writeTime(at)),
  ])
}

function list(name: string, texts: readonly string[]): Part[] {
  return texts.flatMap((text) => part(e(name), text))
}
