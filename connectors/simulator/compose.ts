/** A numbered sketch becomes a document: its row, its summary, its files, and its canaries if it must not pass. */
import { localDateOf } from '#src/domain/local-date.ts'
import type { Canary } from './canary.ts'
import { type Row, type SimulatedDocument, secretNames } from './document.ts'
import type { Draw } from './draw.ts'
import type { Printed } from './numbering.ts'
import {
  concernedBy,
  fileCount,
  fileNamesFor,
  fileOf,
  receiversFor,
  scanSize,
  summaryFor,
} from './paper.ts'
import type { Sketch } from './sketch.ts'

const urgencyNames = {
  1: 'Thường',
  2: 'Khẩn',
  3: 'Thượng khẩn',
  4: 'Hỏa tốc',
  5: 'Hỏa tốc hẹn giờ',
} as const

type Numbered = Sketch & { readonly printed: Printed }

export function finished(of: {
  readonly sketch: Numbered
  readonly canary: Canary | null
  readonly id: number
  fileId(file: number): number
  readonly salt: string
  readonly draw: Draw
}): SimulatedDocument {
  const { sketch, canary, id, draw } = of
  const { way, issuedOn } = sketch
  const howMany = canary ? Math.max(1, fileCount(draw)) : fileCount(draw)
  const concerned = concernedBy(sketch.wording.subject, draw)
  const receivers = receiversFor(concerned, draw)
  const row = { ...rowOf({ ...sketch, receivers }, canary, id, draw), attachment_count: howMany }

  const written =
    summaryFor(concerned, issuedOn, draw) + (canary ? ` Mã hồ sơ: ${canary.in('summary')}.` : '')
  const content = way?.summary?.(written) ?? written
  const files = fileNamesFor(row, sketch.printed.notation, draw, howMany).map((plain, at) => {
    const named = canary ? `${plain} ${canary.in('fileName')}` : plain
    const marked = at === 0 ? (way?.fileName?.(named) ?? named) : named
    const scanBytes = scanSize(draw)
    const file = { id: of.fileId(at), name: `${marked}.pdf`, row, summary: content }
    return fileOf({ ...file, scanBytes, canary })
  })
  return {
    id,
    expected: canary ? 'notEligible' : 'eligible',
    fate: sketch.fate,
    way: way?.name ?? null,
    createdAt: sketch.createdAt,
    releasedAt: sketch.releasedAt,
    issuedOn,
    row,
    content,
    files,
    canaries: canary ? [canary.stem, String(id), ...files.map((file) => String(file.id))] : [],
    salt: of.salt,
    changes: [],
  }
}

function rowOf(
  {
    wording,
    printed,
    way,
    urgency,
    fate,
    issuedOn,
    releasedAt,
    receivers,
  }: Numbered & { receivers: readonly string[] },
  canary: Canary | null,
  id: number,
  draw: Draw,
): Row {
  const tagged = (text: string, place: Parameters<Canary['in']>[0]) =>
    canary ? `${text} ${canary.in(place)}` : text
  const subject = wording.subject.replace('\0', canary?.in('subject') ?? '')
  // Departments and schemes of numbering put dots in symbols too, so the canary looks like a drafting group.
  const notation = canary ? `${printed.notation}.${canary.in('symbol')}` : printed.notation
  const foreign = fate === 'outOfScope' && wording.typeCode === 'CV'
  const row: Row = {
    id,
    number: printed.number,
    notation: way?.symbol?.(notation) ?? notation,
    abstract: way?.subject?.(subject) ?? subject,
    publish_date: `${issuedOn}T00:00:00+07:00`,
    sign_date: vietnamTime(new Date(startOf(issuedOn, releasedAt) - draw.int(10, 900) * 60_000)),
    signer: tagged(wording.signer.name, 'signer'),
    signer_position: tagged(wording.signer.position, 'position'),
    doc_type_code: wording.typeCode,
    doc_type_name: wording.typeName,
    // An issuer inside the scope must stay what it is, or the document would be refused for its issuer.
    issuer_name: foreign ? tagged(wording.issuer, 'issuer') : wording.issuer,
    secret_id: 1,
    secret_name: secretNames[1],
    urgent_id: urgency,
    urgent_name: urgencyNames[urgency],
    approved: true,
    is_released: true,
    register_code: 'VBDI',
    distribution_type: 1,
    envelope_code: null,
    recipients: [...receivers, ...(canary ? [`Tổ công tác ${canary.in('recipient')}`] : [])].join(
      '; ',
    ),
    attachment_count: 0,
    previous_outgoing_doc_id: null,
    ...way?.fields,
  }
  return Object.fromEntries(
    Object.entries(row).filter(([field]) => !way?.without?.includes(field as keyof Row)),
  ) as unknown as Row
}

/** Signed before it was released, and never after the date it bears. */
function startOf(issuedOn: string, releasedAt: Date): number {
  const endOfOffice = Date.parse(`${issuedOn}T17:00:00+07:00`)
  return Math.min(releasedAt.getTime(), endOfOffice)
}

function vietnamTime(instant: Date): string {
  const clock = new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(11, 19)
  return `${localDateOf(instant)}T${clock}+07:00`
}
