import type { LocalDate } from '#src/domain/local-date.ts'

/** A row of the list and, with its files, a detail, in the shape of the example profile. */
export interface FaceDocument {
  readonly id: number
  readonly publish_date: string
  readonly attachments: readonly FaceFile[] | null
  readonly [field: string]: unknown
}

export interface FaceFile {
  readonly id: string
  readonly file_name: string
  readonly mime_type: string
  readonly file_size: number
}

/** The date so many days ago, on the day that it is there. */
export type Ago = (days: number) => LocalDate

export function documentsOf(ago: Ago) {
  return function document(
    id: number,
    number: string,
    {
      symbol = 'UBND-KT',
      days = 2,
      subject = 'V/v rà soát tiến độ giải ngân vốn đầu tư công',
      files = [announced(`${id}-1`, 'cong-van.pdf')],
      ...more
    }: {
      symbol?: string
      days?: number
      subject?: string
      files?: readonly FaceFile[] | null
      [field: string]: unknown
    } = {},
  ): FaceDocument {
    return {
      id,
      number,
      notation: `${number}/${symbol}`,
      abstract: subject,
      content: null,
      publish_date: `${ago(days)}T09:00:00+07:00`,
      issuer_name: 'UBND tỉnh Quảng Trị',
      doc_type_name: 'Công văn',
      signer: 'Trần Thị Bình',
      signer_position: 'Phó Chủ tịch',
      recipients: 'Các sở, ban, ngành; UBND các xã, phường',
      secret_id: 1,
      secret_name: 'Thường',
      register_code: 'VBDI',
      distribution_type: 1,
      envelope_code: null,
      is_released: true,
      approved: true,
      urgent_id: 1,
      previous_outgoing_doc_id: null,
      attachments: files,
      ...more,
    }
  }
}

const usualSize = 2400

export function announced(id: string, name: string, size = usualSize): FaceFile {
  return { id, file_name: name, mime_type: 'application/pdf', file_size: size }
}

/** What stands in a file, told from every other by its id. */
export function contentOf(id: string, size = usualSize): Buffer {
  return Buffer.concat([Buffer.from(`%PDF-1.7\n% ${id}\n`), Buffer.alloc(size, 'x')]).subarray(
    0,
    size,
  )
}
