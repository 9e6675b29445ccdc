import type { Refusal } from './eligibility.ts'
import { withoutLocalNames, withoutLocalNamesInFiles } from './local-names.ts'
import { markInCode, markInFileName, markInText, secretSuffix, suffixInName } from './mark.ts'
import { neighboursIn } from './neighbours.ts'

/** The texts of a reply that a mark of secrecy may stand in. */
export interface ReplyTexts {
  readonly explanation: string
  readonly document: {
    readonly number: string
    readonly symbol: string
    readonly typeName: string
    readonly subject: string
    readonly signer: string
  } | null
}

/**
 * A reply passes the same gate as a directive (QĐ 23/2016 Đ6.4): nothing of a refused one is kept.
 * `harmlessSuffixes` and `harmlessNames` are those of the source the directive came from; without them everything counts. `others` are
 * whatever else is kept or sent with it: who answers, and what its files are called by type.
 */
export function replyEligibility(
  { explanation, document }: ReplyTexts,
  fileNames: readonly string[],
  harmlessSuffixes: readonly string[] = [],
  others: readonly string[] = [],
  harmlessNames: readonly string[] = [],
): { admit: true } | { admit: false; reason: Refusal } {
  const left = withoutLocalNames(harmlessNames)
  const isMarked = (text: string) => markInText(left(text))
  const code = document ? [document.number, document.symbol] : []
  if (code.some((part) => secretSuffix(part, harmlessSuffixes)))
    return { admit: false, reason: 'secretSuffix' }
  if (code.some(markInCode)) return { admit: false, reason: 'markInSymbol' }
  if (document && isMarked(document.subject)) return { admit: false, reason: 'markInSubject' }
  if ([explanation, document?.typeName ?? '', document?.signer ?? '', ...others].some(isMarked))
    return { admit: false, reason: 'markInText' }
  const beside = neighboursIn(left(document?.subject ?? ''))
  const own = { number: document?.number ?? null, symbol: document?.symbol ?? null }
  const leftOfName = withoutLocalNamesInFiles(harmlessNames)
  if (
    fileNames.some(
      (name) =>
        markInFileName(leftOfName(name), beside) || suffixInName(name, harmlessSuffixes, own),
    )
  )
    return { admit: false, reason: 'markInFileName' }
  return { admit: true }
}

export class ReplyNotEligible extends Error {
  constructor() {
    super(
      'The reply is not eligible for this system, and nothing of it was kept. Report it by other means (QĐ 23/2016 Đ6.4).',
    )
    this.name = 'ReplyNotEligible'
  }
}
