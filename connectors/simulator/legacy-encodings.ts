/** Vietnamese as files of before 2001 hold it, read as Latin-1: TCVN3 (ABC fonts) and VNI Windows. */

const letters =
  'à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ đ è é ẻ ẽ ẹ ê ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ ù ú ủ ũ ụ ư ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ'
const tcvn3Letters =
  'µ ¸ ¶ · ¹ ¨ » ¾ ¼ ½ Æ © Ç Ê È É Ë ® Ì Ð Î Ï Ñ ª Ò Õ Ó Ô Ö × Ý Ø Ü Þ ß ã á â ä « å è æ ç é ¬ ê í ë ì î ï ó ñ ò ô \u00ad õ ø ö ÷ ù ú ý û ü þ'
const vniLetters =
  'aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä ñ eø eù eû eõ eï eâ eà eá eå eã eä ì í æ ó ò oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû öõ öï yø yù yû yõ î'

/** TCVN3 has no capitals with a tone: its capital fonts show small letters as capitals. */
export function tcvn3(text: string): string {
  return recoded(text, tcvn3Letters)
}

export function vni(text: string): string {
  return recoded(text, vniLetters)
}

function recoded(text: string, alphabet: string): string {
  const written = alphabet.split(' ')
  const table = new Map(letters.split(' ').map((letter, at) => [letter, written[at]!]))
  return text.normalize('NFC').replaceAll(/[^\0-\x7f]/gu, (letter) => {
    return table.get(letter) ?? table.get(letter.toLocaleLowerCase('vi')) ?? letter
  })
}
