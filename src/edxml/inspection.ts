import type { Signer } from '#src/domain/directive.ts'
import { earlierIdOf } from './business.ts'
import type {
  DocumentMessage,
  Message,
  Organisation,
  Replaced,
  ResponseFor,
  Staff,
  StatusMessage,
} from './message.ts'
import type { Problem } from './problem.ts'
import { type ReadOptions, readMessage } from './reader.ts'

/** What the bridge makes of a message, as plain JSON: absent values are null or empty, never missing. */
export interface Inspection {
  readonly readable: boolean
  readonly kind: Message['kind'] | null
  readonly dialect: Message['dialect'] | null
  readonly business: DocumentMessage['business']['kind']
  readonly documentId: string | null
  readonly from: NamedOrgan | null
  readonly to: readonly NamedOrgan[]
  readonly number: string | null
  readonly symbol: string | null
  readonly code: string | null
  readonly issuedOn: string | null
  readonly place: string | null
  readonly typeName: string | null
  readonly subject: string | null
  readonly content: string | null
  readonly signer: Signer
  readonly dueOn: string | null
  readonly urgency: string | null
  readonly steering: number | null
  readonly responseFor: readonly ResponseFor[]
  /** DocumentId of the earlier document of a revoke or update. */
  readonly concerns: string | null
  readonly replaces: readonly Replaced[]
  readonly receivers: readonly { organId: string | null; change: 'removed' | 'added' | null }[]
  readonly files: readonly InspectedFile[]
  readonly status: InspectedStatus | null
  readonly unknownElements: readonly string[]
  readonly problems: readonly Problem[]
}

export interface NamedOrgan {
  readonly organId: string | null
  readonly organName: string | null
}

export interface InspectedFile {
  readonly name: string
  readonly mediaType: string | null
  readonly size: number | null
  readonly sha256: string | null
}

export interface InspectedStatus {
  readonly code: string | null
  readonly description: string | null
  /** ISO 8601, UTC. */
  readonly at: string | null
  readonly staff: Staff | null
}

export async function inspectMessage(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Inspection> {
  const reading = await readMessage(source, options)
  const { problems } = reading
  if (!reading.readable) return { ...nothing, dialect: reading.dialect, problems }
  const { message } = reading
  const inspected = message.kind === 'document' ? ofDocument(message) : ofStatus(message)
  const { kind, dialect, unknownElements } = message
  const from = message.from && named(message.from)
  const responseFor = [...message.responseFor]
  return {
    ...nothing,
    readable: true,
    ...{ kind, dialect, from, responseFor, unknownElements, problems },
    ...inspected,
  }
}

function ofDocument(message: DocumentMessage): Partial<Inspection> {
  const { number, symbol, business } = message
  const concerns = business.kind === 'revoke' || business.kind === 'update'
  return {
    business: business.kind,
    documentId: message.documentId,
    to: message.to.map(named),
    number,
    symbol,
    code: number !== null && symbol !== null ? `${number}/${symbol}` : (number ?? symbol),
    issuedOn: message.issuedOn,
    place: message.place,
    typeName: message.type.name,
    subject: message.subject,
    content: message.content,
    signer: message.signer,
    dueOn: message.dueOn,
    urgency: message.other?.urgency ?? null,
    steering: message.steering,
    concerns: concerns ? earlierIdOf(message) : null,
    replaces: business.replaces,
    receivers: business.changes?.receiverList ?? [],
    files: message.files.map(({ name, mediaType, size, sha256 }) => ({
      ...{ name, mediaType, size, sha256 },
    })),
  }
}

function ofStatus({ code, description, at, staff }: StatusMessage): Partial<Inspection> {
  return { status: { code, description, at: at?.toISOString() ?? null, staff } }
}

function named({ organId, name }: Organisation): NamedOrgan {
  return { organId, organName: name }
}

const nothing: Inspection = {
  readable: false,
  kind: null,
  dialect: null,
  business: null,
  documentId: null,
  from: null,
  to: [],
  number: null,
  symbol: null,
  code: null,
  issuedOn: null,
  place: null,
  typeName: null,
  subject: null,
  content: null,
  signer: { name: null, position: null, competence: null },
  dueOn: null,
  urgency: null,
  steering: null,
  responseFor: [],
  concerns: null,
  replaces: [],
  receivers: [],
  files: [],
  status: null,
  unknownElements: [],
  problems: [],
}
