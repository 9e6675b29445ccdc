/** Lists whose end, total or rows are not what they seem. */
import { documentsOf } from './document.ts'
import { type Face, pageOf, rowOf } from './face.ts'

const few = 5
const numbered =
  (first: number, n: number): Face['documents'] =>
  (ago) => {
    const document = documentsOf(ago)
    return Array.from({ length: n }, (_, at) =>
      document(first + at, String(first + at), { days: 1 }),
    )
  }
const capped = (pageSize: number) => Math.min(few, pageSize)
const oneLongAgo =
  (id: number): Face['documents'] =>
  (ago) => [documentsOf(ago)(id, String(id), { days: 19 })]

export const pageTotal: Face = {
  name: 'page-total',
  title: 'tổng chỉ đếm trang này / the total counts the rows of the page',
  documents: numbered(6020, 12),
  list(rows, { page, pageSize }) {
    const at = { page, pageSize: capped(pageSize) }
    return { json: pageOf(rows, at, pageOf(rows, at).data.length) }
  },
}

export const totalTooHigh: Face = {
  name: 'total-too-high',
  title: 'tổng đếm thừa một / the total counts one row more',
  documents: numbered(6060, 7),
  list: (rows, { page, pageSize }) => ({
    json: pageOf(rows, { page, pageSize: capped(pageSize) }, rows.length + 1),
  }),
  told: [{ kind: 'listShort' }],
}

export const lastPageAgain: Face = {
  name: 'last-page-again',
  title: 'quá trang cuối thì lặp trang cuối / beyond the last page the last page again',
  documents: numbered(6080, 7),
  list(rows, { page, pageSize }) {
    const size = capped(pageSize)
    const last = Math.max(1, Math.ceil(rows.length / size))
    return { json: pageOf(rows, { page: Math.min(page, last), pageSize: size }, null) }
  },
  profile: ({ list }) => {
    const { total: _, ...rest } = list
    return { list: rest }
  },
}

export const pageIgnored: Face = {
  name: 'page-ignored',
  title: 'không hiểu tham số trang / the page parameter is not known',
  documents: numbered(6100, 12),
  list: (rows, { pageSize }) => ({ json: pageOf(rows, { page: 1, pageSize: capped(pageSize) }) }),
  keptBack: [6105, 6106, 6107, 6108, 6109, 6110, 6111],
  told: [{ kind: 'sourceFailing', cause: 'pagesRepeat' }],
}

export const cappedRows: Face = {
  name: 'capped-rows',
  title: 'không có trang, số dòng bị cắt / no pages, and fewer rows than counted',
  documents: numbered(6120, 8),
  list: (rows) => ({ json: pageOf(rows, { page: 1, pageSize: few }) }),
  profile: ({ list }) => {
    const { params, ...rest } = list
    const { page: _, page_size: __, ...others } = params
    return { list: { ...rest, params: others } }
  },
  keptBack: [6125, 6126, 6127],
  told: [{ kind: 'sourceFailing', cause: 'listCapped' }],
}

export const noneAs204: Face = {
  name: 'none-as-204',
  title: 'không có văn bản thì trả 204 / no documents are said by 204',
  documents: oneLongAgo(5101),
  list: (rows, asked) => (rows.length === 0 ? { status: 204 } : { json: pageOf(rows, asked) }),
  profile: ({ list }) => ({ list: { ...list, none: [204] } }),
}

export const noneAsNull: Face = {
  name: 'none-as-null',
  title: 'không có văn bản thì trả null / no documents are said by null',
  documents: oneLongAgo(5301),
  list: (rows, asked) => ({
    json:
      rows.length === 0
        ? { success: true, data: null, pagination: { total: 0 } }
        : pageOf(rows, asked),
  }),
  profile: ({ list }) => ({ list: { ...list, none: [null] } }),
}

export const saidToBeEmpty: Face = {
  name: 'said-to-be-empty',
  title: 'đột nhiên báo không có gì / suddenly nothing is listed',
  documents: numbered(6140, 4),
  list: (rows, asked, { acted }) => ({ json: pageOf(acted ? [] : rows, asked) }),
  act() {},
  toldOfAct: [{ kind: 'sourceFailing', cause: 'listEmpty' }],
}

export const twiceListed: Face = {
  name: 'twice-listed',
  title: 'một văn bản hai dòng khác nhau / one document, two rows that differ',
  documents: numbered(6160, 3),
  list(rows, asked) {
    const more = rows.flatMap((row) =>
      row.id === 6160 ? [row, { ...row, recipients: 'Sở Tài chính' }] : [row],
    )
    return { json: pageOf(more, asked) }
  },
  told: [{ kind: 'contradiction' }],
  alsoTold: ['listShort'],
}

export const dottedNames: Face = {
  name: 'dotted-names',
  title: 'tên trường có dấu chấm / names of fields with dots',
  documents: numbered(760, 1),
  list: (rows, { page, pageSize }) => ({
    json: {
      '@odata.count': rows.length,
      value: rows.slice((page - 1) * pageSize, page * pageSize).map(rowOf),
    },
  }),
  profile: ({ list: { success: _, ...list } }) => ({
    list: { ...list, items: 'value', total: '@odata.count' },
  }),
}

export const heavy: Face = {
  name: 'heavy',
  title: 'trả lời quá lớn / answers that are too large',
  documents: () => [],
  list: () => ({ stream: (response) => pour(response, '{"success":true,"x":"', 'x') }),
  told: [{ kind: 'sourceFailing', cause: 'tooLarge' }],
}

export const endlessRows: Face = {
  name: 'endless-rows',
  title: 'hàng triệu dòng / millions of rows',
  documents: () => [],
  list: () => ({ stream: (response) => pour(response, '{"success":true,"data":[', '{},') }),
  told: [{ kind: 'sourceFailing', cause: 'tooLarge' }],
}

export const deep: Face = {
  name: 'deep',
  title: 'lồng hàng triệu tầng / millions of levels',
  documents: () => [],
  list: () => ({ stream: (response) => pour(response, '{"success":true,"data":', '[') }),
  told: [{ kind: 'sourceFailing', cause: 'malformed' }],
}

export const slow: Face = {
  name: 'slow',
  title: 'nhỏ giọt từng byte / a byte now and then',
  documents: () => [],
  list: () => ({
    stream(response) {
      const drops = setInterval(() => response.write(' '), 300)
      response.once('close', () => clearInterval(drops))
    },
  }),
  profile: ({ limits, retries }) => ({
    limits: { ...limits, answerTimeoutMs: 3000 },
    retries: { ...retries, times: 0 },
  }),
  told: [{ kind: 'sourceFailing', cause: 'timeout' }],
}

const pieceBytes = 262_144
const mostPieces = 400

/** Up to a hundred megabytes, as fast as they are taken. */
function pour(response: import('node:http').ServerResponse, head: string, text: string): void {
  const piece = Buffer.from(text.repeat(Math.ceil(pieceBytes / text.length)))
  response.write(head)
  let left = mostPieces
  const more = () => {
    while (left-- > 0 && !response.destroyed) if (!response.write(piece)) return
    if (!response.destroyed) response.end()
  }
  response.on('drain', more)
  more()
}
