import type { Urgency } from '#src/domain/directive.ts'
import { readAttachments } from './attachments.ts'
import { readBusiness, readStaff } from './business.ts'
import { compareWithForm, type Said } from './conformance.ts'
import { type Dialect, dialectOfMarks } from './dialect.ts'
import type { Examination } from './examination.ts'
import { Fields } from './fields.ts'
import type {
  DocumentMessage,
  Message,
  Organisation,
  OtherInfo,
  ResponseFor,
  StatusMessage,
} from './message.ts'
import { type Problems, refuse } from './problem.ts'
import type { Element, Scanned } from './scan.ts'

/** What the elements mean. Throws Unreadable where it cannot be told what kind of message it is. */
export function interpret(
  { root, asides }: Pick<Scanned, 'root' | 'asides'>,
  contents: readonly Examination[],
  problems: Problems,
): { message: Message; said: Said } {
  const envelope = new Fields(root, 'edXML', problems).group('edXMLEnvelope')
  const header = envelope.group('edXMLHeader').group('MessageHeader')
  if (!header.isPresent) refuse('headerMissing', 'edXML/edXMLEnvelope/edXMLHeader')
  const { unknownElements, said } = compareWithForm(root, asides, problems)
  const dialect = dialectOfMarks(namesIn(root))
  if (!header.has('StatusCode')) {
    const found = { dialect, contents, unknownElements, problems }
    return { message: readDocument(root, envelope, header, found), said }
  }
  const ofDocuments = ['To', 'Subject', 'Code', 'PromulgationInfo', 'DocumentId']
  if (contents.length > 0 || ofDocuments.some((name) => header.has(name)))
    refuse('kindUnclear', header.path)
  const status = readStatus(header, dialect, unknownElements)
  if (status.code !== null && !statusCodes.includes(status.code))
    problems.note('statusUnknown', `${header.path}/StatusCode`)
  return { message: status, said }
}

function readDocument(
  root: Element,
  envelope: Fields,
  header: Fields,
  found: {
    dialect: Dialect
    contents: readonly Examination[]
    unknownElements: readonly string[]
    problems: Problems
  },
): DocumentMessage {
  const code = header.group('Code')
  const promulgation = header.group('PromulgationInfo')
  const type = header.group('DocumentType')
  const signer = header.group('SignerInfo')
  const trace = envelope.group('edXMLHeader').group('TraceHeaderList')
  const to = withoutRepeats(header.groups('To').map(readOrganisation))
  if (to.length === 0) header.required('To')
  return {
    kind: 'document',
    dialect: found.dialect,
    from: readSender(header),
    to,
    documentId: header.required('DocumentId'),
    number: code.required('CodeNumber'),
    symbol: code.required('CodeNotation'),
    place: promulgation.text('Place'),
    issuedOn: promulgation.requiredDate('PromulgationDate'),
    type: {
      code: type.code('Type', anyNumber),
      detail: type.code('TypeDetail', anyNumber),
      name: type.required('TypeName'),
    },
    subject: header.required('Subject'),
    content: header.text('Content'),
    signer: {
      name: signer.text('FullName'),
      position: signer.text('Position'),
      competence: signer.text('Competence'),
    },
    dueOn: header.date('DueDate'),
    other: readOtherInfo(header.group('OtherInfo')),
    responseFor: header.groups('ResponseFor').map(readResponseFor),
    steering: header.code('SteeringType', 2),
    taskCodes: header.group('ResponseForTask').texts('TaskCode'),
    applicationType: header.text('ApplicationType'),
    toPlaces: header.group('ToPlaces').texts('Place'),
    business: readBusiness(trace, header.text('DocumentId'), found.problems),
    tracePaper: trace.code('Paper', 999),
    trace: trace.groups('TraceHeader').map((hop) => ({
      organId: hop.text('OrganId'),
      at: hop.time('Timestamp'),
    })),
    files: readAttachments(root, found.contents, found.problems),
    unknownElements: found.unknownElements,
  }
}

