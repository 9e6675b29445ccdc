/** What lies on the axis for our office: every released document, and what happened to it later. */
import { writeStatus } from '#src/edxml/writer.ts'
import type { AxisOffice } from '../axis-offices.ts'
import type { Change, SimulatedDocument } from '../document.ts'
import { hash } from '../draw.ts'
import type { Register } from '../register.ts'
import { ordered, organisation } from './draft.ts'
import { messageOf, type Ordering, type Writing } from './message.ts'
import { codeOf, docIdOf, documentIdOf, senderOf, uuidFrom } from './names.ts'

export type MessageType = 'edoc' | 'status'

/** One message to our office. */
export interface AxisItem {
  readonly docId: string
  readonly messageType: MessageType
  readonly from: string
  readonly createdAt: Date
  bytes(): Promise<Buffer>
}

export interface MailboxOptions {
  readonly register: Register
  readonly self: AxisOffice
  readonly largeShare: number
}

/** Everything that has come by then, oldest first. Reads the register's changes anew each time. */
export function mailAt(options: MailboxOptions, now: Date): AxisItem[] {
  const { documents } = options.register
  const replaced = new Map(documents.flatMap((document) => successorOf(document)))
  return documents
    .flatMap((document) => [
      newOne(options, document, replaced.get(document.id)),
      ...document.changes.flatMap((change) => laterOnes(options, document, change)),
    ])
    .filter(({ createdAt }) => createdAt <= now)
    .toSorted((a, b) => +a.createdAt - +b.createdAt)
}

function newOne(
  options: MailboxOptions,
  document: SimulatedDocument,
  replaces: SimulatedDocument | undefined,
): AxisItem {
  const ordering: Ordering = replaces
    ? (draft) => ({
        ...draft,
        business: {
          ...draft.business,
          kind: 'replace',
          reason: 'Thay thế văn bản đã gửi',
          replaces: [{ documentId: documentIdOf(replaces), organIds: [options.self.organId] }],
        },
      })
    : null
  const writing = { ...options, document, at: document.releasedAt }
  return {
    docId: docIdOf(document),
    messageType: 'edoc',
    from: senderOf(document).organId,
    createdAt: document.releasedAt,
    bytes: () => messageOf(writing, ordering),
  }
}

function laterOnes(
  options: MailboxOptions,
  document: SimulatedDocument,
  change: Change,
): AxisItem[] {
  const name = `${document.salt} ${change.kind} ${change.at.toISOString()}`
  const writing = { ...options, document, at: change.at, largeShare: 0 }
  const item = (ordering: Ordering): AxisItem => ({
    docId: uuidFrom(`${name} docId`),
    messageType: 'edoc',
    from: senderOf(document).organId,
    createdAt: change.at,
    bytes: () => messageOf(writing, ordering),
  })
  switch (change.kind) {
    case 'recall': {
      const askedBack = hash(name) % 2 === 0 ? [askingBack(writing, name)] : []
      return [...askedBack, item(about(writing, name, 'revoke', 'Thu hồi: gửi nhầm văn bản'))]
    }
    case 'update':
      return [item(about(writing, name, 'update', 'Cập nhật trích yếu'))]
    // The axis has no field for a level: the sender can only print it on a new version.
    case 'markSecret':
      return [
        item((draft, row) => {
          const update = about(writing, name, 'update', 'Cập nhật văn bản')(draft, row)
          return { ...update, subject: `(${row.secret_name}) ${row.abstract}` }
        }),
      ]
    case 'declassify':
    case 'vanish':
      return []
    // It is the successor's own message that says so.
    case 'replace':
      return []
  }
}

/** Names the document by its DocumentId and bears another one itself, as the official example does (wire §1.3). */
function about(
  { document }: Writing,
  name: string,
  kind: 'revoke' | 'update',
  reason: string,
): NonNullable<Ordering> {
  return (draft) => ({
    ...draft,
    documentId: uuidFrom(`${name} documentId`),
    business: {
      ...ordered(kind, draft.business.staff),
      documentId: documentIdOf(document),
      reason,
      changes: kind === 'update' ? { content: true, receivers: false, receiverList: [] } : null,
    },
  })
}

/** Status 13 goes the other way, from the sender to its receiver, who stands in ResponseFor (wire §2). */
function askingBack({ document, self, at: recalledAt }: Writing, name: string): AxisItem {
  const sender = senderOf(document)
  const at = new Date(Math.max(+recalledAt - 3_600_000, +document.releasedAt))
  const { number, symbol } = codeOf(document.row)
  const status = {
    from: organisation(sender),
    responseFor: [
      {
        organId: self.organId,
        code: `${number}/${symbol}`,
        documentId: documentIdOf(document),
        issuedOn: document.issuedOn,
      },
    ],
    code: '13',
    description: 'Yêu cầu lấy lại văn bản',
    at,
    staff: null,
  }
  return {
    docId: uuidFrom(`${name} asked back`),
    messageType: 'status',
    from: sender.organId,
    createdAt: at,
    bytes: async () => writeStatus(status),
  }
}

function successorOf(document: SimulatedDocument): [number, SimulatedDocument][] {
  return document.changes.flatMap((change) =>
    change.kind === 'replace' ? [[change.by, document] as [number, SimulatedDocument]] : [],
  )
}
