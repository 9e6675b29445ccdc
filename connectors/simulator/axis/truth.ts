/** What a perfect bridge holds of the register when the axis is all that it sees. */
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Register } from '../register.ts'
import { expectedEligible } from '../register.ts'
import { codeOf, docIdOf, documentIdOf, senderOf } from './names.ts'

export interface AxisHeld {
  /** Together with `documentId`, what names the directive. */
  readonly organId: string
  readonly documentId: string
  readonly docId: string
  /** Of the register, and of the other face. */
  readonly id: number
  readonly code: string
  readonly subject: string
  readonly issuedOn: LocalDate
  readonly recalled: boolean
  /** The DocumentId of its successor. */
  readonly replacedBy: string | null
}

/** The same documents as of the other face: the axis shows each at its release, and its changes as messages. */
export function axisExpectedEligible(register: Register, at: Date): AxisHeld[] {
  return expectedEligible(register, at).flatMap(({ id, subject, issuedOn, recalled }) => {
    const document = register.byId(id)
    if (!document) return []
    const successor = document.changes
      .filter((change) => change.kind === 'replace' && change.at <= at)
      .map((change) => (change.kind === 'replace' ? register.byId(change.by) : undefined))
      .at(-1)
    const { number, symbol } = codeOf(document.row)
    return {
      organId: senderOf(document).organId,
      documentId: documentIdOf(document),
      docId: docIdOf(document),
      id,
      code: `${number}/${symbol}`,
      subject,
      issuedOn,
      recalled,
      replacedBy: successor ? documentIdOf(successor) : null,
    }
  })
}
