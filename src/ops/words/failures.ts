import { both } from './both.ts'

/** What a failure word of the store means to a person, and what to do about it. */
export const failures = both(
  {
    timeout: 'Nguồn không trả lời kịp; kiểm tra mạng và nguồn.',
    unreachable: 'Không kết nối được nguồn; kiểm tra địa chỉ và mạng.',
    noSuchHost: 'Không có máy chủ tên đó; kiểm tra baseUrl và DNS.',
    connectionRefused:
      'Máy chủ từ chối kết nối ở cổng đó; kiểm tra cổng trong baseUrl, tường lửa, và nguồn có đang chạy không.',
    noRoute: 'Không có đường mạng tới nguồn; kiểm tra mạng và tường lửa.',
    certificateExpired:
      'Chứng thư của nguồn đã hết hạn hoặc chưa có hiệu lực; báo đơn vị vận hành nguồn, kiểm tra đồng hồ máy này.',
    certificateName:
      'Chứng thư của nguồn cấp cho tên khác; sửa tên trong baseUrl hoặc báo đơn vị vận hành nguồn.',
    certificateChain:
      'Không kiểm được chứng thư của nguồn: thiếu chứng thư trung gian hoặc nơi cấp lạ; đặt tls.caFile hoặc báo đơn vị vận hành nguồn.',
    tlsRefused:
      'Không thống nhất được TLS: phiên bản quá cũ hoặc nguồn đòi chứng thư của ta; báo đơn vị vận hành nguồn.',
    tlsNotSpoken: 'Địa chỉ ghi https nhưng cổng đó không nói TLS; sửa cổng trong baseUrl.',
    tlsWanted: 'Địa chỉ ghi http nhưng cổng đó nói TLS; ghi https trong baseUrl.',
    secretMissing:
      'Thiếu token hoặc mật khẩu của nguồn, hay không dùng được (không đọc được, rỗng, có khoảng trắng hoặc dấu); đặt lại, nguồn tự chạy tiếp khi tệp có mặt, còn biến môi trường thì khởi động lại dịch vụ.',
    authorityMissing:
      'Tls.caFile không đọc được hoặc không phải chứng thư PEM; đặt lại tệp, nguồn tự chạy tiếp.',
    notAskable:
      'Hồ sơ nguồn không lập được yêu cầu: giá trị không phải ASCII hoặc địa chỉ sai; chạy chidao check.',
    unavailable: 'Nguồn đang lỗi; báo đơn vị vận hành nguồn.',
    unauthorized: 'Nguồn từ chối tài khoản; kiểm tra cấu hình đăng nhập của nguồn.',
    malformed: 'Câu trả lời của nguồn không đọc được; kiểm tra nguồn hoặc hồ sơ nguồn.',
    tooLarge: 'Lớn hơn mức cho phép; "chidao files" nêu mức nào và vượt bao nhiêu.',
    pagesRepeat:
      'Trang sau của danh sách lặp lại trang trước trong khi nguồn đếm nhiều hơn; nguồn không hiểu tham số trang.',
    listCapped: 'Nguồn đếm nhiều hơn số dòng trong danh sách và hồ sơ không có tham số trang.',
    listEndless: 'Danh sách của nguồn không có điểm kết thúc; kiểm tra tham số trang.',
    listEmpty: 'Nguồn trả danh sách rỗng cho những ngày đã có văn bản trong kho.',
    listShort: 'Nguồn đếm nhiều hơn số dòng đã liệt kê; hỏi đơn vị vận hành nguồn số nào đúng.',
    notAnnounced:
      'Tệp nhận được không phải tệp nguồn đã công bố, hoặc chưa chắc trọn vẹn; đang lấy lại.',
    waiting: 'Tệp đang được lấy.',
    keyGone: 'Khóa của văn bản không còn.',
    datesDoubted:
      'Nguồn ghi ngày ban hành đáng ngờ cho quá nhiều văn bản; quyết định những văn bản đang chờ bằng "chidao dates", hoặc sửa cách đọc ngày trong hồ sơ nguồn.',
    nameGiven:
      'Nguồn dùng mã của văn bản này cho văn bản khác nên không hỏi được; xin tệp của nơi gửi rồi nộp.',
    unstorable:
      'Có chữ mà kho không lưu được: ký tự hỏng, hoặc số, ký hiệu, cơ quan dài quá mức; báo đơn vị vận hành nguồn sửa.',
    notFound: 'Nguồn không còn văn bản hoặc tệp này.',
    rejected: 'Nguồn từ chối yêu cầu.',
    diskFull: 'Hết dung lượng đĩa; giải phóng đĩa, việc tự chạy lại.',
    interrupted: 'Tiến trình dừng giữa chừng, tiến trình khác đã làm tiếp.',
    storeWentBack: 'Kho dữ liệu đã lùi lại, chưa rõ đã gửi hay chưa; đang tìm ở nguồn trước.',
    waitsForOther:
      'Chờ một nguồn khác được đọc trước; xem sự cố của nguồn đó, hoặc không chờ nó: chidao waivers.',
    ourMistake: 'Lỗi của chương trình; xem nhật ký và báo nhà phát triển.',
    noneFound: 'Không thấy ở nguồn; cần người xác nhận.',
    severalFound: 'Thấy nhiều bản ở nguồn; cần người xác nhận.',
    noLookUp: 'Không thể hỏi nguồn: xem tại phần mềm của nguồn rồi xác nhận; gửi lại có thể trùng.',
    conflict:
      'Cùng mã văn bản nhưng nội dung khác, nguồn không nói là cập nhật; cần người quyết định.',
    revoke: 'Thông điệp thu hồi chờ xử lý.',
    update: 'Thông điệp cập nhật chờ xử lý.',
    replace: 'Thông điệp thay thế chờ xử lý.',
    status: 'Thông điệp trạng thái chờ xử lý.',
    unclear: 'Thông điệp không nói rõ loại nghiệp vụ; cần người quyết định.',
    superseded: 'Đã có lượt đọc khác thay thế.',
    stopped: 'Đã được dừng.',
    unconfirmed: 'Câu trả lời bị mất, chưa rõ nguồn đã nhận hay chưa.',
    vanished: 'Không còn ở nguồn.',
  },
  {
    timeout: 'The source did not answer in time: check the network and the source.',
    unreachable: 'The source cannot be reached: check its address and the network.',
    noSuchHost: 'There is no such host: check baseUrl and the DNS.',
    connectionRefused:
      'Nothing takes connections at this port: check the port of baseUrl, the firewall, and whether the source runs.',
    noRoute: 'There is no route to the source: check the network and the firewall.',
    certificateExpired:
      'The certificate of the source has expired or is not valid yet: tell its operators, and check the clock of this machine.',
    certificateName:
      'The certificate of the source is for another name: correct the name in baseUrl, or tell its operators.',
    certificateChain:
      'The certificate of the source cannot be traced to an authority that is known here: set tls.caFile, or have its operators send the intermediate one.',
    tlsRefused:
      'No version of TLS could be agreed on, or it wants a certificate of ours: tell its operators.',
    tlsNotSpoken:
      'The address says https, and what answers there is not TLS: correct the port of baseUrl.',
    tlsWanted: 'The address says http, and TLS is spoken there: write https in baseUrl.',
    secretMissing:
      'The token or secret of the source is missing or cannot be used (not readable, empty, with blanks or letters that are not ASCII): put it right; with a file the source goes on by itself, after a variable was set start the service again.',
    authorityMissing:
      'Tls.caFile cannot be read or holds no certificate in PEM: put the file right, the source goes on by itself.',
    notAskable:
      'The profile makes no request: a value is not ASCII, or the address is none: run chidao check.',
    unavailable: 'The source answers with a server error: tell its operators.',
    unauthorized: 'The source refused the credentials: check how the service logs in there.',
    malformed: 'Its answer cannot be read: check the source or its profile.',
    tooLarge: 'Larger than allowed: "chidao files" names the limit, and by how much.',
    pagesRepeat:
      'A further page of the list repeats what came while the source counts more: it does not know the page parameter.',
    listCapped:
      'The source counts more rows than its list holds, and its profile has no page parameter.',
    listEndless: 'The list of the source does not end: check the page parameter.',
    listEmpty: 'The source lists nothing of days of which documents are known.',
    listShort:
      'The source counts more rows than it lists: ask its operators which of the two is right.',
    notAnnounced:
      'The file is not the one announced, or not certainly whole: it is asked for again.',
    waiting: 'The file is being fetched.',
    keyGone: 'The key of its directive is gone.',
    datesDoubted:
      'Its source dates too many documents in a way that cannot be believed: decide about those that wait, "chidao dates", or mend how the profile reads dates.',
    nameGiven:
      'Its source calls another document by its id, so it cannot be asked for: ask its issuer, and hand it in.',
    unstorable:
      'A text that no store can hold, a broken character or a name far too long: ask the operators of the source to mend it.',
    notFound: 'The source no longer has it.',
    rejected: 'The source refused the request.',
    diskFull: 'The disk is full: free some space, it goes on by itself.',
    interrupted: 'Its worker was gone, another took over.',
    storeWentBack: 'The store lost commits: it is looked for at the source before it is sent.',
    waitsForOther:
      'Waits until another source has been read: mend that one, or waive it: chidao waivers.',
    ourMistake: 'A mistake of the program: see the log and report it.',
    noneFound: 'Not found at the source: somebody must settle it.',
    severalFound: 'Found more than once at the source: somebody must settle it.',
    noLookUp:
      'The source cannot be asked: look there before you settle it; sending again may double it.',
    conflict:
      'The same document id with another content and no word of an update: somebody must decide.',
    revoke: 'A message that recalls waits to be handled.',
    update: 'A message that updates waits to be handled.',
    replace: 'A message that replaces waits to be handled.',
    status: 'A status message waits to be handled.',
    unclear: 'It does not say what it orders: somebody must decide.',
    superseded: 'Another reading took its place.',
    stopped: 'It was stopped.',
    unconfirmed: 'The answer was lost; nobody knows whether the source has it.',
    vanished: 'The source no longer has it.',
  },
)
