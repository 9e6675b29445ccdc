/** Wordings of everyday directives other than letters. */
import type { Field } from './letters.ts'
import type { Pattern } from './phrase.ts'

/** Công điện: storm season and its aftermath first, the rest of the year heat, fire and disease. */
export const telegrams: readonly Pattern[] = [
  { say: 'chủ động ứng phó với bão số {storm}', months: [7, 8, 9, 10, 11] },
  {
    say: 'tập trung ứng phó với mưa lũ, ngập lụt và nguy cơ sạt lở đất sau bão số {storm}',
    months: [8, 9, 10, 11],
  },
  { say: 'khẩn trương khắc phục hậu quả bão số {storm}', months: [8, 9, 10, 11, 12] },
  {
    say: 'ứng phó với áp thấp nhiệt đới có khả năng mạnh lên thành bão',
    months: [6, 7, 8, 9, 10, 11],
  },
  {
    say: 'sơ tán người dân khỏi khu vực nguy cơ lũ quét tại {uplands}',
    months: [8, 9, 10, 11, 12],
  },
  { say: 'bảo đảm an toàn hạ du khi hồ chứa nước {lake} điều tiết lũ', months: [8, 9, 10, 11, 12] },
  { say: 'tìm kiếm tàu cá của ngư dân {coast} mất liên lạc trên biển' },
  { say: 'tập trung chữa cháy rừng tại {upland}', months: [3, 4, 5, 6, 7, 8] },
  { say: 'chủ động ứng phó với nắng nóng, hạn hán và thiếu nước', months: [4, 5, 6, 7, 8] },
  { say: 'khắc phục hậu quả dông lốc, mưa đá tại {communes}', months: [3, 4, 5, 6, 7] },
  { say: 'khẩn trương khắc phục sự cố sạt lở trên tuyến {road} tại {commune}' },
  { say: 'ứng phó với không khí lạnh tăng cường, rét đậm, rét hại', months: [11, 12, 1, 2, 3] },
  { say: 'dập dịch cúm gia cầm phát sinh tại {commune}' },
  { say: 'khắc phục hậu quả vụ tai nạn giao thông nghiêm trọng trên tuyến {road}' },
]

/** Quyết định of single cases. */
export const decisions: Record<Field, readonly Pattern[]> = {
  NNMT: [
    { say: 'thu hồi đất để thực hiện dự án {project}' },
    { say: 'phê duyệt kế hoạch sử dụng đất năm {year} của {commune}' },
    { say: 'công bố hiện trạng rừng năm {lastYear}' },
    { say: 'công bố tình huống khẩn cấp về thiên tai sạt lở bờ {river} đoạn qua {commune}' },
    { say: 'phê duyệt báo cáo đánh giá tác động môi trường dự án {project}' },
    { say: 'công nhận {rural} đạt chuẩn nông thôn mới nâng cao năm {lastYear}' },
    { say: 'phê duyệt quy trình vận hành hồ chứa nước {lake}' },
  ],
  KT: [
    { say: 'phê duyệt chủ trương đầu tư dự án {project}' },
    { say: 'phê duyệt quyết toán vốn đầu tư dự án hoàn thành {project}' },
    { say: 'giao bổ sung kế hoạch vốn đầu tư công năm {year} cho dự án {project}' },
    { say: 'bổ sung dự toán chi ngân sách năm {year} cho {department}' },
    { say: 'phê duyệt kế hoạch lựa chọn nhà thầu dự án {project}' },
    { say: 'chấp thuận nhà đầu tư thực hiện dự án của {company}' },
  ],
  CNXD: [
    { say: 'phê duyệt đồ án quy hoạch chi tiết tỷ lệ 1/500 khu dân cư {estate}' },
    { say: 'thành lập Cụm công nghiệp {estate}' },
    { say: 'điều chỉnh thời gian thực hiện dự án {project}' },
    { say: 'phân cấp quản lý, bảo trì tuyến đường {road}' },
    { say: 'đặt tên đường, tên công trình công cộng tại {ward}' },
  ],
  KGVX: [
    { say: 'công nhận {school} đạt chuẩn quốc gia' },
    { say: 'xếp hạng di tích cấp tỉnh đối với {relic}' },
    { say: 'tặng Bằng khen của Chủ tịch UBND tỉnh cho các tập thể, cá nhân thuộc {department}' },
    { say: 'hỗ trợ kinh phí tổ chức {festival} năm {year}' },
    {
      say: 'phê duyệt chỉ tiêu tuyển sinh vào lớp 10 năm học {year} - {nextYear}',
      months: [3, 4, 5, 6],
    },
  ],
  NC: [
    { say: 'thành lập Đoàn kiểm tra liên ngành về phòng cháy, chữa cháy năm {year}' },
    { say: 'kiện toàn Ban Chỉ đạo phòng, chống tội phạm và tệ nạn xã hội' },
    { say: 'giải quyết khiếu nại lần hai của {citizen} ở {commune}' },
    { say: 'giao biên chế công chức năm {year} cho {department}' },
    { say: 'bổ nhiệm lại công chức lãnh đạo thuộc {department}' },
  ],
  KSTT: [
    {
      say: 'công bố danh mục thủ tục hành chính lĩnh vực {sectorOf}',
    },
    { say: 'phê duyệt quy trình nội bộ giải quyết thủ tục hành chính lĩnh vực {sector}' },
    { say: 'thành lập Tổ công nghệ số cộng đồng tại {commune}' },
  ],
  TH: [
    { say: 'phân công công tác của Chủ tịch và các Phó Chủ tịch UBND tỉnh' },
    { say: 'ban hành Chương trình công tác quý {quarter} năm {year} của UBND tỉnh' },
    { say: 'thành lập Tổ công tác tháo gỡ vướng mắc dự án {project}' },
  ],
}