function readStatus(
  header: Fields,
  dialect: Dialect,
  unknownElements: readonly string[],
): StatusMessage {
  const responseFor = header.groups('ResponseFor').map(readResponseFor)
  if (responseFor.length === 0) header.required('ResponseFor')
  const staff = header.group('StaffInfo')
  header.required('Timestamp')
  return {
    kind: 'status',
    dialect,
    from: readSender(header),
    responseFor,
    code: header.required('StatusCode'),
    description: header.text('Description'),
    at: header.time('Timestamp'),
    staff: readStaff(staff),
    unknownElements,
  }
}

/** One office that is named twice is one receiver. */
function withoutRepeats(receivers: readonly Organisation[]): Organisation[] {
  const distinct = new Map<string, Organisation>()
  for (const receiver of receivers) {
    const key = (receiver.organId ?? receiver.name ?? '').normalize('NFC').toUpperCase()
    const known = distinct.get(key)
    distinct.set(key, known ? filledFrom(known, receiver) : receiver)
  }
  return [...distinct.values()]
}

function filledFrom(one: Organisation, other: Organisation): Organisation {
  const entries = Object.entries(one) as [keyof Organisation, string | null][]
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value ?? other[name]]),
  ) as unknown as Organisation
}

function readSender(header: Fields): Organisation | null {
  const from = header.group('From')
  from.required('OrganId')
  return from.isEmpty ? null : readOrganisation(from)
}

function readOrganisation(fields: Fields): Organisation {
  return {
    organId: fields.text('OrganId'),
    inCharge: fields.text('OrganizationInCharge'),
    name: fields.text('OrganName'),
    address: fields.text('OrganAdd'),
    email: fields.text('Email'),
    telephone: fields.text('Telephone'),
    fax: fields.text('Fax'),
    website: fields.text('Website'),
  }
}

/** Hỏa tốc hẹn giờ (4) counts as flash (docs/glossary.md). */
const urgencies: readonly Urgency[] = ['normal', 'urgent', 'veryUrgent', 'flash', 'flash']

function readOtherInfo(fields: Fields): OtherInfo | null {
  if (!fields.isPresent) return null
  const priority = fields.code('Priority', 4)
  const stated = fields.has('Priority') && (fields.text('Priority') !== null || priority !== null)
  return {
    urgency: priority === null ? (stated ? 'unreadable' : null) : urgencies[priority]!,
    priority,
    sphere: fields.text('SphereOfPromulgation'),
    typist: fields.text('TyperNotation'),
    copies: fields.code('PromulgationAmount', anyNumber),
    pages: fields.code('PageAmount', anyNumber),
    replyFors: codesIn(fields.text('ReplyFors')),
    direction: fields.flag('Direction', 'false', 'true'),
    referenceCodes: codesIn(fields.text('ReferenceCodes')),
    appendixes: fields.group('Appendixes').texts('Appendix'),
  }
}

/** The library keeps them as one text (wire §1.2). */
function codesIn(text: string | null): string[] {
  return (text ?? '')
    .split(';')
    .map((code) => code.trim())
    .filter((code) => code !== '')
}

function readResponseFor(fields: Fields): ResponseFor {
  return {
    organId: fields.text('OrganId'),
    code: fields.text('Code'),
    documentId: fields.text('DocumentId'),
    issuedOn: fields.date('PromulgationDate'),
  }
}

function namesIn(root: Element): Set<string> {
  const names = new Set<string>()
  const visit = (element: Element) => {
    names.add(element.name)
    for (const attribute of element.attributes) names.add(`@${attribute.name}`)
    for (const child of element.children) visit(child)
  }
  visit(root)
  return names
}

/** Wire §2. */
const statusCodes = ['01', '02', '03', '04', '05', '06', '13', '15', '16']

const anyNumber = 999_999_999
