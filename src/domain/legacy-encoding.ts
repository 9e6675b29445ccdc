/**
 * Vietnamese written for the fonts of the 1990s, or typed where no Vietnamese keyboard was: in Unicode it stands
 * there as other letters, and on paper as a mark. Only what marks and the phrases around them are made of is read
 * back.
 */
type Table = readonly (readonly [RegExp, string])[]

/** TCVN3 (ABC): one byte per letter, as Latin-1 shows it. Its capital fonts keep the lower-case codes. */
const tcvn3: Table = [
  // Vietware F is the same but for ố, which it writes ç.
  [/t[èÈçÇ]i/g, 'tối'],
  [/T[èÈçÇ]I/g, 'TỐI'],
  [/(?<=m)[Ëë](?=t)/g, 'ậ'],
  [/(?<=M)[Ëë](?=T)/g, 'Ậ'],
  [/[Ëë]/g, 'ậ'],
  [/[èÈ](?=i)/g, 'ố'],
  [/[Öö]/g, 'ệ'],
  [/È/g, 'ẩ'],
  [/¶/g, 'ả'],
  [/Ý/g, 'í'],
  [/[®§]/g, 'đ'],
  [/é/g, 'ộ'],
  [/·/g, 'ã'],
]
/** VNI-Windows: the letter, then its marks as a second character. */
const vni: Table = [
  [/a[äÄ]/g, 'ậ'],
  [/A[äÄ]/g, 'Ậ'],
  [/o[áÁ]/g, 'ố'],
  [/O[áÁ]/g, 'Ố'],
  [/e[äÄ]/g, 'ệ'],
  [/E[äÄ]/g, 'Ệ'],
  [/a[ûÛ]/g, 'ả'],
  [/A[ûÛ]/g, 'Ả'],
  [/a[åÅ]/g, 'ẩ'],
  [/A[åÅ]/g, 'Ẩ'],
  [/a[õÕ]/g, 'ã'],
  [/A[õÕ]/g, 'Ã'],
  [/o[äÄ]/g, 'ộ'],
  [/O[äÄ]/g, 'Ộ'],
  [/ñ/g, 'đ'],
  [/Ñ/g, 'Đ'],
]
/** BK HCM2: the same idea, with letters of its own. */
const bkHcm2: Table = [
  [/ê[åÅ]/g, 'ậ'],
  [/Ê[åÅ]/g, 'Ậ'],
  [/ö[ëË]/g, 'ố'],
  [/Ö[ëË]/g, 'Ố'],
  [/ï[åÅ]/g, 'ệ'],
  [/Ï[åÅ]/g, 'Ệ'],
]
/** Vietware X, of Huế and its neighbours: the letter, then its tone. */
const vietwareX: Table = [
  [/á[ûÛ]/g, 'ậ'],
  [/Á[ûÛ]/g, 'Ậ'],
  [/ä[úÚ]/g, 'ố'],
  [/Ä[úÚ]/g, 'Ố'],
  [/ã[ûÛ]/g, 'ệ'],
  [/Ã[ûÛ]/g, 'Ệ'],
  [/ä[üÜ]/g, 'ộ'],
  [/Ä[üÜ]/g, 'Ộ'],
  [/á[øØ]/g, 'ẩ'],
  [/Á[øØ]/g, 'Ẩ'],
  [/a[íÍ]/g, 'ả'],
  [/A[íÍ]/g, 'Ả'],
  [/a[îÎ]/g, 'ã'],
  [/A[îÎ]/g, 'Ã'],
  [/(?<=\p{L})ê/gu, 'í'],
  [/â/g, 'đ'],
  [/Â/g, 'Đ'],
]
/** BK HCM1: one byte per letter, some of which are Vietnamese letters of their own. */
const bkHcm1: Table = [
  [/tê(?=i\s+m)/g, 'tố'],
  [/tuyè(?=t\s+m)/g, 'tuyệ'],
  [/(?<=m)â(?=t)/g, 'ậ'],
]
/** Any other encoding of one byte per letter: between m and t stands what Vietnamese has no letter for. */
const strange =
  '(?:\\*|[^\\p{ASCII}\\p{M}\\p{C}\\uFFFD\\s–—‐‑ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ])'
