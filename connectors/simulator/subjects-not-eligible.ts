/** Wordings of what a bridge must not take: out of scope, or not plainly public. */
import type { Pattern } from './phrase.ts'

export const invitations: readonly Pattern[] = [
  { say: 'mời dự cuộc họp về tiến độ dự án {project}' },
  { say: 'mời dự hội nghị sơ kết công tác quý {quarter} năm {year}' },
  { say: 'mời dự lễ khởi công dự án {project}' },
]

export const reports: readonly Pattern[] = [
  { say: 'kết quả thực hiện nhiệm vụ UBND tỉnh giao tháng {month} năm {year}' },
  { say: 'tình hình thiệt hại do thiên tai tại {communes}' },
  { say: 'kết quả giải ngân vốn đầu tư công quý {quarter} năm {year}' },
]

/** What a department writes under its own name. */
export const othersLetters: readonly Pattern[] = [
  { say: 'xin ý kiến về chủ trương đầu tư dự án {project}' },
  { say: 'phối hợp kiểm tra hiện trường tại {commune}' },
  { say: 'cung cấp số liệu quyết toán dự án {project}' },
]

/** What documents that must not pass are about; `{canary}` names a matter that exists nowhere else. */
export const guardedMatters: readonly Pattern[] = [
  { say: 'triển khai phương án {canary} bảo vệ mục tiêu trọng điểm tại {commune}' },
  { say: 'tổ chức diễn tập khu vực phòng thủ {canary} năm {year}' },
  { say: 'xác minh vụ việc {canary} xảy ra tại {commune}' },
  { say: 'bảo đảm an ninh, trật tự cho sự kiện {canary} tại {commune}' },
  { say: 'điều chỉnh phương án {canary} trên tuyến biên giới' },
  { say: 'bàn giao hồ sơ chuyên án {canary} cho Công an tỉnh' },
  { say: 'quản lý khu vực công trình quốc phòng {canary} tại {commune}' },
  { say: 'rà soát kế hoạch {canary} trên địa bàn {communes}' },
]
