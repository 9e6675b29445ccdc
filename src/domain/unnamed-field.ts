import { fold } from './letters.ts'

/** Whether the name of a field says that secrecy stands in it: `do_mat`, `doMat`, `secretLevel`, `classification`. */
export function isNameOfSecrecy(name: string): boolean {
  const words = bare(name.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')).split(/[^a-z]+/)
  const whole = words.join('')
  return (
    words.some(
      (word, nth) => word === 'mat' && !/^(?:khau|bang|hang|tran)$/.test(words[nth + 1] ?? ''),
    ) ||
    /(?:do|toi|tuyet|bao|bi|muc|cap|loai|dau|van ?ban|giai)mat(?!k|d|b|ong|h|t)|secret(?!ar)|secrecy|securit|classif|confid|restricted/.test(
      whole,
    )
  )
}

/** The name without what nobody sees, in one set of case and in Latin letters. */
export function sameName(name: string): string {
  return bare(name).replace(/[^a-z0-9@./]+/g, '')
}

/** Whether a value is a degree and nothing else: `Mật`, `TOI_MAT`, `top secret`. */
export function isDegree(value: string): boolean {
  if (value.length > longestDegree || !/m.{0,3}t|secr|confid|restricted/s.test(fold(value).text))
    return false
  const letters = bare(value).replace(/[^a-z]+/g, '')
  return /^(?:do)?(?:toi|tuyet(?:doi)?|bi|co)?(?:bi)?mat$|^(?:(?:top|most|strictly)?secret|confidential|restricted)$/.test(
    letters,
  )
}

const longestDegree = 40

function bare(text: string): string {
  return fold(text).text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
}
