import type { Fields } from './fields.ts'
import type { Business, BusinessKind, Changes, Staff } from './message.ts'
import type { Problems } from './problem.ts'

const kinds: readonly BusinessKind[] = ['new', 'revoke', 'update', 'replace']

/**
 * What the message orders. Without a block it is a new document, as it comes from the axis and from gateways;
 * with two, or one misspelt, it is unknown: the official parser would take an update for a new document (wire §1.3).
 */
export function readBusiness(trace: Fields, problems: Problems): Business {
  const block = trace.group('Bussiness')
  const isUnclear = trace.has('Business') || (trace.has('Bussiness') && !block.isPresent)
  const documentId = block.text('DocumentId')
  const replaces = block
    .group('ReplacementInfoList')
    .groups('ReplacementInfo')
    .map((replaced) => ({
      documentId: replaced.required('DocumentId'),
      organIds: replaced.group('OrganIdList').texts('OrganId'),
    }))
  const stated = block.isPresent
  const kind = isUnclear ? null : stated ? readKind(block) : 'new'
  if ((kind === 'revoke' || kind === 'update') && documentId === null) block.required('DocumentId')
  if (kind === 'replace' && replaces.length === 0)
    problems.note('missing', `${block.path}/ReplacementInfoList`)
  return {
    kind,
    stated,
    documentId,
    reason: block.text('BussinessDocReason'),
    paper: block.code('Paper', 999),
    changes: readChanges(block.group('BussinessDocumentInfo')),
    replaces,
    staff: readStaff(block.group('StaffInfo')),
  }
}

export function readStaff(fields: Fields): Staff | null {
  if (fields.isEmpty) return null
  return {
    department: fields.text('Department'),
    departmentId: fields.text('DepartmentId'),
    name: fields.text('Staff'),
    staffId: fields.text('StaffId'),
    email: fields.text('Email'),
    mobile: fields.text('Mobile'),
  }
}

function readKind(block: Fields): BusinessKind | null {
  block.required('BussinessDocType')
  const code = block.code('BussinessDocType', kinds.length - 1)
  return code === null ? null : kinds[code]!
}

function readChanges(fields: Fields): Changes | null {
  if (fields.isEmpty) return null
  return {
    content: fields.flag('DocumentInfo', '0', '1'),
    receivers: fields.flag('DocumentReceiver', '0', '1'),
    receiverList: fields
      .group('ReceiverList')
      .groups('Receiver')
      .map((receiver) => {
        const added = receiver.flag('ReceiverType', '0', '1')
        const change = added === null ? null : added ? 'added' : 'removed'
        return { organId: receiver.required('OrganId'), change } as const
      }),
  }
}
