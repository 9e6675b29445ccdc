/**
 * Vietnamese in which mật is honey, gall, density, a cipher, a name, or secrecy as a subject of work and not as a
 * stamp. A phrase matters where a mark would count: capitals, the start of a text, a segment. So only what is read
 * one way in capitals is listed. Left out, because in capitals they may be a stamp and then a title: mật danh
 * (MẬT DANH SÁCH), mật hiệu (HIỆU QUẢ), mật vụ (VỤ VIỆC), mật phục (PHỤC VỤ), mật lệnh, mật thư, mật báo, mật nghị;
 * or a noun and then a stamp: thân mật (NHÂN THÂN), dịch mật (CHIẾN DỊCH), đường mật (TUYẾN ĐƯỜNG), quả mật
 * (KẾT QUẢ), văn bản mật, tài liệu mật, họp mật. In lower case inside a sentence they pass without a list.
 */

/** Between the words of a phrase: blanks, the one sign of a file name, or a line end with more to come. */
const gap = String.raw`(?:[ \t]+|[-_.‐]|[ \t]*\n[ \t]*(?!mật[ \t]*(?:\n|$)))`
const left = String.raw`(?<![\p{L}\p{N}])`
const right = String.raw`(?![\p{L}\p{N}])`

const endingInMat = [
  // Not "đảm bảo MẬT", "Lao Bảo MẬT", "Uông Bí MẬT", "áp giải MẬT", "dự trù MẬT": there the stamp follows a whole word.
  '(?<!(?:đảm|thông|cảnh|dự|tình|phân|lao|vĩnh|quốc|gia|thái|thiên|hoài|ngọc|quý|kim|hữu|đại|tam)~)bảo',
  '(?<!(?:uông|bầu|thần|huyền|kỳ|kì|tối|tuyệt)~)bí',
  '(?<!(?:lý|phân|hòa|hoà|áp|dẫn|chú|diễn|trao|trị|đoạt)~)giải',
  'ong(?:~lấy)?',
  'gấu~lấy',
  'túi',
  '(?<!(?:cát|đá),?~)sỏi',
  'gan',
  '(?<!(?:dự|côn)~)trù',
  '(?:(?<!rò~)rỉ|gỉ|nấu)',
  '(?:viêm|ung~thư|bệnh~lý|sỏi)~đường',
  '(?:gặp|gặp~gỡ|họp~mặt|gặp~mặt|trò~chuyện)~thân',
  'viện~cơ',
  '(?:quan~hệ|phối~hợp|gắn~bó|liên~hệ|gắn~kết|liên~kết|gần~gũi)~(?:chặt~chẽ,?~)?thân',
]
const beginningWithMat = [
  'độ(?!~(?:khẩn|mật|hỏa|hoả|tuổi|tin|chính|bền|sâu|cao~(?:bay|độ|điểm)))',
  'ong(?!~(?:sát|vò))',
  'gấu(?!~trúc)',
  'mía',
  'ngọt(?!~h(?:óa|oá))',
  'khẩu(?!~(?:trang|hiệu|phần|lệnh|đội|súng|pháo|cung))',
  'mã(?!~(?:số|vạch|hàng|định|hóa|hoá|độc|nguồn|lai|pì|pí))',
  'hoa~(?:dừa|cà~phê|rừng|nhãn|vải|tràm|keo)',
  'cá~trắm',
  'tông',
]
const aroundMat = [
  'cơ~mật~viện',
  // A medical field, printed with any of these between its parts.
  'gan[ ]?[-–,][ ]?mật[ ]?[-–,][ ]?(?:tụy|tuỵ)',
  '(?:quan~hệ|phối~hợp|gắn~bó|liên~hệ|gắn~kết|liên~kết|hợp~tác)~mật~thiết(?!~(?:kế|bị|lập|chế|thực|yếu))',
  '(?:cây|dược~liệu|rễ|trồng)~mật~nhân(?!~(?:dân|sự|viên|lực))',
  '(?<=(?:phường|làng|thôn|núi|khu~phố)~)mật~sơn',
  // A level that is stated and is none.
  'độ~mật[ ]?:[ ]?(?:bình~)?thường(?![ ]*\\p{L})',
]

