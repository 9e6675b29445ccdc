/** What was written, and why it is not in the store; of what it said nothing is left to tell. */
export function explainNotAdmitted(act: string, cause: string): string {
  return `${acts[act] ?? act}: ${causes[cause] ?? cause}`
}

const acts: Readonly<Record<string, string>> = {
  classify: 'phân loại / classification',
  refuse: 'từ chối / refusal',
  actAtOnce: 'thực hiện ngay / to be done at once',
  beginWork: 'bắt đầu xử lý / begin of work',
  reply: 'trả lời / reply',
  returnToOffice: 'chuyển trả lại / return to the Office',
  answerOrder: 'trả lời cơ quan ban hành / answer to the issuer',
  status: 'trạng thái gửi nguồn / status for its source',
}

const causes: Readonly<Record<string, string>> = {
  notEligible:
    'chưa đủ điều kiện ghi vào hệ thống, không giữ lại gì; đơn vị ghi lại, hoặc báo cáo bằng hình thức khác / not eligible, nothing of it was kept: write it anew, or report it by other means',
  notShown:
    'lúc nhận thì văn bản hoặc phân công không còn hiện; xem lại rồi ghi lại / its directive or assignment was not shown any more: look, and write it anew',
  recalled:
    'văn bản đã được thu hồi trước khi nhận / its directive was recalled before it was taken in',
  notReadable:
    'nội dung không dùng được lúc nhận; ghi lại / it could not be used when it was taken in: write it anew',
  alreadyDone:
    'người khác đã phân loại, từ chối hoặc trả lời trước / somebody else had classified, refused or answered before',
  ourMistake:
    'lỗi của chương trình, vẫn được thử lại; xem nhật ký và báo nhà phát triển / a mistake of ours, still tried again: see the log and report it',
}
