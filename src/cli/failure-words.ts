import type { Places } from '#connectors/connector.ts'

/** What a failure word of the store means to a person, and what to do about it. */
const sentences: Readonly<Record<string, string>> = {
  timeout:
    'nguồn không trả lời kịp; kiểm tra mạng và nguồn / the source did not answer in time: check the network and the source',
  unreachable:
    'không kết nối được nguồn; kiểm tra địa chỉ và mạng / the source cannot be reached: check its address and the network',
  noSuchHost:
    'không có máy chủ tên đó; kiểm tra baseUrl và DNS / there is no such host: check baseUrl and the DNS',
  connectionRefused:
    'máy chủ từ chối kết nối ở cổng đó; kiểm tra cổng trong baseUrl, tường lửa, và nguồn có đang chạy không / nothing takes connections at this port: check the port of baseUrl, the firewall, and whether the source runs',
  noRoute:
    'không có đường mạng tới nguồn; kiểm tra mạng và tường lửa / there is no route to the source: check the network and the firewall',
  certificateExpired:
    'chứng thư của nguồn đã hết hạn hoặc chưa có hiệu lực; báo đơn vị vận hành nguồn, kiểm tra đồng hồ máy này / the certificate of the source has expired or is not valid yet: tell its operators, and check the clock of this machine',
  certificateName:
    'chứng thư của nguồn cấp cho tên khác; sửa tên trong baseUrl hoặc báo đơn vị vận hành nguồn / the certificate of the source is for another name: correct the name in baseUrl, or tell its operators',
  certificateChain:
    'không kiểm được chứng thư của nguồn: thiếu chứng thư trung gian hoặc nơi cấp lạ; đặt tls.caFile hoặc báo đơn vị vận hành nguồn / the certificate of the source cannot be traced to an authority that is known here: set tls.caFile, or have its operators send the intermediate one',
  tlsRefused:
    'không thống nhất được TLS: phiên bản quá cũ hoặc nguồn đòi chứng thư của ta; báo đơn vị vận hành nguồn / no version of TLS could be agreed on, or it wants a certificate of ours: tell its operators',
  tlsNotSpoken:
    'địa chỉ ghi https nhưng cổng đó không nói TLS; sửa cổng trong baseUrl / the address says https, and what answers there is not TLS: correct the port of baseUrl',
  tlsWanted:
    'địa chỉ ghi http nhưng cổng đó nói TLS; ghi https trong baseUrl / the address says http, and TLS is spoken there: write https in baseUrl',
  secretMissing:
    'thiếu token hoặc mật khẩu của nguồn, hay không dùng được (không đọc được, rỗng, có khoảng trắng hoặc dấu); đặt lại, nguồn tự chạy tiếp khi tệp có mặt, còn biến môi trường thì khởi động lại dịch vụ / the token or secret of the source is missing or cannot be used (not readable, empty, with blanks or letters that are not ASCII): put it right; with a file the source goes on by itself, after a variable was set start the service again',
  authorityMissing:
    'tls.caFile không đọc được hoặc không phải chứng thư PEM; đặt lại tệp, nguồn tự chạy tiếp / tls.caFile cannot be read or holds no certificate in PEM: put the file right, the source goes on by itself',
  notAskable:
    'hồ sơ nguồn không lập được yêu cầu: giá trị không phải ASCII hoặc địa chỉ sai; chạy chidao check / the profile makes no request: a value is not ASCII, or the address is none: run chidao check',
  unavailable:
    'nguồn đang lỗi; báo đơn vị vận hành nguồn / the source answers with a server error: tell its operators',
  unauthorized:
    'nguồn từ chối tài khoản; kiểm tra auth / the source refused the credentials: check auth',
  malformed:
    'câu trả lời của nguồn không đọc được; kiểm tra nguồn hoặc hồ sơ nguồn / its answer cannot be read: check the source or its profile',
  tooLarge:
    'lớn hơn mức cho phép; "chidao files" nêu mức nào và vượt bao nhiêu / larger than allowed: "chidao files" names the limit, and by how much',
  pagesRepeat:
    'trang sau của danh sách lặp lại trang trước trong khi nguồn đếm nhiều hơn; nguồn không hiểu tham số trang, kiểm tra list.params / a further page repeats what came while the source counts more: it does not know the page parameter, check list.params',
  listCapped:
    'nguồn đếm nhiều hơn số dòng trong danh sách và hồ sơ không có tham số trang; thêm {page} vào list.params hoặc hỏi đơn vị vận hành nguồn / the source counts more rows than its list holds, and the profile has no page parameter: add {page} to list.params, or ask its operators',
  listEndless:
    'danh sách của nguồn không có điểm kết thúc; kiểm tra tham số trang và báo đơn vị vận hành nguồn / the list of the source does not end: check the page parameter and tell its operators',
  listEmpty:
    'nguồn trả danh sách rỗng cho những ngày đã có văn bản trong kho; báo đơn vị vận hành nguồn / the source lists nothing of days of which documents are known: tell its operators',
  listShort: 'nguồn đếm nhiều hơn số dòng đã liệt kê / the source counts more rows than it lists',
  notAnnounced:
    'tệp nhận được không phải tệp nguồn đã công bố, hoặc chưa chắc trọn vẹn; đang lấy lại, báo đơn vị vận hành nguồn / the file is not the one announced, or not certainly whole: it is asked for again, tell the operators of the source',
  datesDoubted:
    'nguồn ghi ngày ban hành đáng ngờ cho quá nhiều văn bản; quyết định những văn bản đang chờ bằng "chidao dates", hoặc sửa cách đọc ngày trong hồ sơ nguồn / its source dates too many documents in a way that cannot be believed: decide about those that wait, "chidao dates", or mend how the profile reads dates',
  nameGiven:
    'nguồn dùng mã của văn bản này cho văn bản khác nên không hỏi được; xin tệp của nơi gửi rồi nộp / its source calls another document by its id, so it cannot be asked for: ask its issuer, and hand it in',
  unstorable:
    'có chữ mà kho không lưu được (ký tự hỏng, hoặc số, ký hiệu, cơ quan dài quá mức); báo đơn vị vận hành nguồn sửa / a text that no store can hold, a broken character or a name far too long: ask the operators of the source to mend it',
  notFound: 'nguồn không còn văn bản hoặc tệp này / the source no longer has it',
  rejected: 'nguồn từ chối yêu cầu / the source refused the request',
  diskFull:
    'hết dung lượng đĩa; giải phóng đĩa, việc tự chạy lại / the disk is full: free some space, it goes on by itself',
  interrupted:
    'tiến trình dừng giữa chừng, tiến trình khác đã làm tiếp / its worker was gone, another took over',
  storeWentBack:
    'kho dữ liệu đã lùi lại nên chưa rõ đã gửi hay chưa; đang tìm ở nguồn trước / the store lost commits, so nobody knows whether it was sent: it is looked for at the source first',
  waitsForOther:
    'chờ một nguồn khác được đọc trước; xem sự cố của nguồn đó, hoặc không chờ nó (chidao waivers) / waits until another source has been read: mend that one, or waive it (chidao waivers)',
  ourMistake:
    'lỗi của chương trình; xem nhật ký và báo nhà phát triển / a mistake of ours: see the log and report it',
  noneFound:
    'không thấy ở nguồn; cần người xác nhận / not found at the source: somebody must settle it',
  severalFound:
    'thấy nhiều bản ở nguồn; cần người xác nhận / found more than once at the source: somebody must settle it',
  noLookUp:
    'không thể hỏi nguồn; xem tại phần mềm của nguồn rồi xác nhận, gửi lại có thể trùng / the source cannot be asked: look there yourself before you settle it, sending again may double it',
  conflict:
    'cùng mã văn bản nhưng nội dung khác, nguồn không nói là cập nhật; cần người quyết định / the same document id with another content and no word of an update: somebody must decide',
  waiting: 'tệp còn thiếu, đang lấy / still to be fetched',
  keyGone: 'khóa của văn bản không còn / the key of its directive is gone',
  fuse: 'chờ trả lời câu hỏi, xem chidao fuses / it waits for an answer, see chidao fuses',
  askAgain:
    'có văn bản vừa bị xóa hẳn; nguồn được hỏi lại trước khi chuyển vào kho / something was purged meanwhile: the source is asked again first',
  revoke: 'thông điệp thu hồi chờ xử lý / a message that recalls waits to be handled',
  update: 'thông điệp cập nhật chờ xử lý / a message that updates waits to be handled',
  replace: 'thông điệp thay thế chờ xử lý / a message that replaces waits to be handled',
  status: 'thông điệp trạng thái chờ xử lý / a status message waits to be handled',
  unclear:
    'thông điệp không nói rõ loại nghiệp vụ; cần người quyết định / it does not say what it orders: somebody must decide',
  superseded: 'đã có lượt đọc khác thay thế / another reading took its place',
}

/** The word with its sentence, and which variable or file it is about; an unknown word stands for itself. */
export function explainFailure(word: string | null | undefined, places: Places = {}): string {
  if (!word) return '–'
  const place = places[word] ? ` (${places[word]})` : ''
  return sentences[word] ? `${word}${place}: ${sentences[word]}` : word
}
