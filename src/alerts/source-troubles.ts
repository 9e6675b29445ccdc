export interface Sentences {
  readonly vi: string
  readonly en: string
}

/** Why a source fails, in a few words; any other word stands for itself. Nothing here names an address. */
export const sourceTroubles: Readonly<Record<string, Sentences>> = {
  timeout: { vi: 'nguồn không trả lời kịp', en: 'it does not answer in time' },
  unreachable: { vi: 'không kết nối được', en: 'it cannot be reached' },
  noSuchHost: { vi: 'không có máy chủ tên đó', en: 'there is no such host' },
  connectionRefused: { vi: 'cổng từ chối kết nối', en: 'the connection is refused' },
  noRoute: { vi: 'không có đường mạng tới nguồn', en: 'there is no route to it' },
  certificateExpired: {
    vi: 'chứng thư hết hạn hoặc chưa có hiệu lực',
    en: 'its certificate has expired or is not valid yet',
  },
  certificateName: {
    vi: 'chứng thư cấp cho tên khác',
    en: 'its certificate is for another name',
  },
  certificateChain: {
    vi: 'không kiểm được chứng thư',
    en: 'its certificate cannot be traced to a known authority',
  },
  tlsRefused: { vi: 'không thống nhất được TLS', en: 'no version of TLS could be agreed on' },
  tlsNotSpoken: { vi: 'cổng không nói TLS', en: 'its port does not speak TLS' },
  tlsWanted: { vi: 'cổng đòi TLS, địa chỉ ghi http', en: 'its port wants TLS' },
  secretMissing: {
    vi: 'thiếu hoặc không dùng được token, mật khẩu ở máy này',
    en: 'its token or secret is missing here, or cannot be used',
  },
  authorityMissing: {
    vi: 'tệp tls.caFile ở máy này không dùng được',
    en: 'the file of tls.caFile cannot be used here',
  },
  notAskable: { vi: 'hồ sơ nguồn không lập được yêu cầu', en: 'its profile makes no request' },
  unauthorized: { vi: 'nguồn từ chối tài khoản', en: 'it refuses the credentials' },
  unavailable: { vi: 'nguồn đang lỗi', en: 'it answers with a server error' },
  malformed: { vi: 'câu trả lời không đọc được', en: 'its answers cannot be read' },
}
