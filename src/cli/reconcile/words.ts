import type { WhyAbsent } from '../../domain/reconciling.ts'
import type { Unreadable } from './register.ts'

/** In the order in which a person looks at them. */
export const absentWords: Readonly<Record<WhyAbsent, string>> = {
  neverListed: 'nguồn chưa từng liệt kê: kiểm tra ở nguồn / the source never listed it: look there',
  notReadYet:
    'ngày này chưa đọc hết: chờ, hoặc resync / this day is not read to its end: wait, or resync',
  mayWait: 'có thể đang chờ chuyển: chidao failed list / may be among what waits to be staged',
  mayBeUndecided:
    'có thể trong số mục chưa đọc được của ngày này: chidao attention list --kind undecided / may be among what could not be read of this day',
  notListedOrNotShown:
    'nguồn không liệt kê, hoặc không được hiển thị (chưa đủ điều kiện, đang giữ lại, đã xóa): không phân biệt ở đây / not listed, or not to be shown (not eligible, withheld, purged): not told apart here',
  typeOutOfScope: 'loại văn bản ngoài phạm vi của hồ sơ nguồn / a type outside the profile’s scope',
  beforeImport: 'ban hành trước importFrom / issued before importFrom',
}

export const unreadableWords: Readonly<Record<Unreadable, string>> = {
  noNumber: 'không có số / no number',
  noSymbol:
    'không có ký hiệu, hoặc số và ký hiệu không đọc được / no symbol, or a code that cannot be read',
  codeIsDate:
    'Excel đã đổi số/ký hiệu thành ngày: sửa ô, định dạng Text / Excel made a date of the code: correct the cell, format Text',
  noDate: 'không có ngày / no date',
  dateUnreadable:
    'ngày không đọc được: viết dd/MM/yyyy / a date that cannot be read: write dd/MM/yyyy',
}
