/** Wordings of everyday letters, công văn, by the field whose drafting unit signs the symbol. */
import type { Pattern } from './phrase.ts'

export const fields = ['NNMT', 'KT', 'CNXD', 'KGVX', 'NC', 'KSTT', 'TH'] as const
export type Field = (typeof fields)[number]

/** Công văn: what a unit is told to do. */
export const letters: Record<Field, readonly Pattern[]> = {
  NNMT: [
    {
      say: 'tăng cường công tác bảo vệ rừng và phòng cháy, chữa cháy rừng mùa nắng nóng năm {year}',
      months: [3, 4, 5, 6, 7, 8],
    },
    {
      say: 'rà soát, bảo đảm an toàn hồ chứa nước {lake} trước mùa mưa lũ năm {year}',
      months: [5, 6, 7, 8, 9],
    },
    { say: 'xử lý tình trạng sạt lở bờ {river} đoạn qua địa bàn {commune}' },
    { say: 'đẩy nhanh tiến độ cấp giấy chứng nhận quyền sử dụng đất lần đầu tại {commune}' },
    { say: 'làm giàu, làm sạch cơ sở dữ liệu đất đai quý {quarter} năm {year}' },
    { say: 'triển khai các giải pháp phòng, chống bệnh dịch tả lợn châu Phi tại {communes}' },
    { say: 'hỗ trợ nông dân {rural} khôi phục sản xuất vụ {season}' },
    { say: 'chống khai thác hải sản bất hợp pháp, không báo cáo và không theo quy định' },
    { say: 'kiểm tra việc chuyển mục đích sử dụng đất trồng lúa tại {commune}' },
    { say: 'xem xét đề nghị gia hạn giấy phép khai thác khoáng sản của {company}' },
    { say: 'khắc phục tình trạng ùn ứ rác thải sinh hoạt tại {commune}' },
    {
      say: 'cấp nước sinh hoạt cho các hộ dân vùng thiếu nước tại {communes}',
      months: [4, 5, 6, 7, 8],
    },
    { say: 'thống kê, báo cáo thiệt hại do bão số {storm} gây ra', months: [7, 8, 9, 10, 11] },
    { say: 'kiểm kê tàu cá “ba không” và quản lý tàu cá tại {coast}' },
    { say: 'xử lý nước thải của {company} xả ra {river}' },
    { say: 'rà soát tiêu chí xã nông thôn mới nâng cao tại {rural}' },
  ],
  KT: [
    { say: 'đẩy nhanh tiến độ giải ngân vốn đầu tư công năm {year}' },
    { say: 'tháo gỡ khó khăn, vướng mắc trong thực hiện dự án {project}' },
    { say: 'bố trí kinh phí khắc phục hậu quả thiên tai cho {communes}' },
    { say: 'lập dự toán ngân sách nhà nước năm {nextYear}', months: [6, 7, 8, 9, 10] },
    { say: 'thực hiện tiết kiệm chi thường xuyên ngân sách quý {quarter} năm {year}' },
    { say: 'xử lý nhà, đất dôi dư sau sắp xếp đơn vị hành chính tại {commune}' },
    { say: 'giải quyết kiến nghị của {company} về tiền thuê đất' },
    { say: 'đôn đốc thu hồi nợ đọng thuế trên địa bàn {commune}' },
    { say: 'báo cáo tình hình phát triển kinh tế - xã hội quý {quarter} năm {year}' },
    { say: 'hoàn thiện hồ sơ quyết toán dự án {project}' },
    { say: 'bình ổn giá cả, bảo đảm cung cầu hàng hóa dịp {holiday}', months: [1, 2, 4, 8, 12] },
    { say: 'triển khai chương trình “Mỗi xã một sản phẩm” năm {year} tại {communes}' },
    { say: 'hỗ trợ {cooperative} tiếp cận nguồn vốn ưu đãi' },
    {
      say: 'ngăn chặn buôn lậu, gian lận thương mại và hàng giả dịp {holiday}',
      months: [1, 2, 4, 8, 12],
    },
  ],
  CNXD: [
    { say: 'bảo đảm trật tự, an toàn giao thông dịp {holiday}' },
    { say: 'sửa chữa hư hỏng mặt đường {road} đoạn qua {commune}' },
    { say: 'đẩy nhanh công tác giải phóng mặt bằng dự án {project}' },
    { say: 'kiểm tra an toàn chịu lực của cầu {bridge}' },
    { say: 'bảo đảm nguồn vật liệu san lấp phục vụ thi công dự án {project}' },
    { say: 'đẩy nhanh tiến độ đầu tư nhà ở xã hội tại khu đô thị {estate}' },
    { say: 'bảo đảm cung ứng điện mùa nắng nóng năm {year}', months: [3, 4, 5, 6, 7, 8] },
    { say: 'xử lý dứt điểm vi phạm hành lang an toàn đường bộ trên tuyến {road}' },
    { say: 'khắc phục ngập úng đô thị tại {ward} khi có mưa lớn' },
    { say: 'rà soát các công trình xây dựng không phép, sai phép tại {commune}' },
    { say: 'kiểm soát tải trọng phương tiện lưu thông trên tuyến {road}' },
    { say: 'xóa các điểm đen tai nạn giao thông trên tuyến {road}' },
  ],
  KGVX: [
    {
      say: 'chuẩn bị tổ chức Kỳ thi tốt nghiệp trung học phổ thông năm {year}',
      months: [3, 4, 5, 6],
    },
    { say: 'tăng cường phòng, chống dịch sốt xuất huyết tại {communes}' },
    { say: 'bảo đảm an toàn thực phẩm trong các bếp ăn bán trú' },
    { say: 'khắc phục tình trạng thiếu giáo viên tại {school}' },
    { say: 'tu bổ, tôn tạo di tích {relic}' },
    { say: 'bảo đảm an ninh, trật tự và vệ sinh môi trường tại {festival}' },
    { say: 'phòng, chống tai nạn đuối nước ở trẻ em dịp hè năm {year}', months: [4, 5, 6, 7] },
    {
      say: 'tổ chức các hoạt động kỷ niệm Ngày Thương binh - Liệt sĩ 27/7 năm {year}',
      months: [6, 7],
    },
    { say: 'xóa nhà tạm, nhà dột nát cho hộ nghèo tại {communes}' },
    { say: 'bảo đảm thuốc, vật tư y tế phục vụ khám bệnh, chữa bệnh bảo hiểm y tế' },
    { say: 'hỗ trợ {school} sửa chữa phòng học bị tốc mái', months: [8, 9, 10, 11, 12] },
    { say: 'chi trả trợ cấp ưu đãi người có công qua tài khoản ngân hàng' },
    { say: 'phát triển sản phẩm du lịch cộng đồng tại {upland}' },
  ],
  NC: [
    { say: 'giải quyết khiếu nại của {citizen} ở {commune} về bồi thường đất đai' },
    { say: 'nâng cao hiệu quả công tác tiếp công dân, giải quyết khiếu nại, tố cáo' },
    { say: 'phòng ngừa tội phạm lừa đảo chiếm đoạt tài sản trên không gian mạng' },
    { say: 'tăng cường phòng cháy, chữa cháy tại các chợ và trung tâm thương mại' },
    { say: 'thực hiện kết luận thanh tra về quản lý đất đai tại {commune}' },
    { say: 'rà soát, sắp xếp các đơn vị sự nghiệp công lập thuộc {department}' },
    { say: 'chấn chỉnh kỷ luật, kỷ cương hành chính tại {department}' },
    { say: 'đánh giá, xếp loại chất lượng cán bộ, công chức quý {quarter} năm {year}' },
    { say: 'tổ chức thi hành án dân sự đối với vụ việc kéo dài tại {commune}' },
    { say: 'bố trí trụ sở làm việc cho {commune} sau sắp xếp đơn vị hành chính' },
  ],
  KSTT: [
    { say: 'nâng cao tỷ lệ hồ sơ trực tuyến toàn trình quý {quarter} năm {year}' },
    { say: 'chấn chỉnh việc giải quyết hồ sơ thủ tục hành chính trễ hạn tại {commune}' },
    { say: 'số hóa hồ sơ, kết quả giải quyết thủ tục hành chính lĩnh vực {sector}' },
    { say: 'rà soát, đơn giản hóa thủ tục hành chính nội bộ của {department}' },
    { say: 'trả lời phản ánh, kiến nghị của người dân {commune} trên Cổng Dịch vụ công quốc gia' },
    { say: 'kết nối, chia sẻ dữ liệu chuyên ngành lĩnh vực {sector}' },
    { say: 'phổ cập kỹ năng số cho cán bộ, công chức {commune}' },
  ],
  TH: [
    { say: 'đôn đốc thực hiện nhiệm vụ UBND tỉnh, Chủ tịch UBND tỉnh giao trong tháng {month}' },
    { say: 'chuẩn bị nội dung phiên họp UBND tỉnh thường kỳ tháng {month} năm {year}' },
    { say: 'trả lời kiến nghị của cử tri {commune} trước kỳ họp HĐND tỉnh' },
    { say: 'báo cáo kết quả thực hiện Thông báo kết luận ngày {earlier}' },
    { say: 'tham gia ý kiến đối với dự thảo Nghị quyết của HĐND tỉnh về dự án {project}' },
    { say: 'phân công trực lãnh đạo, trực cơ quan dịp {holiday}', months: [1, 2, 4, 8, 12] },
  ],
}