/** Quyết định quy phạm, numbered with their year. */
export const regulations: readonly Pattern[] = [
  { say: 'ban hành Quy định về phân cấp quản lý an toàn thực phẩm trên địa bàn tỉnh' },
  { say: 'ban hành đơn giá bồi thường cây trồng, vật nuôi khi Nhà nước thu hồi đất' },
  { say: 'ban hành Quy định về quản lý chất thải rắn sinh hoạt trên địa bàn tỉnh' },
  { say: 'quy định mức hỗ trợ khắc phục thiệt hại do thiên tai đối với sản xuất nông nghiệp' },
  { say: 'ban hành Quy định về quản lý vỉa hè, lòng đường tại các phường' },
  { say: 'sửa đổi, bổ sung Quy định về giá dịch vụ sử dụng đò, phà trên {river}' },
]

export const instructions: readonly Pattern[] = [
  { say: 'tăng cường công tác phòng, chống thiên tai và tìm kiếm cứu nạn năm {year}' },
  { say: 'tăng cường quản lý nhà nước về khoáng sản trên địa bàn tỉnh' },
  { say: 'đẩy mạnh cải cách hành chính, cải thiện môi trường đầu tư kinh doanh năm {year}' },
  { say: 'tổ chức đón Tết Nguyên đán vui tươi, lành mạnh, an toàn, tiết kiệm', months: [12, 1] },
  { say: 'siết chặt kỷ luật, kỷ cương trong thực thi công vụ' },
  { say: 'xây dựng Kế hoạch phát triển kinh tế - xã hội năm {nextYear}', months: [6, 7, 8, 9] },
  { say: 'thực hiện nhiệm vụ trọng tâm năm học {year} - {nextYear}', months: [7, 8, 9] },
  { say: 'tăng cường các biện pháp bảo đảm an toàn giao thông đường thủy trên {river}' },
  { say: 'nâng cao hiệu quả quản lý tài sản công sau sắp xếp đơn vị hành chính' },
]

