import type { Side, WhyTwo } from '../store/may-be-same.ts'

export const whyTwo: Readonly<Record<WhyTwo, string>> = {
  days: 'ngày ban hành lệch hơn một ngày / dated more than a day apart',
  subjects: 'trích yếu không có từ nào chung / their subjects share no word',
  tasks: 'cả hai đều đã giao nhiệm vụ / both carry tasks',
  stored: 'cùng một văn bản, đang lưu thành hai / one document, stored as two',
}

export function sideOf({ source, code, issuer, issuedOn, tasks }: Side): string {
  const given = tasks === 0 ? '' : `, ${tasks} nhiệm vụ / tasks`
  return `${source} ${code}, ${issuer}, ${issuedOn}${given}`
}
