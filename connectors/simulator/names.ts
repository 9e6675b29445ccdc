/** Invented people and places. Departments bear the names that every province's departments bear. */

export interface Signatory {
  readonly name: string
  readonly position: string
}

export const leaders: readonly Signatory[] = [
  { name: 'Lê Đình Khải Nguyên', position: 'Chủ tịch' },
  { name: 'Phan Thục Quyên Hà', position: 'Phó Chủ tịch' },
  { name: 'Trần Bá Lương Thiện', position: 'Phó Chủ tịch' },
  { name: 'Hoàng Trọng Sơn Hải', position: 'Phó Chủ tịch' },
  { name: 'Võ Ngọc Ánh Thư', position: 'Phó Chủ tịch' },
]

export const officeLeaders: readonly Signatory[] = [
  { name: 'Đặng Quang Nhật Tuấn', position: 'Chánh Văn phòng' },
  { name: 'Bùi Thị Hồng Diệp Chi', position: 'Phó Chánh Văn phòng' },
  { name: 'Nguyễn Khắc Duy Tường', position: 'Phó Chánh Văn phòng' },
]

export const citizens: readonly string[] = [
  'ông Nguyễn Văn Tạo Lập',
  'bà Trần Thị Gái Nhỏ',
  'ông Hồ Pả Lăng Tư',
  'bà Lê Thị Mận Chín',
  'ông Phạm Đức Tự Cường',
  'bà Hoàng Thị Lụa Đào',
  'ông Đỗ Bá Kiên Trì',
  'bà Cao Thị Xuân Nương',
]

export const departments: readonly string[] = [
  'Sở Tài chính',
  'Sở Xây dựng',
  'Sở Nông nghiệp và Môi trường',
  'Sở Công Thương',
  'Sở Nội vụ',
  'Sở Y tế',
  'Sở Giáo dục và Đào tạo',
  'Sở Khoa học và Công nghệ',
  'Sở Văn hóa, Thể thao và Du lịch',
  'Sở Tư pháp',
  'Thanh tra tỉnh',
  'Công an tỉnh',
  'Bộ Chỉ huy Quân sự tỉnh',
]

/** How the first ten of them sign their own letters. */
export const departmentSymbols: readonly string[] = [
  'STC',
  'SXD',
  'SNNMT',
  'SCT',
  'SNV',
  'SYT',
  'SGDĐT',
  'SKHCN',
  'SVHTTDL',
  'STP',
]

export const uplands: readonly string[] = [
  'xã Suối Ngàn',
  'xã Khe Trầm',
  'xã Đá Dựng',
  'xã Thượng Lũng',
  'xã Hướng Nguồn',
]
export const coasts: readonly string[] = ['xã Trường Hải Tây', 'xã Cồn Nổi', 'đặc khu Hòn Sơn Ca']
const lowlands: readonly string[] = [
  'xã Thạch Khê Thượng',
  'xã Lộc Điền Trung',
  'xã Bàu Sen Hạ',
  'xã Tân Ái',
  'xã Mỹ Thạnh Đông',
]
export const rurals: readonly string[] = [...uplands, ...lowlands]
export const wards: readonly string[] = [
  'phường Đông Thạch',
  'phường An Lạc Thượng',
  'phường Hòa Bến',
  'phường Bắc Ngà',
]
export const communes: readonly string[] = [...rurals, ...wards, ...coasts]

export const rivers: readonly string[] = [
  'sông Bến Ngà',
  'sông Thạch Lam',
  'sông Khe Vàng',
  'sông Trúc Lĩnh',
]
export const lakes: readonly string[] = ['Khe Mây', 'Đá Bàn Hạ', 'Trúc Lĩnh', 'Suối Tre', 'Bàu Sậy']
export const roads: readonly string[] = ['ĐT.591', 'ĐT.593B', 'ĐT.597', 'ĐT.599C']
export const bridges: readonly string[] = ['Bến Ngà', 'Thượng Lũng', 'Khe Trầm', 'Cồn Nổi']
export const estates: readonly string[] = ['Nam Bến Ngà', 'Đông Thạch', 'Bắc Trúc Lĩnh', 'An Lạc']
export const companies: readonly string[] = [
  'Công ty Cổ phần Đá xây dựng Trúc Lĩnh',
  'Công ty TNHH Thủy sản Cồn Nổi',
  'Công ty Cổ phần Năng lượng Khe Mây',
  'Công ty TNHH May xuất khẩu Bến Ngà',
]
export const cooperatives: readonly string[] = [
  'Hợp tác xã Nông nghiệp Thượng Lũng',
  'Hợp tác xã Dược liệu Suối Ngàn',
  'Hợp tác xã Nuôi ong Hướng Nguồn',
]
export const schools: readonly string[] = [
  'Trường Trung học phổ thông Bến Ngà',
  'Trường Trung học cơ sở Khe Trầm',
  'Trường Tiểu học Đông Thạch',
  'Trường Mầm non Suối Ngàn',
]
export const relics: readonly string[] = [
  'Đình làng Thạch Khê',
  'Chùa Trúc Lĩnh',
  'Địa đạo Bàu Sen',
  'Nhà cổ An Lạc',
]
export const projects: readonly string[] = [
  'Đường ven biển nối Cồn Nổi với cảng Bến Ngà',
  'Kè chống sạt lở bờ sông Thạch Lam',
  'Nâng cấp hồ chứa nước Khe Mây',
  'Cầu Bến Ngà 2 và đường hai đầu cầu',
  'Bệnh viện Đa khoa khu vực Trúc Lĩnh',
  'Hạ tầng kỹ thuật Cụm công nghiệp Đông Thạch',
  'Nhà máy nước sạch Thượng Lũng',
  'Trung tâm Điều hành thông minh',
  'Khu tái định cư Bắc Trúc Lĩnh',
]
export const festivals: readonly string[] = [
  'Lễ hội cầu ngư Cồn Nổi',
  'Lễ hội đình Thạch Khê',
  'Ngày hội Văn hóa các dân tộc miền núi',
]

/** Units that answer directives, with codes of the shape of QĐ 20/2020/QĐ-TTg in a group no province has. */
export const simulatedUnits: readonly { readonly code: string; readonly name: string }[] = [
  ...departments.map((name, at) => ({ code: `H99.${two(at + 1)}`, name })),
  ...communes.map((name, at) => ({ code: `H99.${two(at + 31)}`, name: `UBND ${name}` })),
]

function two(number: number): string {
  return String(number).padStart(2, '0')
}
