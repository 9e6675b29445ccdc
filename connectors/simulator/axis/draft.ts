/** A document of the register in the words of the axis. */
import type { DocumentDraft } from '#src/edxml/draft.ts'
import type { Business, Organisation, Staff } from '#src/edxml/message.ts'
import { type AxisOffice, axisOffices } from '../axis-offices.ts'
import { type Canary, canaryOf } from '../canary.ts'
import type { Row, SimulatedDocument } from '../document.ts'
import { codeOf, documentIdOf, senderOf } from './names.ts'

/** As its row says at the moment, a new document in `receivers`' hands. */
export function draftOf(
  document: SimulatedDocument,
  row: Row,
  self: AxisOffice,
  at: Date,
): DocumentDraft {
  const canary = document.canaries[0] ? canaryOf(document.canaries[0]) : null
  const tagged = (text: string, place: Parameters<Canary['in']>[0]) =>
    canary ? `${text} ${canary.in(place)}` : text
  const sender = senderOf(document)
  const receivers = row.recipients.split('; ')
  return {
    from: organisation(sender),
    to: [self, ...receivingUnits(receivers)].map(organisation),
    documentId: documentIdOf(document),
    number: codeOf(row).number,
    symbol: codeOf(row).symbol,
    place: tagged('Quảng Trị', 'place'),
    issuedOn: document.issuedOn,
    type: { code: typeCodes.indexOf(row.doc_type_code) + 1, detail: 0, name: row.doc_type_name },
    subject: row.abstract,
    content: document.content,
    signer: {
      name: row.signer,
      position: row.signer_position,
      competence: competenceOf(row.signer_position),
    },
    dueOn: null,
    other: {
      priority: row.urgent_id - 1,
      sphere: 'Liên thông văn bản trong tỉnh',
      typist: tagged('VTM', 'typist'),
      copies: receivers.length,
      pages: document.files.length,
      replyFors: [],
      direction: false,
      referenceCodes: [],
      appendixes: [],
    },
    responseFor: [],
    steering: 1,
    taskCodes: [],
    applicationType: null,
    toPlaces: receivers,
    business: {
      ...ordered('new', [staffOf(tagged)]),
      reason: tagged('Gửi văn bản điện tử', 'reason'),
    },
    tracePaper: null,
    trace: [{ organId: sender.organId, at }],
  }
}

/** A Bussiness block that names nothing yet. */
export function ordered(kind: Business['kind'], staff: readonly Staff[]): Business {
  return {
    kind,
    stated: true,
    documentId: null,
    reason: null,
    paper: 0,
    changes: null,
    replaces: [],
    staff,
  }
}

export function organisation({ organId, name }: AxisOffice): Organisation {
  const host = organId.replaceAll('.', '-').toLowerCase()
  return {
    organId,
    inCharge: axisOffices.issuer.name,
    name,
    address: 'Tỉnh Quảng Trị',
    email: `vanthu@${host}.example.vn`,
    telephone: null,
    fax: null,
    website: null,
  }
}

function staffOf(tagged: (text: string, place: 'staff') => string): Staff {
  return {
    department: tagged('Văn thư', 'staff'),
    departmentId: null,
    name: 'Trần Thị Văn Thư',
    staffId: null,
    email: 'vanthu@000-00-00-h50.example.vn',
    mobile: null,
  }
}

/** Those that are registered; all the others are only printed under nơi nhận. */
function receivingUnits(names: readonly string[]): AxisOffice[] {
  return axisOffices.units.filter(({ name }) => names.includes(name))
}

function competenceOf(position: string): string {
  if (/^(Phó )?Chánh/.test(position)) return 'TL. CHỦ TỊCH'
  return position.startsWith('Phó') ? 'KT. CHỦ TỊCH' : 'TM. ỦY BAN NHÂN DÂN'
}

/** Sources disagree about these (wire §3.6): any will do. */
const typeCodes = ['CV', 'BC', 'CD', 'QD', 'CT', 'KH', 'CTR', 'DA', 'QC', 'TB', 'PC', 'GM']
