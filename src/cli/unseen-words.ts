import type { Unseen } from '../domain/refused-by.ts'

/** How a value differs from a literal of the profile although both look alike. */
export const unseenWords: Readonly<Record<Unseen, string>> = {
  type: 'chỉ khác kiểu, như 1 và "1" / differs only in type, as 1 and "1" do',
  blanks:
    'chỉ khác khoảng trắng hoặc ký tự không hiện / differs only in blanks or signs that do not show',
  capitals: 'chỉ khác chữ hoa, chữ thường / differs only in capitals',
}
