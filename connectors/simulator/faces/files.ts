/** Files that are not the announced ones, and credentials that change. */
import { gzipSync } from 'node:zlib'
import { announced, contentOf, documentsOf } from './document.ts'
import type { Face } from './face.ts'

const login = Buffer.from(
  `<!DOCTYPE html><html><title>Đăng nhập</title><form action="/dang-nhap">${'x'.repeat(300)}</form></html>`,
)

export const loginPage: Face = {
  name: 'login-page',
  title: 'trang đăng nhập thay cho tệp / a login page instead of a file',
  documents: (ago) => [
    documentsOf(ago)(703, '7003', { files: [announced('lo', 'ke-hoach.pdf', 3000)] }),
  ],
  file: () => ({ headers: { 'content-type': 'application/octet-stream' }, body: login }),
  absentFiles: ['lo'],
  told: [{ kind: 'fileMissing' }],
}

export const cutFiles: Face = {
  name: 'cut-files',
  title: 'tệp bị cắt cụt mà không báo / files cut short without a word',
  documents: (ago) => [
    documentsOf(ago)(704, '7004', { files: [announced('half', 'nua.pdf')] }),
    documentsOf(ago)(705, '7005', { files: [announced('packed', 'nen.pdf')] }),
    documentsOf(ago)(706, '7006', { files: [announced('bigger', 'lon.pdf', 123_456)] }),
  ],
  file(id) {
    const body = contentOf(id)
    if (id === 'half') return { headers: {}, body: body.subarray(0, 900) }
    const packed = gzipSync(body)
    return id === 'packed'
      ? { headers: { 'content-encoding': 'gzip' }, body: packed.subarray(0, packed.length - 8) }
      : { headers: {}, body }
  },
  absentFiles: ['half', 'packed', 'bigger'],
  told: [{ kind: 'fileMissing' }],
}

export const otherType: Face = {
  name: 'other-type',
  title: 'PDF dưới kiểu nội dung khác / a PDF under another type',
  documents: (ago) => [documentsOf(ago)(780, '7800')],
  file: (id) => ({ headers: { 'content-type': 'application/json' }, body: contentOf(id) }),
}

/** Whoever has taken the file before has what was there then. */
export const replacedFile: Face = {
  name: 'replaced-file',
  title: 'tệp bị thay, dòng không đổi / a file replaced under the same row',
  documents: (ago) => [documentsOf(ago)(710, '7100', { files: [announced('ar', 'phu-luc.pdf')] })],
  act({ files }) {
    files.set('ar', contentOf('ar again'))
  },
}

export const reusedId: Face = {
  name: 'reused-id',
  title: 'mã được dùng lại cho văn bản khác / an id given to another document',
  documents: (ago) => [documentsOf(ago)(720, '7200', { subject: 'V/v phòng chống lụt bão' })],
  act(state, ago) {
    state.documents = [
      documentsOf(ago)(720, '7777', {
        days: 1,
        subject: 'V/v chuẩn bị tổng kết phong trào thi đua',
      }),
    ]
  },
  toldOfAct: [{ kind: 'nameGiven' }],
}

export const datedBack: Face = {
  name: 'dated-back',
  title: 'phát hành chậm, ngày cũ / released late under an old date',
  documents: (ago) => [documentsOf(ago)(730, '7300')],
  act(state, ago) {
    state.documents.push(documentsOf(ago)(731, '7351', { days: 21 }))
  },
  // At the daily reading.
  alsoTold: ['releasedLate', 'foundLate'],
}

export const otherToken: Face = {
  name: 'other-token',
  title: 'đổi mã truy cập / another token',
  documents: (ago) => [documentsOf(ago)(750, '7500')],
  act(state, ago) {
    state.token = 'token-hai'
    state.documents.push(documentsOf(ago)(751, '7501', { days: 1 }))
  },
}