const anyFont: Table = [
  [new RegExp(`(?<!\\p{L})m${strange}(?=t(?!\\p{L}))`, 'gu'), 'mậ'],
  [new RegExp(`(?<!\\p{L})M${strange}(?=T(?!\\p{L}))`, 'gu'), 'MẬ'],
  [new RegExp(`(?<!\\p{L})t(?:Ó|${strange})(?=i\\s+m)`, 'gu'), 'tố'],
  [new RegExp(`(?<!\\p{L})T${strange}(?=I\\s+M)`, 'gu'), 'TỐ'],
  [new RegExp(`(?<!\\p{L})tuy${strange}(?=t\\s+m)`, 'gu'), 'tuyệ'],
  [new RegExp(`(?<!\\p{L})TUY${strange}(?=T\\s+M)`, 'gu'), 'TUYỆ'],
]

/** A quick look at what no Vietnamese letter and no common sign could be. */
const mayBeAnyFont = new RegExp(`${strange}|tÓ`, 'iu')

/** What a text in a font that no table here knows may say. */
export function guessedReadings(text: string): string[] {
  const composed = text.normalize('NFC')
  if (!mayBeAnyFont.test(composed)) return []
  const read = anyFont.reduce((so, [from, to]) => so.replace(from, to), composed)
  return read === composed ? [] : [read]
}

/** VISCII, as Latin-1 shows it; its capital Ậ is a control character, which is illegible by itself. */
const viscii: Table = [
  [/§/g, 'ậ'],
  [/¯/g, 'ố'],
  [/®/g, 'ệ'],
]
/** Windows-1258: the letter, then its tone as a byte of its own, which Latin-1 shows as ò, ì, Ò. */
const windows1258: Table = [
  [/â[òÒ]/g, 'ậ'],
  [/Â[òÒ]/g, 'Ậ'],
  [/ô[ìÌ]/g, 'ố'],
  [/Ô[ìÌ]/g, 'Ố'],
  [/ê[òÒ]/g, 'ệ'],
  [/Ê[òÒ]/g, 'Ệ'],
]
/** VIQR, Telex and VNI as typed on a keyboard. */
const typedMat = 'aatj|aajt|ajat|atja|atj|ajt|a65t|a6t5|a56t|a5t6|aa5t|at65|at56|aat5'
const typed: Table = [
  [/a(?:\^\.|\.\^)/g, 'ậ'],
  [/A(?:\^\.|\.\^)/g, 'Ậ'],
  [/o\^'/g, 'ố'],
  [/O\^'/g, 'Ố'],
  [/e(?:\^\.|\.\^)/g, 'ệ'],
  [/E(?:\^\.|\.\^)/g, 'Ệ'],
  [/(?<![a-z])t(?:oosi|oois|osoi|o61i|o6i1|oi61)(?![a-z])/g, 'tối'],
  [/(?<![a-z])T(?:oosi|oois|osoi|o61i|o6i1|oi61)(?![a-z])/gi, 'TỐI'],
  [/(?<![a-z])tuy(?:eetj|eejt|ejet|eje?t|etj|e65t|e6t5|e56t|et65|et56)(?![a-z])/g, 'tuyệt'],
  [/(?<![a-z])tuy(?:eetj|eejt|ejet|eje?t|etj|e65t|e6t5|e56t|et65|et56)(?![a-z])/gi, 'TUYỆT'],
  [new RegExp(`(?<![a-z])m(?:${typedMat})(?![a-z])`, 'g'), 'mật'],
  [new RegExp(`(?<![a-z])(?:cv|vb|tl|qd|kh)?m(?:${typedMat})(?![a-z])`, 'gi'), 'MẬT'],
]

/** A quick look at all the signs below. */
const mayBeLegacy =
  /[ËÖ¶®§¯]|[aoe][äá]|[êï]å|âò|\^[.']|\.\^|m(?:aatj|aajt|ajat|atj|ajt|aa?[56]|aa?t[56])|[áã]û|têi|tuyèt/i

/** Readings in which an old encoding shows itself; none for ordinary text. */
export function legacyReadings(text: string): string[] {
  const composed = text.normalize('NFC')
  if (!mayBeLegacy.test(composed)) return []
  return (
    [
      [/[ËëÖö¶®§]/, tcvn3],
      [/[aoe][äÄáÁ]|[AOE][äÄáÁ]/, vni],
      [/[êÊïÏ][åÅ]/, bkHcm2],
      [/[§¯]|tuy®t/i, viscii],
      [/[âÂ][òÒ]/, windows1258],
      [/\^[.']|\.\^|m(?:aatj|aajt|ajat|atj|ajt|aa?[56]|aa?t[56])/i, typed],
      [/[áÁãÃ][ûÛ]/, vietwareX],
      [/tê(?=i\s+m)|tuyè(?=t\s+m)/, bkHcm1],
    ] as const
  )
    .filter(([signs]) => signs.test(composed))
    .map(([, table]) => table.reduce((read, [from, to]) => read.replace(from, to), composed))
}
