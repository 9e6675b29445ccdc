/**
 * THE DOOR. A connector speaks to one far system and knows nothing of the store, the queue or the law.
 * What the far side does wrong comes back as a named failure; an exception is our own mistake.
 */
import type { Readable } from 'node:stream'
import type { AnnouncedFile, Directive, FileNote } from '#src/domain/directive.ts'
import type { Header } from '#src/domain/eligibility.ts'
import type { LocalDate } from '#src/domain/local-date.ts'

export interface Connector {
  /** The name under which the source is configured. */
  readonly source: string
  readonly can: Capabilities
  /** Which variable or file is to be looked at where one of these words is the failure. */
  readonly places: Places

  /** One page of what was issued in the window; `page` is null for the first, else the `next` of the last. */
  list(window: Window, page: string | null): Promise<Answer<Page>>
  /** Everything the gate and the store need of one message, in memory, without file contents. */
  read(ref: ListedRef): Promise<Answer<Message>>
  /**
   * Hands over these files of a message one after another, for as long as `take` wants more. A failure at the end
   * says that the message is no longer the one that was read: `malformed`, and nothing that was taken may be kept.
   */
  openFiles(ref: MessageRef, files: readonly AnnouncedFile[], take: TakeFile): Promise<Answer<null>>
  /** Sends once. Never repeats by itself: whether it may be sent again is the outbox's decision. */
  send(delivery: Delivery): Promise<SendOutcome>
  /** Looks for the effect of a send whose answer was lost. */
  lookUp(delivery: Delivery, attemptedAt: Date): Promise<Answer<LookUp>>
  /** Looks for the document of a reply, whoever sent it; left out: the source cannot be asked. */
  findDocument?(delivery: Delivery): Promise<Answer<FoundDocument>>
  /** What the gate would be shown of one item, as its source sends it; touches no network. */
  decode(item: string | Uint8Array): Promise<Answer<Judged>>
  /** By how much the clock of the source is ahead of ours, as its latest answer said; null where it says no time. */
  clockAheadMs(): number | null
  /** Keys of the profile that led to nothing in anything that was seen, where they may. Looked at by a rehearsal only. */
  unmetKeys(): readonly string[]
  close(): Promise<void>
}

export type Places = Readonly<Record<string, string | undefined>>

export interface Capabilities {
  /** How a staged directive can be asked for again. `none`: nothing is ever taken for vanished. */
  readonly recheck: 'byRef' | 'byWindow' | 'none'
  readonly reconcile: 'listing' | 'count' | 'none'
  /**
   * `offset` pages shift under the reader, so a window is read until two readings agree. `none`: there is no further
   * page to ask for; its list ends where `next` is null, and no page proves that.
   */
  readonly paging: 'offset' | 'stable' | 'none'
  /** Whether it also lists by the day of the last change, whatever the day of issue; left out: no. */
  readonly listsChanges?: boolean
  /** How many rows its totals count and its list never shows, by an authority; left out: none. */
  readonly totalCountsHidden?: number
  /** A queue-like source lists an item until it is acknowledged. */
  readonly acknowledges: boolean
  /** Status codes (edXML 01 to 06) the source wants to hear. */
  readonly statuses: readonly StatusCode[]
  /** `document`: a reply travels only as an outgoing document of its own, with number and signer (edXML). */
  readonly replies: 'none' | 'message' | 'document'
  /** Status codes that answer an order of the source, once the Office has decided; null where none is awaited. */
  readonly answers: {
    readonly recall: { readonly accepted: string; readonly refused: string }
    readonly update: { readonly accepted: string; readonly refused: string }
  } | null
  /**
   * `inPlace`: a row of the source changes. `byMessage`: messages never change, and another content under the
   * same `sourceRef` without a business type is a conflict for a person (docs/decisions/0008).
   */
  readonly revises: 'inPlace' | 'byMessage'
}

/** Days of issue, both inclusive; `by: change` days of the last change, where the source can list by those. */
export interface Window {
  readonly from: LocalDate
  readonly until: LocalDate
  readonly by?: 'change'
}

export interface MessageRef {
  /** Fetches and acknowledges the message. */
  readonly transportRef: string
  /** Names the directive at its source, across its messages. */
  readonly sourceRef: string
}

