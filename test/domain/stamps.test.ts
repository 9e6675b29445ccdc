import { describe, expect, it } from 'vitest'
import { eligibility } from '#src/domain/eligibility.ts'
import { headerWith, rules } from './gate-rules.ts'

const decide = (subject: string) => eligibility(headerWith({ subject }), rules)

/** By what the law or the office calls it; the last of each kind as a văn thư might vary it. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'a subject that is not written': [
    ...['Không ghi trích yếu', 'Không có trích yếu', 'Không hiển thị trích yếu', 'Trích yếu: ...'],
    ...['(trống)', 'Nội dung không công khai', 'V/v', 'null', 'undefined', 'N/A', 'xxx', '0'],
    ...['Chưa nhập trích yếu', 'V/v: không ghi', 'Không trích yếu', 'Nội dung hạn chế công khai'],
    ...['Trích yếu văn bản', 'Văn bản không có trích yếu', '(không công bố)', 'Ẩn nội dung'],
  ],
  'a letter beside an urgency': [
    ...['(K, M) Phương án', '(HT, M) Phương án', '[HT, M] Phương án', '(khẩn/M) Phương án'],
    ...['Hỏa tốc, M - phương án', '(M.) Phương án', 'Phương án (M.)', 'Phương án loại M'],
    ...['(tuyệt M) Phương án', 'Phương án TuM', 'ĐM: TM - phương án'],
    ...['Thượng khẩn/TM: kế hoạch', 'Kế hoạch (Hỏa tốc; TuM)', 'TM - Kế hoạch', '(Khẩn + M)'],
  ],
  'the envelope of form 03': [
    ...['Ký hiệu bì: A', 'Phương án (bì C)', 'Kế hoạch - bì B', '(Bì A) Kế hoạch'],
    ...['Kế hoạch (dấu C)', 'Kế hoạch (ký hiệu bì B)', 'Dấu B - kế hoạch'],
  ],
  'the term of form 04': [
    'THỜI HẠN BẢO VỆ BÍ MẬT NHÀ NƯỚC: 10 NĂM - Phương án',
    'Thời hạn bảo vệ BMNN 20 năm',
    'Kế hoạch (thời hạn bảo vệ bí mật nhà nước đến 2036)',
    'Gia hạn thời hạn bảo vệ BMNN đến 31/12/2036 - Kế hoạch',
  ],
  'the declassified and re-graded of forms 05 and 06': [
    ...[
      'GIẢI MẬT - phương án',
      '(GIẢI MẬT) Kế hoạch',
      'Kế hoạch [Đã giải mật]',
      'Kế hoạch - GIẢI MẬT',
    ],
    ...['GIẢM ĐỘ MẬT - kế hoạch', 'Tăng độ mật: kế hoạch', 'Kế hoạch (điều chỉnh độ mật)'],
  ],
  'the papers and envelopes of form 07': [
    ...['TÀI LIỆU THU HỒI - Phương án', 'Phương án (bản số 02, thu hồi)', '(tài liệu thu hồi) KH'],
    ...[
      'Chỉ người có tên mới được bóc bì',
      'Kế hoạch (thu hồi trước 30/9)',
      'Kế hoạch - tài liệu thu hồi',
    ],
  ],
  'the name of the thing': [
    ...['(BÍ MẬT NHÀ NƯỚC) Phương án', '(Bí mật nhà nước) Phương án', 'BÍ MẬT NHÀ NƯỚC: phương án'],
    ...['TÀI LIỆU BÍ MẬT NHÀ NƯỚC - phương án', 'Văn bản này thuộc bí mật nhà nước'],
    ...['BMNN - Phương án bảo vệ', '[BMNN] Phương án', 'Phương án bảo vệ - BMNN', 'Tài liệu BMNN'],
    ...[
      'Kế hoạch (thuộc bí mật nhà nước)',
      'Hồ sơ thuộc danh mục bí mật nhà nước',
      '«BMNN» kế hoạch',
    ],
  ],
  'a document that calls itself mật': [
    ...['Kế hoạch mật về bảo vệ mục tiêu', 'Báo cáo mật về tình hình', 'Về phương án mật bảo vệ'],
    ...[
      'Quyết định mật về điều động',
      'Nghị quyết mật của Ban Thường vụ',
      'V/v ban hành kế hoạch mật',
    ],
    ...['Cấp độ mật 2: phương án', 'Phương án được xếp loại mật', 'Tài liệu này là mật'],
    ...['Bản cứng mật', 'Khẩn và mật: phương án', 'Phương án phòng thủ, độ mật cao'],
    ...[
      'Kết luận mật số 15',
      'Kế hoạch tác chiến đóng dấu mật',
      'Kế hoạch A2 (độ mật: 1)',
      'Bản giấy mật',
    ],
  ],
  'a stamp behind the half of a phrase': [
    ...['MẬT MÃ LAI ĐỀ NGHỊ HỢP TÁC', 'Mật Mã Pì Lèng - phương án', 'MẬT ĐỘ SÂU HẦM'],
    ...['MẬT KHẨU CUNG BỊ CAN', 'KHAI THÁC CÁT, SỎI MẬT', 'PHƯƠNG ÁN HUYỆN VĨNH BẢO MẬT'],
    ...['PHƯƠNG ÁN HUYỆN CHÂU ĐỨC MẬT', 'PHƯƠNG ÁN XÃ HÀ THANH MẬT', 'Phương án Châu Đức Mật'],
    ...[
      'ĐỘ MẬT: THƯỜNG XUYÊN',
      'PHƯƠNG ÁN PHƯỜNG TRẦN QUANG MẬT',
      'MẬT ĐỘ CAO BAY',
      'KẾ HOẠCH XÃ MAI XUÂN MẬT',
    ],
  ],
  'a foreign or a damaged stamp': [
    ...['RESTRICTED - phương án', '(Restricted)', '(S//NF)', '(Confid.)', '(Conf.) phương án'],
    ...['(M8T) phương án', '(M.T) phương án', '(MÂTJ)', '(MÂJT)', '(MÂẬT)', '(tuyet doi mat)'],
    ...['(NOFORN) kế hoạch', '(M_T) kế hoạch', '(MAẬT) kế hoạch'],
  ],
}

describe('a stamp of state-secret papers', () => {
  for (const [kind, subjects] of Object.entries(refused))
    for (const subject of subjects)
      it(`is seen, ${kind}: ${subject}`, () => {
        expect(decide(subject).admit).toBe(false)
      })

  it('is doubtful, and for a person, where it names no degree', () => {
    for (const subject of [
      'BMNN - phương án',
      '(GIẢI MẬT) kế hoạch',
      'Ký hiệu bì: A',
      '(K, M) kế hoạch',
    ])
      expect(decide(subject), subject).toMatchObject({ positive: false })
  })

  it('is seen in a symbol, a number and the name of a file', () => {
    for (const symbol of ['UBND-NC-BMNN', 'BMNN-UBND'])
      expect(eligibility(headerWith({ symbol }), rules).admit, symbol).toBe(false)
    for (const number of ['05-BMNN', 'BMNN/12'])
      expect(eligibility(headerWith({ number }), rules).admit, number).toBe(false)
    const names = [
      'BMNN_780.pdf',
      'tailieuBMNN.pdf',
      '780_đã giải mật.pdf',
      'giaimat.pdf',
      '780_conf.pdf',
    ]
    for (const name of [...names, 'tai lieu thu hoi.pdf', 'dsmat.xlsx', 'matqp.pdf', 'matv2.pdf'])
      expect(eligibility(headerWith({ fileNames: [name] }), rules).admit, name).toBe(false)
  })
})

describe('what a stamp is made of, as the topic of a document', () => {
  const innocent = [
    ...['Tập huấn công tác bảo vệ BMNN năm 2026', 'Bảo vệ bí mật nhà nước (BMNN): tập huấn'],
    ...[
      'Thành lập Ban Chỉ đạo (BMNN)',
      'Cấp tài khoản (bí mật nhà nước)',
      'Quy chế (BMNN) của tỉnh',
    ],
    ...['Tuyên truyền Luật Bảo vệ BMNN – năm 2026', 'Xác định thời hạn bảo vệ bí mật nhà nước'],
    ...['Thu hồi đất năm 2026', 'Thu hồi tài liệu lưu trữ quá hạn', 'Bản đồ số 02 (thu hồi đất)'],
    ...[
      'Mua phong bì A4',
      'Thông báo về việc bóc bì đề thi',
      'Bảo hiểm nhóm A, B, C',
      'Bệnh viện (loại A)',
    ],
    ...['Rà soát, giải mật tài liệu', 'Hội đồng giải mật tỉnh', 'Quy định về độ mật của tài liệu'],
    ...['Quy định việc gửi, nhận văn bản mật', 'Kế hoạch mật độ xây dựng', 'Hồ sơ mật mã'],
    ...[
      'Báo cáo của ông Mật',
      'Cho bà Mật thuê đất',
      'Khen thưởng ông Hồ Văn Mật',
      'Chỉ tiêu K, M, N',
    ],
    ...[
      'Không ghi nhận ca mắc mới',
      'Nội dung kỳ họp thứ 5',
      'Công bố thông tin',
      'Công khai ngân sách',
    ],
    ...['Nghỉ Tết', 'Đính chính', 'Kế hoạch 2026', 'Văn bản quy phạm pháp luật', 'Dịch vụ TM - DV'],
    ...[
      'Bãi đỗ xe loại M2, M3',
      'Hội nghị (Conf. 2026)',
      'Hợp tác Kon Tum - Quảng Trị',
      'Ký với M&T',
    ],
  ]
  for (const subject of innocent)
    it(`is no mark: ${subject}`, () => {
      expect(decide(subject)).toEqual({ admit: true })
    })
})

describe('a number', () => {
  for (const number of ['0', '000', '-1', 'chưa cấp', 'Chưa có số', '...', 'số', '٠', 'null'])
    it(`is none: ${number}`, () => {
      expect(eligibility(headerWith({ number }), rules)).toMatchObject({ reason: 'numberMissing' })
    })
  for (const number of ['02', '7816a', '05bis', '1.234'])
    it(`is given: ${number}`, () => {
      expect(eligibility(headerWith({ number }), rules)).toEqual({ admit: true })
    })
})