export const plans: readonly Pattern[] = [
  { say: 'thực hiện Chương trình mục tiêu quốc gia xây dựng nông thôn mới năm {year}' },
  { say: 'phòng, chống dịch bệnh động vật trên cạn năm {year}' },
  { say: 'cải cách hành chính năm {year}' },
  { say: 'diễn tập ứng phó bão mạnh, lũ lớn tại {communes} năm {year}' },
  { say: 'kiểm tra công tác tiếp công dân, giải quyết khiếu nại, tố cáo tại {communes}' },
  { say: 'chuyển đổi số lĩnh vực {sector} năm {year}' },
  { say: 'tổ chức {festival} năm {year}' },
  { say: 'giảm nghèo bền vững năm {year} tại {communes}' },
  { say: 'trồng rừng và trồng cây phân tán năm {year}' },
  { say: 'tiêm vắc xin phòng bệnh cho đàn vật nuôi quý {quarter} năm {year}' },
  { say: 'đào tạo, bồi dưỡng cán bộ, công chức cấp xã năm {year}' },
  { say: 'khắc phục hậu quả mưa lũ, khôi phục sản xuất tại {communes}', months: [9, 10, 11, 12] },
]

export const programmes: readonly Pattern[] = [
  { say: 'hành động thực hiện Nghị quyết về phát triển kinh tế tư nhân' },
  { say: 'thực hành tiết kiệm, chống lãng phí năm {year}' },
  { say: 'xúc tiến đầu tư, thương mại và du lịch năm {year}' },
  { say: 'phát triển nhà ở xã hội giai đoạn {year} - 2030' },
  { say: 'hành động vì trẻ em giai đoạn {year} - 2030' },
]

export const schemes: readonly Pattern[] = [
  { say: 'phát triển cây dược liệu dưới tán rừng tại {uplands}' },
  { say: 'sắp xếp mạng lưới trường lớp tại {communes}' },
  { say: 'phát triển du lịch cộng đồng gắn với bảo tồn {relic}' },
  { say: 'di dời dân cư khỏi vùng sạt lở ven {river}' },
  { say: 'phát triển kinh tế số tại {communes} đến năm 2030' },
]

export const charters: readonly Pattern[] = [
  {
    say: 'phối hợp giữa Sở Nông nghiệp và Môi trường và UBND các xã, phường trong quản lý đất đai',
  },
  { say: 'tổ chức và hoạt động của Trung tâm Phục vụ hành chính công' },
  { say: 'quản lý, vận hành Hệ thống thông tin phản ánh hiện trường' },
  { say: 'làm việc của Ban Chỉ đạo dự án {project}' },
  { say: 'sử dụng phần mềm theo dõi nhiệm vụ do UBND tỉnh, Chủ tịch UBND tỉnh giao' },
]

/** Thông báo kết luận. */
export const conclusions: readonly Pattern[] = [
  { say: 'kết luận của {leader} tại cuộc họp nghe báo cáo tiến độ dự án {project}' },
  { say: 'kết luận của {leader} tại buổi làm việc với {commune}' },
  { say: 'kết luận của {leader} tại cuộc họp rà soát tiến độ giải ngân vốn đầu tư công' },
  { say: 'kết luận của {leader} tại buổi kiểm tra hồ chứa nước {lake}' },
  { say: 'kết luận của {leader} tại buổi tiếp công dân định kỳ tháng {month} năm {year}' },
  { say: 'kết luận của {leader} tại phiên họp UBND tỉnh thường kỳ tháng {month} năm {year}' },
  { say: 'kết luận của {leader} tại cuộc họp giải quyết kiến nghị của {company}' },
  { say: 'ý kiến chỉ đạo của {leader} về công tác giải phóng mặt bằng dự án {project}' },
]

export const transferSlips: readonly Pattern[] = [
  { say: 'chuyển đơn khiếu nại của {citizen} ở {commune} về bồi thường, hỗ trợ tái định cư' },
  { say: 'chuyển đơn kiến nghị của {citizen} ở {commune} về tranh chấp ranh giới đất' },
  { say: 'chuyển đơn phản ánh của các hộ dân {commune} về ô nhiễm tiếng ồn' },
  { say: 'chuyển đơn tố cáo về vi phạm trật tự xây dựng tại {commune}' },
  { say: 'chuyển hồ sơ đề nghị hỗ trợ sửa chữa nhà ở của {citizen} ở {commune}' },
  { say: 'chuyển văn bản của {company} đề nghị hoàn trả tiền đặt cọc' },
]
