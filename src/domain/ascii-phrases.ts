/**
 * Words around `mat` in names of files without diacritics. The words of a phrase have one blank between them.
 * Exceptions name what a stamp and a title would make of the same letters: `mat danh sach`, `mat thiet ke`,
 * `mat ban 1`, `mat dien tap`, `thong bao mat`, `thiet bi mat` are refused.
 */
const beforeMat = [
  '(?<!(?:thong|canh|tinh|dam|du|phan|lao|quoc|gia|thai|thien|hoai|ngoc|quy|kim|huu|dai|tam) )bao', // bảo mật
  '(?<!(?:thiet|chuan|trang|uong|bau|toi|tuyet|tuyet doi) )bi', // bí mật, bị mất
  '(?<!(?:ly|phan|hoa|ap|dan|chu|dien|trao|tri|doat) )giai', // giải mật
  'ong', // ong mật
  'tui', // túi mật
  '(?<!(?:cat|da) )soi', // sỏi mật
  'gan', // gan mật
  'be', // bề mặt
  'gop', // góp mặt
  'ra', // ra mắt
  'vang', // vắng mặt
  '(?<!(?:lieu|ban|so) )co', // có mặt
  'hop', // họp mặt
  'gap', // gặp mặt
  '(?<!(?:uu|dau) )tien', // tiền mặt
  '(?<!(?:quan|bo|bien|ho so) )doi', // đối mặt
  '(?<!nha )nuoc', // nước mặt, nước mắt
  '(?<!viec )lam', // làm mát
  'kham', // khám mắt
  'bong', // bóng mát
  'khuon', // khuôn mặt
  'guong', // gương mặt
  'truoc', // trước mắt
  'mat', // mất mát
  'tham', // thảm mặt (đường)
]
const afterMat = [
  'do(?! (?:hoa|khan|thi|tuoi|tin|chinh|ben))', // mật độ
  'ong', // mật ong
  'gau', // mật gấu
  'mia', // mật mía
  'khau(?! (?:trang|hieu|phan|doi|sung|phao))', // mật khẩu
  'ma(?! (?:so|vach|hang|dinh|hoa|doc|nguon))', // mật mã
  'bang(?! (?:ke|diem|luong|chung|cap|tong hop|so lieu))', // mặt bằng
  'duong(?! (?:loi|dan|day|dien|bien|bay))', // mặt đường
  'hang(?! (?:khong|hai|rao))', // mặt hàng
  'nuoc(?! (?:ngoai|ban))', // mặt nước
  'troi', // mặt trời
  'trang(?! (?:thiet|bi|tin))', // mặt trăng, mất trắng
  'tran(?! (?:dia|van|thi|dinh|huu|quoc|duc|minh|ngoc))', // mặt trận
  'cat', // mặt cắt
  'cau', // mặt cầu
  'dat(?! (?:quoc phong|an ninh))', // mặt đất, mất đất
  'tien(?! (?:do|hanh|luong))', // mặt tiền, mất tiền
  'san(?! (?:xuat|pham|luong|bay))', // mặt sàn
  'truoc(?! (?:khi|ngay|thang))', // mặt trước (thẻ căn cước)
  'sau(?! (?:khi|ngay|thang|day|hop))', // mặt sau
  'pho(?! (?:bien|thong|chu|giam|cap))', // mặt phố
  'mua(?! (?:sam|ban|le|tai))', // mất mùa
  'an (?:toan|ninh)', // mất an toàn
  'can (?:doi|bang)', // mất cân đối
  'dien (?:dien rong|luoi|cuc bo|keo dai)', // mất điện
  'rung', // mất rừng
  'ruong', // mặt ruộng
  'tich(?! (?:hop|cuc|luy))', // mất tích
  'trom', // mất trộm
  'con dau', // mất con dấu
  'viec lam', // mất việc làm
  'kha nang', // mất khả năng
  'lien lac', // mất liên lạc
  'xich', // mắt xích
  'hot', // mắt hột
  'phang', // mặt phẳng
  'me', // mát mẻ
]

const right = '(?!\\p{L})'

export const asciiPhrases: readonly RegExp[] = [
  new RegExp(`(?<!\\p{L})(?:${beforeMat.join('|')}) mat${right}`, 'gu'),
  new RegExp(`(?<!\\p{L})mat (?:${afterMat.join('|')})${right}`, 'gu'),
  /(?<!\p{L})(?:nguyen|tran|le|pham|hoang|phan|vo|dang|bui|ngo) (?:van|thi|huu|dinh) mat(?!\p{L})/gu,
  /(?<!\p{L})(?:quan he|phoi hop|gan bo|lien he) mat thiet(?! (?:ke|bi|lap))(?!\p{L})/gu,
]