/** The word mật where it is no mark: honey, density, passwords, ciphers, protection of data. */
export const innocents: readonly (Pattern & { readonly field: Field })[] = [
  { field: 'KSTT', say: 'đổi mật khẩu tài khoản công vụ và bật xác thực hai lớp' },
  {
    field: 'KSTT',
    say: 'bảo đảm an toàn, bảo mật Hệ thống thông tin giải quyết thủ tục hành chính',
  },
  { field: 'KSTT', say: 'quản lý sản phẩm mật mã dân sự và chữ ký số chuyên dùng công vụ' },
  { field: 'KSTT', say: 'khắc phục lỗ hổng bảo mật trên Cổng thông tin điện tử của {department}' },
  { field: 'NNMT', say: 'hỗ trợ {cooperative} tiêu thụ mật ong rừng niên vụ {year}' },
  { field: 'NNMT', say: 'xây dựng nhãn hiệu chứng nhận “Mật ong Hướng Nguồn” cho {upland}' },
  { field: 'NNMT', say: 'kiểm soát mật độ chăn nuôi lợn tại {communes}' },
  { field: 'NNMT', say: 'bảo tồn nghề nấu mật mía truyền thống tại {rural}' },
  { field: 'CNXD', say: 'quản lý mật độ xây dựng tại khu đô thị {estate}' },
  { field: 'CNXD', say: 'tổ chức lại giao thông do mật độ phương tiện tăng cao trên tuyến {road}' },
  { field: 'KT', say: 'bảo mật thông tin người nộp thuế khi chia sẻ dữ liệu đất đai' },
  { field: 'NC', say: 'phổ biến Luật Bảo vệ bí mật nhà nước cho cán bộ, công chức {commune}' },
  { field: 'KGVX', say: 'giám sát côn trùng truyền bệnh và mật độ muỗi tại {communes}' },
]
