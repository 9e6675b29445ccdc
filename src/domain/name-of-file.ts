/**
 * The name of a file without what systems and people hang on it: endings, `signed`, `kyso`, versions, copies, dates.
 * What is left says what the file is, or repeats the code of its document.
 */
export function withoutTails(name: string): string {
  let left = name
  for (let round = 0; round < mostTails; round++) {
    const shorter = left.replace(tail, '')
    if (shorter === left || !/[\p{L}\p{N}]/u.test(shorter)) return left
    left = shorter
  }
  return left
}

const mostTails = 8

const ending =
  'pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|xml|edxml|html?|zip|rar|7z|p7[sm]|jpe?g|png|gif|bmp|tiff?|dwg|dxf'
const hung =
  'signed|sign|(?:da )?k[yý](?:[ _.+\\p{Pd}]{0,3}s[oố])?|final|cuoi|copy|scan|v\\d{1,3}|\\d{1,2}[-_.]\\d{1,2}[-_.](?:19|20)\\d{2}|\\d{4}(?:19|20)\\d{2}|(?:19|20)\\d{6}'
const tail = new RegExp(
  `(?:\\.(?:${ending})|[\\s_.,+~\\p{Pd}]{1,4}(?:${hung})|(?<=[\\p{L}\\p{N}])[\\s_.+~\\p{Pd}]{0,4}[([]\\d{1,3}[)\\]])[\\s_.]{0,4}$`,
  'iu',
)
