/**
 * Vietnamese written for the fonts of the 1990s, or typed where no Vietnamese keyboard was: in Unicode it stands
 * there as other letters, and on paper as a mark. Only what marks and the phrases around them are made of is read
 * back.
 */
type Table = readonly (readonly [RegExp, string])[]

/** TCVN3 (ABC): one byte per letter, as Latin-1 shows it. Its capital fonts keep the lower-case codes. */
const tcvn3: Table = [
  [/t[èÈ]i/g, 'tối'],
  [/T[èÈ]I/g, 'TỐI'],
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
const typed: Table = [
  [/a\^\./g, 'ậ'],
  [/A\^\./g, 'Ậ'],
  [/o\^'/g, 'ố'],
  [/O\^'/g, 'Ố'],
  [/e\^\./g, 'ệ'],
  [/E\^\./g, 'Ệ'],
  [/\bt(?:oosi|oois|osoi|o61i|o6i1|oi61)(?![a-z])/g, 'tối'],
  [/\bT(?:oosi|oois|osoi|o61i|o6i1|oi61)(?![a-z])/gi, 'TỐI'],
  [/\bm(?:aatj|aajt|ajat|atja|atj|ajt|a65t|a6t5|a56t|at65|at56|aat5)(?![a-z])/g, 'mật'],
  [/\bm(?:aatj|aajt|ajat|atja|atj|ajt|a65t|a6t5|a56t|at65|at56|aat5)(?![a-z])/gi, 'MẬT'],
]

/** Readings in which an old encoding shows itself; none for ordinary text. */
export function legacyReadings(text: string): string[] {
  const composed = text.normalize('NFC')
  return (
    [
      [/[ËëÖö¶®§]/, tcvn3],
      [/[aoe][äÄáÁ]|[AOE][äÄáÁ]/, vni],
      [/[êÊïÏ][åÅ]/, bkHcm2],
      [/[§¯]|tuy®t/i, viscii],
      [/[âÂ][òÒ]/, windows1258],
      [/\^[.']|m(?:aatj|aajt|ajat|atj|ajt|a6|a5|at[56]|aat5)/i, typed],
    ] as const
  )
    .filter(([signs]) => signs.test(composed))
    .map(([, table]) => table.reduce((read, [from, to]) => read.replace(from, to), composed))
}
