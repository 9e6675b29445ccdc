import type { DocumentMessage, OtherInfo, StatusMessage } from './message.ts'

/** What a document to be sent says; a message that was read can be written again. */
export type DocumentDraft = Omit<
  DocumentMessage,
  'kind' | 'dialect' | 'files' | 'unknownElements' | 'other'
> & { readonly other: Omit<OtherInfo, 'urgency'> | null }

export type StatusDraft = Omit<StatusMessage, 'kind' | 'dialect' | 'unknownElements'>

export interface FileDraft {
  /** The ContentId; the same at every writing of the same file, so that the message is the same too. */
  readonly id: string
  /** The extension decides how it travels. */
  readonly name: string
  readonly description: string | null
  readonly mimeType?: string | null
  readonly fieldName?: string | null
  readonly format?: string | null
  open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>
}
