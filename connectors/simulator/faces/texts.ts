/** Texts, codes, names and dates as they come in reality. */
import { type Ago, announced, contentOf, documentsOf } from './document.ts'
import type { Face } from './face.ts'
import { pageOf } from './face.ts'

const many = (n: number, text: (n: number) => string) =>
  Array.from({ length: n }, (_, at) => text(at)).join(' ')

export const texts: Face = {
  name: 'texts',
  title: 'chữ không lưu được / texts that no column holds',
  documents(ago) {
    const document = documentsOf(ago)
    return [
      document(1, '1001'),
      document(2, '1002', { signer: 'Nguyễn\u0000 Văn An' }),
      document(3, '1003', { signer_position: 'Phó \udc00Chủ tịch' }),
      document(4, '1004', { signer: many(4000, () => 'Trần Văn Cường') }),
      document(5, '1005', { recipients: many(3000, (n) => `UBND xã ${n};`) }),
      document(6, '1006', { signer_position: 'Chủ tịch \u{1F600} \u202E' }),
      document(7, '1007', { subject: 'V/v rà soát\u0000 tiến độ' }),
      document(8, '1008', { content: 'Nội dung có nửa chữ \ud83d ở giữa' }),
      document(9, '1009', { symbol: `UBND-${many(1500, (n) => `K${n}`).replaceAll(' ', '')}` }),
    ]
  },
  list: (rows, asked) => ({ json: pageOf(rows, asked), escaped: true }),
  keptBack: [7, 8, 9],
  told: [{ kind: 'undecided', cause: 'unstorable' }],
}

export const codes: Face = {
  name: 'codes',
  title: 'số, ký hiệu viết nhiều cách / numbers and symbols in every spelling',
  documents(ago) {
    const document = documentsOf(ago)
    return [
      document(11, '12a'),
      document(12, '05bis'),
      document(13, '05 bis', { symbol: 'UBND-NC' }),
      document(14, '1.234'),
      document(15, '0023'),
      document(16, '1016', { notation: 'Số: 1016/UBND-KT' }),
      document(17, '1017', { notation: '1017-UBND-KT' }),
      document(18, '1018', { notation: '1018 / UBND–KT ' }),
      document(19, '1019', { notation: '1019／UBND-KT', number: 1019 }),
      document(20, '24', { symbol: '2026/QĐ-UBND', doc_type_name: 'Quyết định' }),
    ]
  },
}

export const fileNames: Face = {
  name: 'file-names',
  title: 'tên và mã tệp lạ / odd names and ids of files',
  documents(ago) {
    const document = documentsOf(ago)
    const long = `${many(30, () => 'Kế hoạch triển khai')}.pdf`
    return [
      document(31, '3001', { files: [announced('a', 'a/b\\c: kế hoạch 😀.pdf')] }),
      document(32, '3002', { files: [announced('b', long)] }),
      document(33, '3003', {
        files: [announced('c1', 'phu luc.pdf'), announced('c2', 'phu luc.pdf')],
      }),
      document(34, '3004', { files: [announced('empty', 'trang.pdf', 0)] }),
      document(35, '3005', { files: null }),
      document(36, '3006', { files: [announced('e', '..'), announced('f', 'CON')] }),
      document(37, '3007', { files: [announced('../../etc/passwd', 'x.pdf')] }),
      document(38, '3008', { files: [announced('g%2e', 'x.pdf'), announced('g/j', 'y.pdf')] }),
    ]
  },
  file: (id) => ({
    headers: { 'content-type': 'application/pdf' },
    body: contentOf(id, id === 'empty' ? 0 : undefined),
  }),
}

export const decomposed: Face = {
  name: 'decomposed',
  title: 'chữ tổ hợp rời (NFD) / letters in decomposed form',
  documents: (ago) => [documentsOf(ago)(770, '7700')],
  list: (rows, asked) => ({ json: pageOf(rows, asked), decomposed: true }),
  refused: [770],
  told: [{ kind: 'alert' }],
}

export const numberless: Face = {
  name: 'numberless',
  title: 'mọi dòng thiếu số / no row has a number where the profile looks',
  documents(ago) {
    const document = documentsOf(ago)
    return [781, 782, 783].map((id) => document(id, String(id), { number: null, notation: '' }))
  },
  refused: [781, 782, 783],
  told: [{ kind: 'alert' }],
}

/** A system that lists them whatever it is asked for. */
export const impossibleDates: Face = {
  name: 'impossible-dates',
  title: 'ngày ban hành không thể có / days of issue that cannot be',
  documents(ago) {
    const document = documentsOf(ago)
    return [document(791, '7901'), document(792, '7902', { urgent_id: 4, ...dated(ago, 180) })]
  },
  list: (_, asked, { documents }) => ({ json: pageOf(documents, asked) }),
  act(state, ago) {
    state.documents = state.documents.map((one) =>
      one.id === 791 ? { ...one, ...dated(ago, 36) } : one,
    )
  },
  told: [{ kind: 'doubtedDate' }],
}

/** So many years from now. */
function dated(ago: Ago, years: number): { publish_date: string } {
  return { publish_date: `${Number(ago(0).slice(0, 4)) + years}-11-27T09:00:00+07:00` }
}
