/** The bytes of a message about a document of the register: the same every time they are asked for. */
import type { DocumentDraft, FileDraft } from '#src/edxml/draft.ts'
import { writeDocument } from '#src/edxml/writer.ts'
import type { AxisOffice } from '../axis-offices.ts'
import { canaryOf } from '../canary.ts'
import { type Row, rowAt, type SimulatedDocument } from '../document.ts'
import { hash } from '../draw.ts'
import { pdf } from '../pdf.ts'
import { draftOf } from './draft.ts'
import { type Form, formFor } from './forms.ts'
import { type AxisWay, axisWayOf } from './ways.ts'

export interface Writing {
  readonly document: SimulatedDocument
  readonly self: AxisOffice
  /** Of what the message says, and its hop on the axis. */
  readonly at: Date
  /** Share of new documents with a drawing that makes the message larger than 4 MiB. */
  readonly largeShare: number
}

/** What the change makes of a new document; `null` leaves it one. */
export type Ordering = ((draft: DocumentDraft, row: Row) => DocumentDraft) | null

export async function messageOf(writing: Writing, ordering: Ordering): Promise<Buffer> {
  const { document, self, at } = writing
  const row = rowAt(document, at) ?? document.row
  const way = axisWayOf(document)
  const form = formFor(document.salt, ordering !== null || (way?.needsBussiness ?? false))
  const plain = draftOf(document, row, self, at)
  const order = ordering?.(plain, row) ?? plain
  const marked = way?.draft?.(order) ?? order
  const draft = form.draft?.(marked) ?? marked
  const isRecall = draft.business.kind === 'revoke'
  const files = isRecall ? [] : filesOf(writing, way, form)
  const chunks: Buffer[] = []
  for await (const chunk of writeDocument(draft, files)) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (!way?.xml && !form.xml) return bytes
  const text = bytes.toString('utf8')
  const told = way?.xml?.(text) ?? text
  return Buffer.from(form.xml?.(told) ?? told)
}

function filesOf(writing: Writing, way: AxisWay | null, form: Form): FileDraft[] {
  const { document } = writing
  const [stem] = document.canaries
  const description = stem ? `Toàn văn ${canaryOf(stem).in('description')}` : null
  const drafts = document.files.map((file, at) => ({
    id: String(file.id),
    name: file.name,
    description: at === 0 ? (way?.fileDescription ?? description) : description,
    open: () => once(file.content()),
  }))
  const drawing = isLarge(writing) ? [largeDrawing(document)] : []
  return [...drafts, ...drawing].map((file) => form.file?.(file) ?? file)
}

function isLarge({ document, largeShare }: Omit<Writing, 'self' | 'at'>): boolean {
  return hash(`${document.salt} large`) / 4_294_967_296 < largeShare
}

/** A scan whose bytes alone are more than what is read in one go. */
function largeDrawing({ salt, canaries }: SimulatedDocument): FileDraft {
  const [stem] = canaries
  const canary = stem ? canaryOf(stem) : null
  const size = 4_300_000 + (hash(`${salt} drawing`) % 900_000)
  return {
    id: `${hash(`${salt} drawing id`)}`,
    name: canary ? `Bản vẽ kèm theo ${canary.in('fileName')}.pdf` : 'Bản vẽ kèm theo.pdf',
    description: null,
    open: () => once(pdf(['Bản vẽ kèm theo', canary?.in('fileContent') ?? ''], size)),
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