/** A list may know how to fetch a message before it knows which directive it is about. */
export interface ListedRef {
  readonly transportRef: string
  readonly sourceRef: string | null
}

export interface Page {
  readonly items: readonly Listed[]
  /** With pages: null only after an empty one, since neither a short page nor a total ends a list. */
  readonly next: string | null
  /** The source itself says what the next page is and when there is none: a page that brings nothing new is not the last. */
  readonly goesOn?: boolean
  /** How many the source says the window holds, if it says. */
  readonly total: number | null
  /** Where rows have no readable identity: by what the page is known when it comes again. Never written down. */
  readonly digest: string | null
}

/**
 * One row of a list. `version` changes whenever anything the list shows of the item changes.
 * `header` is what the list alone tells, when it tells anything: enough to refuse, never to admit.
 * A row without a readable identity is `unreadable`: it is counted as undecided and keeps nothing.
 */
export type Listed = ListedMessage | { readonly unreadable: true }

export interface ListedMessage {
  readonly unreadable: false
  readonly ref: ListedRef
  readonly version: string
  readonly header: Header | null
}

/** What the gate is asked about: a directive by its whole header, a status message by what it prints. */
export interface Judged {
  readonly header: Header
  readonly business: Business
}

/** Types 0 to 3 of edXML; `unclear` where what is ordered cannot be told; a status message. */
export type Business = 'new' | 'revoke' | 'update' | 'replace' | 'unclear' | 'status'

export interface Message extends Judged {
  readonly ref: MessageRef
  /** Null when a field that the store needs is missing; the gate then refuses for its own reason. */
  readonly directive: Directive | null
  readonly files: readonly AnnouncedFile[]
  /** The directives, by `sourceRef`, that a business message or a status message is about. */
  readonly concerns: readonly string[]
  /** What it says beside its header, where it orders or tells something; judged with the rest of its texts. */
  readonly notice: Notice
  /** Hands over files out of a message that was small enough to be held; null where they are asked for. */
  readonly held: ((files: readonly AnnouncedFile[], take: TakeFile) => Promise<Answer<null>>) | null
}

export interface Notice {
  /** Of a status message: 01 to 06, 13, 15, 16, or whatever else it says. */
  readonly statusCode: string | null
  readonly reason: string | null
  /** The codes (`780/UBND-NNMT`) of the documents that a status message is about. */
  readonly codes: readonly string[]
}

export const noNotice: Notice = { statusCode: null, reason: null, codes: [] }

/** Consumes or destroys what was opened, and says whether it wants the next file. */
export type TakeFile = (file: AnnouncedFile, opened: Answer<OpenFile>) => Promise<boolean>

/** `content` breaks with a `FarSideFailure` when the far side fails midway or sends more than allowed. */
export interface OpenFile {
  readonly content: Readable
  readonly size: number | null
  /** The names under which its content comes, beside the announced one; a mark in one of them keeps it out. */
  readonly names: readonly string[]
  /** What is odd about it although it is whole and the announced one; known once it was read. */
  note(): FileNote | null
}

export type StatusCode = '01' | '02' | '03' | '04' | '05' | '06' | '13' | '15' | '16'

export type Delivery =
  | { readonly kind: 'acknowledge'; readonly ref: ListedRef; readonly as: 'done' | 'fail' }
  | {
      readonly kind: 'status'
      readonly concerns: Concerned
      readonly code: StatusCode
      readonly description: string
      readonly at: Date
      readonly id: string
    }
  | { readonly kind: 'reply'; readonly concerns: Concerned; readonly reply: OutgoingReply }

/** The directive that a status or a reply answers, in the words its source knows it by. */
export interface Concerned {
  readonly ref: MessageRef
  readonly code: string
  readonly issuedOn: LocalDate
  readonly issuer: string
}

export interface OutgoingReply {
  /** Derived from the reply and stable, so that a repeated push carries the same identity. */
  readonly id: string
  readonly outcome: 'completed' | 'notCompleted' | 'returned'
  readonly completedOn: LocalDate | null
  readonly explanation: string
  readonly unit: { readonly code: string | null; readonly name: string }
  readonly document: ReplyDocument | null
  readonly files: readonly OutgoingFile[]
  readonly writtenAt: Date
}