/** A person: family name, middle name, Mật; or a form of address, family name, Mật. */
const family =
  'nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|ngô|lý|trương|đinh|trịnh|đào|nguyên'
/** Families that are syllables of places as well, as Châu Đức, Hà Thanh, Cao Xuân: only behind a form of address. */
const familyOfPlaces = 'hồ|dương|đoàn|mai|cao|thái|tạ|lương|hà|tô|lâm|châu'
const middle =
  'thị|hữu|đình|đức|xuân|quang|ngọc|minh|thanh|bá|duy|trọng|quốc|thế|viết|sỹ|sĩ|đăng|kim|hồng|như|phước|tấn|gia|khắc|mạnh|(?<!công~)văn'
const address = '(?:ông|bà|anh|chị|em|cháu|đồng chí|liệt sĩ|liệt sỹ|hộ|họ tên)~'
const place =
  '(?:tỉnh|thành phố|huyện|thị xã|thị trấn|quận|phường|xã|thôn|bản|làng|ấp|khu phố|đường|phố|đảo|cầu|sông|trường)~'
const people = [
  // Nor is "quản lý quốc gia MẬT" or "đường dây cao thế MẬT" one, and a stamp may follow the name of a place.
  `(?<!${place})(?:${family})~(?!quốc~gia~)(?:(?:${middle})~){1,2}mật`,
  `(?<=${address})(?:${familyOfPlaces})~(?!quốc~gia~)(?:(?:${middle})~){1,2}mật`,
  `(?<=${address})(?:${family}|${familyOfPlaces})~mật`,
]

const sources = [
  ...endingInMat.map((word) => `${word}~mật`),
  ...beginningWithMat.map((word) => `(?<!(?:tối|tuyệt)~)mật~${word}`),
  ...aroundMat,
  ...people,
]
const phrase = new RegExp(`${left}(?:${sources.join('|').replaceAll('~', gap)})${right}`, 'gu')

/** What a word of a harmless phrase is replaced by, so that every position stays where it was. */
const blot = '\uE000'

/** A person called so. In capitals it is a stamp, and so is what begins with it. */
const personByName = /(?<=(?<!\p{L})(?:ông|bà)[ \t])mật(?!\p{L})/gu

/** Blots out every harmless phrase. A stamp set beside half a phrase ("bảo MẬT") is no part of it. */
export function blotPhrases(text: string, printed: string): string {
  return text
    .replace(phrase, (found: string, at: number) =>
      setAlike(printed.slice(at, at + found.length)) && !isLineOfItsOwn(text, found, at)
        ? found.replace(/\S/gu, blot)
        : found,
    )
    .replace(personByName, (found: string, at: number) =>
      printed.slice(at, at + 3) === 'Mật' ? found.replace(/\S/gu, blot) : found,
    )
}

/** MẬT above "Độ cao bay" is a stamp above a title. */
function isLineOfItsOwn(text: string, found: string, at: number): boolean {
  return /^mật ?\n/.test(found) && /(?:^|\n) ?$/.test(text.slice(Math.max(0, at - 2), at))
}

/** All in capitals or none, and the first of its words is not the smaller one. */
function setAlike(phrase: string): boolean {
  const sets = (phrase.match(/\p{L}+/gu) ?? []).map(setOf)
  const all = sets.every((set) => set === 'upper')
  const none = sets.every((set) => set === 'lower' || set === 'title')
  return all || (none && !(sets[0] === 'lower' && sets.includes('title')))
}

type LetterSet = 'upper' | 'lower' | 'title' | 'mixed'

/** How the letters of a word, or of several, are set. */
export function setOf(printed: string): LetterSet {
  const letters = printed.replace(/[^\p{L}]+/gu, '')
  if (letters === letters.toLowerCase()) return 'lower'
  if (letters.length > 1 && letters === letters.toUpperCase()) return 'upper'
  return letters.slice(1) === letters.slice(1).toLowerCase() ? 'title' : 'mixed'
}
