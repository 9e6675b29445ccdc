import { userInfo } from 'node:os'
import { Explained } from '../domain/errors.ts'
import { markInText } from '../domain/mark.ts'

/** Who acts, for the history: as told, else the operating system's user. */
export function actorOf(told: string | undefined, option = '--as'): string {
  const actor = (told ?? systemUser()).trim()
  if (actor === '')
    throw new Explained(`Phải ghi người thực hiện. Say who acts, with ${option} NAME.`, 2)
  return plain(option, actor)
}

/** A reason stays in the history for good: a text with a mark of secrecy is refused, and nothing of it is told. */
export function reasonOf(told: string | undefined): string | null {
  const reason = told?.trim()
  return reason ? plain('--reason', reason) : null
}

/** The same where an act must not be done without one. */
export function mustHaveReason(told: string | undefined): string {
  const reason = reasonOf(told)
  if (reason === null) throw new Explained('Phải ghi lý do. Say why, with --reason TEXT.', 2)
  return reason
}

/** What a decision is called that a person acts by; held to the same as a reason, for it outlives what it removes. */
export function authorityOf(told: string): string {
  const authority = plain('--authority', told.trim())
  if (authority === '')
    throw new Explained('Phải ghi căn cứ. Say by whose decision, with --authority TEXT.', 2)
  return authority
}

function plain(option: string, text: string): string {
  if (markInText(text))
    throw new Explained(
      `Nội dung ${option} chưa đủ điều kiện ghi vào hệ thống. What stands in ${option} is not eligible; nothing of it was kept. Write it without what may not be written here.`,
      2,
    )
  return text
}

/** A container may run as a number that has no name. */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