export interface ReplyDocument {
  readonly number: string
  readonly symbol: string
  readonly issuedOn: LocalDate
  readonly typeName: string
  readonly subject: string
  readonly signer: string
}

export interface OutgoingFile {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  open(): Promise<Readable>
}

/** `answer` is what the source said, stripped of secrets and cut short, for the person who settles it. */
export type SendOutcome =
  | { readonly word: 'delivered'; readonly farRef: string | null }
  | { readonly word: 'rejected'; readonly answer: string }
  | { readonly word: 'unconfirmed'; readonly failure: Failure }
  | { readonly word: 'notSent'; readonly failure: Failure }

export type LookUp =
  | { readonly found: 'one'; readonly farRef: string | null }
  | { readonly found: 'none' }
  | { readonly found: 'several' }
  /** It cannot be asked: a person has to look. */
  | { readonly found: 'noLookUp' }

/** `nearly`: the same number, and all but one of unit, symbol and day; or more than one that is the same. */
export type FoundDocument =
  | { readonly found: 'exactly'; readonly farRef: string | null }
  | { readonly found: 'nearly'; readonly farRefs: readonly (string | null)[] }
  | { readonly found: 'none' }
  | { readonly found: 'noLookUp' }

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/**
 * All that may be said before the gate has decided: no address, no body, no reference.
 * Whether asking again can help is a property of the word.
 */
export interface Failure {
  readonly word: FailureWord
  readonly source: string
  readonly operation: string
  /** What of the operator's own is to be looked at: a variable, a file, a key of the profile. */
  readonly setting?: string
}

const retryable = {
  timeout: true,
  unreachable: true,
  noSuchHost: true,
  connectionRefused: true,
  noRoute: true,
  certificateExpired: false,
  certificateName: false,
  certificateChain: false,
  /** No version or cipher of TLS that both sides take, or it wants a certificate of ours. */
  tlsRefused: false,
  /** The address says https, and what answers there is not TLS. */
  tlsNotSpoken: false,
  /** The address says http, and TLS is spoken there. */
  tlsWanted: false,
  /** Of ours: what the profile says of a secret leads to none, or to one that cannot be used. */
  secretMissing: false,
  /** Of ours: the file of the certificate authority holds no certificate. */
  authorityMissing: false,
  /** Of ours: what the profile says makes no request, so that nothing was asked. */
  notAskable: false,
  unavailable: true,
  malformed: true,
  tooLarge: false,
  unauthorized: false,
  rejected: false,
  notFound: false,
  /** A page of a list repeats what came before, and the source counts more than it showed. */
  pagesRepeat: false,
  /** A list without pages shows fewer rows than its source counts. */
  listCapped: false,
  /** Page after page brings something new, far beyond what an office writes. */
  listEndless: false,
  /** Nothing is listed of days of which documents are known. */
  listEmpty: false,
  /** A text of it is one that no store can hold. */
  unstorable: false,
  /** Its day of issue cannot be believed, and so many of its source wait for a person that no more are staged. */
  datesDoubted: false,
  /** What came under the name of a file is another one, a page, or not certainly whole. */
  notAnnounced: false,
} as const

export type FailureWord = keyof typeof retryable

/** No connection came to stand, or none was tried: whatever is asked next fails alike. */
const unasked: ReadonlySet<string> = new Set<FailureWord>([
  'unreachable',
  'noSuchHost',
  'connectionRefused',
  'noRoute',
  'certificateExpired',
  'certificateName',
  'certificateChain',
  'tlsRefused',
  'tlsNotSpoken',
  'tlsWanted',
  'secretMissing',
  'authorityMissing',
  'notAskable',
])

export function isUnasked(word: string): boolean {
  return unasked.has(word)
}

export function isRetryable(word: FailureWord): boolean {
  return retryable[word]
}

export function succeed<T>(value: T): Answer<T> {
  return { ok: true, value }
}

export function fail(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure }
}

/**
 * A failure on its way up, and what the stream of an opened file breaks with. Its sentence holds the
 * failure and nothing else.
 */
export class FarSideFailure extends Error {
  override readonly name = 'FarSideFailure'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(`source ${failure.source}: ${failure.operation} failed: ${failure.word}`)
    this.failure = failure
  }
}
