import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Ago, FaceDocument } from './document.ts'

export interface FaceState {
  documents: FaceDocument[]
  /** What it has ever listed: what was taken once stays, whatever comes under its id later. */
  readonly ever: FaceDocument[]
  /** Instead of the content that follows from a file's id. */
  readonly files: Map<string, Buffer>
  token: string
  acted: boolean
}

export interface PageAsked {
  readonly page: number
  readonly pageSize: number
  readonly from: string
  readonly until: string
}

/** A value is said as JSON with status 200. */
export type Said =
  | { readonly json: unknown; readonly escaped?: boolean; readonly decomposed?: boolean }
  | { readonly status: number }
  | { readonly stream: (response: ServerResponse) => void }

/** What names a trouble among what waits for a person: an item of this kind and, where it is given, for this cause. */
export interface Told {
  readonly kind: string
  readonly cause?: string
}

/** As much of the example's profile as a face says otherwise. */
export interface UsualProfile {
  readonly list: {
    readonly params: Readonly<Record<string, string>>
    readonly total?: string | undefined
    readonly success?: unknown
  }
  readonly limits: object
  readonly retries: object
}

/** A document-management system with one trouble. */
export interface Face {
  readonly name: string
  /** The trouble, in both languages. */
  readonly title: string
  documents(ago: Ago): FaceDocument[]
  /** Of the rows inside the window; without it a page of them with their right total. */
  list?(rows: readonly FaceDocument[], asked: PageAsked, state: FaceState): Said
  file?(
    id: string,
    state: FaceState,
  ): { readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  /** What happens there once everything before was taken. */
  act?(state: FaceState, ago: Ago): void
  /** What its profile says otherwise than the example's. */
  profile?: (usual: UsualProfile) => Record<string, unknown>
  /** Documents that nobody could store or believe: they are known and named, and not shown. */
  readonly keptBack?: readonly number[]
  /** Documents that are not eligible as they stand, so that complete says nothing of them. */
  readonly refused?: readonly number[]
  /** Files of which nothing can be stored that was announced. */
  readonly absentFiles?: readonly string[]
  /** By what the operator is told, of what is so from the beginning and of what the act does; nothing where it mends itself. */
  readonly told?: readonly Told[]
  readonly toldOfAct?: readonly Told[]
  /** Kinds of items that truly say more of it, whenever they come. */
  readonly alsoTold?: readonly string[]
}

/** A page of rows in the shape of the example profile. */
export function pageOf(
  rows: readonly FaceDocument[],
  { page, pageSize }: Pick<PageAsked, 'page' | 'pageSize'>,
  total: number | null = rows.length,
) {
  const data = rows.slice((page - 1) * pageSize, page * pageSize).map(rowOf)
  return {
    success: true,
    data,
    ...(total === null ? {} : { pagination: { total, page, pageSize } }),
  }
}

export function rowOf({ attachments: _, ...row }: FaceDocument) {
  return row
}
