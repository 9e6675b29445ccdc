/** What the history calls things, to a person. */
const words: Readonly<Record<string, string>> = {
  read: 'đọc từ nguồn / read at its source',
  deadlineComputed: 'tính thời hạn / deadline computed',
  staged: 'đã chuyển / staged',
  updated: 'đã cập nhật / updated',
  revised: 'nội dung đổi / revised',
  updateOrdered: 'nơi ban hành cập nhật / its issuer updated it',
  replaces: 'thay thế / replaces',
  replacedBy: 'bị thay thế / replaced',
  classified: 'phân loại / classified',
  classificationUndone: 'phải phân loại lại / to be classified anew',
  refused: 'từ chối / refused by the Office',
  assigned: 'giao / assigned',
  markedActAtOnce: 'thực hiện ngay / to be done at once',
  workBegun: 'bắt đầu xử lý / work begun',
  replied: 'trả lời / replied',
  returned: 'chuyển trả lại / returned',
  replyDelivered: 'nguồn đã nhận trả lời / reply delivered',
  replyRejected: 'nguồn từ chối trả lời / reply rejected',
  replyUnconfirmed: 'trả lời chưa rõ kết cục / reply unconfirmed',
  replySettled: 'xử lý trả lời bằng tay / reply settled',
  replyNotEligible: 'trả lời chưa đủ điều kiện / reply not eligible',
  notAdmitted: 'nội dung ghi chưa được nhận / entry not admitted',
  notAdmittedSettled: 'đã xử lý nội dung ghi chưa được nhận / entry not admitted, settled',
  statusWritten: 'trạng thái gửi nguồn / status for its source',
  acknowledgementWritten: 'xác nhận với nguồn / acknowledgement',
  statusReceived: 'nguồn báo trạng thái / status received',
  recalled: 'thu hồi / recalled',
  recallUndone: 'thôi thu hồi / recall undone',
  orderAnswered: 'Văn phòng trả lời yêu cầu / order answered',
  withheld: 'giữ lại / withheld',
  released: 'hiện lại / released',
  deadlineMoved: 'thời hạn đổi / deadline moved',
  stagingRetried: 'thử lại / retried',
  stagingDiscarded: 'thôi chuyển / staging discarded',
  storeWentBack: 'kho dữ liệu lùi lại / the store lost commits',
  storeAdopted: 'kho sao chép có mã riêng / a copied store became one of its own',
}

/** An event without words stands for itself. */
export function eventWords(event: string): string {
  return words[event] ?? event
}
