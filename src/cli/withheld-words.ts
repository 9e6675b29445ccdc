import type { Because } from '../store/reasons.ts'

/** Nothing here says what a directive is about, nor that it is secret. */
export const withheldBecause: Readonly<Record<Because, string>> = {
  secret: 'chưa đủ điều kiện đồng bộ, sẽ được xóa / not eligible, will be purged',
  otherSecret:
    'chưa đủ điều kiện đồng bộ, cần người đối chiếu với nguồn / not eligible, a person compares it with its source',
  takenAlong:
    'giữ theo văn bản trùng số, ký hiệu, ngày ban hành lệch không quá một ngày / withheld along with one of its number dated within a day of it',
  doubtful: 'chưa đủ điều kiện đồng bộ / not eligible any more',
  vanished: 'nguồn không còn / its source no longer has it',
  byHand: 'người có thẩm quyền yêu cầu / a person said so',
  restored: 'kho dữ liệu đã lùi lại, khóa cũng vậy / the store lost commits, and so did the keys',
  purgeLost:
    'đã xóa hẳn, nhưng kho lùi lại trước lúc xóa; xóa lại / was purged, and the store lost the purge: purge it again',
}
