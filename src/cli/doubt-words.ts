/** Why a day of issue waits for a person, with both values; Vietnamese first. */
export function explainDoubt(doubt: string, detail: Readonly<Record<string, unknown>>): string {
  const { issuedOn, deadlineDate, otherDeadline } = detail
  const runs = `tạm tính hạn ${deadlineDate}`
  const inEnglish = `the deadline ${deadlineDate} runs`
  switch (doubt) {
    case 'issuedAhead':
      return `nguồn ghi ngày ban hành ${issuedOn}, còn ở phía trước (Phật lịch? ngày và tháng đổi chỗ?); ${runs}; xem văn bản rồi chấp nhận hoặc giữ hạn / its source dates it ${issuedOn}, days ahead: ${inEnglish}; look at it, then accept the date or keep the deadline`
    case 'issuedLongBefore':
      return `nguồn ghi ngày ban hành ${issuedOn}, trước ngày bắt đầu lấy văn bản hơn một năm; ${runs}; xem văn bản rồi chấp nhận hoặc giữ hạn / its source dates it ${issuedOn}, more than a year before importFrom: ${inEnglish}; look at it, then accept the date or keep the deadline`
    default:
      return `nguồn sửa ngày ban hành thành ${issuedOn}, hạn sẽ đổi hơn ba mươi ngày; ${runs}, hạn kia là ${otherDeadline}; xem văn bản rồi chấp nhận hoặc giữ hạn / its source changed it to ${issuedOn}, which moves the deadline by more than thirty days: ${inEnglish}, the other one is ${otherDeadline}; look at it, then accept the date or keep the deadline`
  }
}
