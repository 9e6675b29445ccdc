import type { Fields } from './fields.ts'
import type { Business, BusinessKind, Changes, DocumentMessage, Staff } from './message.ts'
import type { Problems } from './problem.ts'

const kinds: readonly BusinessKind[] = ['new', 'revoke', 'update', 'replace']

/**
 * What the message orders. Without a block it is a new document, as it comes from the axis and from gateways;
 * with two, or one misspelt, it is unknown: the official parser would take an update for a new document (wire §1.3).
 */
export function readBusiness(trace: Fields, ownId: string | null, problems: Problems): Business {
  const block = trace.group('Bussiness')
  const isUnclear = trace.has('Business') || (trace.has('Bussiness') && !block.isPresent)
  const documentId = block.text('DocumentId')
  const replaces = block
    .groups('ReplacementInfoList')
    .flatMap((list) => list.groups('ReplacementInfo'))
    .map((replaced) => ({
      documentId: replaced.required('DocumentId'),
      organIds: replaced.group('OrganIdList').texts('OrganId'),
    }))
  const stated = block.isPresent
  const kind = isUnclear ? null : stated ? readKind(block) : 'new'
  if (isAboutAnother(kind) && documentId === null && ownId === null) block.required('DocumentId')
  if (kind === 'replace' && replaces.length === 0)
    problems.note('missing', `${block.path}/ReplacementInfoList`)
  return {
    kind,
    stated,
    documentId,
    reason: block.text('BussinessDocReason'),
    paper: block.code('Paper', 999),
    changes: readChanges(block.groups('BussinessDocumentInfo')),
    replaces,
    staff: block
      .groups('StaffInfo')
      .map(readStaff)
      .filter((one) => one !== null),
  }
}

/**
 * DocumentId of the earlier document that a revoke or an update is about. The official example of a revoke names it in its
 * header alone.
 */
export function earlierIdOf({
  business,
  documentId,
}: Pick<DocumentMessage, 'business' | 'documentId'>): string | null {
  return business.documentId ?? (isAboutAnother(business.kind) ? documentId : null)
}

function isAboutAnother(kind: BusinessKind | null): boolean {
  return kind === 'revoke' || kind === 'update'
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

/** Of several, what any says has changed has changed. */
function readChanges(blocks: readonly Fields[]): Changes | null {
  if (blocks.length === 0) return null
  return {
    content: anyOf(blocks.map((block) => block.flag('DocumentInfo', '0', '1'))),
    receivers: anyOf(blocks.map((block) => block.flag('DocumentReceiver', '0', '1'))),
    receiverList: blocks
      .flatMap((block) => block.groups('ReceiverList'))
      .flatMap((list) => list.groups('Receiver'))
      .map((receiver) => {
        const added = receiver.flag('ReceiverType', '0', '1')
        const change = added === null ? null : added ? 'added' : 'removed'
        return { organId: receiver.required('OrganId'), change } as const
      }),
  }
}

function anyOf(flags: readonly (boolean | null)[]): boolean | null {
  const stated = flags.filter((flag) => flag !== null)
  return stated.length === 0 ? null : stated.includes(true)
}
