import { userInfo } from 'node:os'
import type { Command } from 'commander'
import {
  type Act,
  demands,
  longest,
  type Refused,
  readable,
  type Said,
  type Saying,
  saidFor,
  shortestAuthority,
} from '../domain/act.ts'
import { Explained } from '../domain/errors.ts'
import { markInText } from '../domain/mark.ts'

interface Asked {
  readonly reason?: string | undefined
  readonly authority?: string | undefined
  readonly yes?: true | undefined
  readonly dryRun?: true | undefined
  readonly as?: string | undefined
}

/** Refuses an act that is not confirmed, where it has to be; `lost` says what the act does. */
export function mustBeConfirmed(act: Act, asked: Asked, command: Command, lost: string): void {
  if (demands[act].confirmed !== 'no' && !asked.yes && !asked.dryRun)
    command.error(`error: ${lost}`, { exitCode: 2 })
}

/** Who acts, and what the act demands to be said; all that is wrong with it at once. */
export function saidBy<A extends Act>(
  act: A,
  asked: Asked,
  actorOption = '--as',
): { readonly actor: string } & Said<A> {
  const given = saidFor(act, asked)
  if ('refused' in given) throw new Explained(given.refused.map(explain).join('\n'), 2)
  return { actor: actorOf(asked.as, actorOption), ...given.said }
}

/** Who acts, for the history: as told, else the operating system's user. */
export function actorOf(told: string | undefined, option = '--as'): string {
  const actor = readable(told ?? systemUser())
  if (actor === '')
    throw new Explained(`Phải ghi người thực hiện. Say who acts, with ${option} NAME.`, 2)
  if (markInText(actor)) throw new Explained(marked(option), 2)
  return actor
}

/** Why, where that may be left open; held to the same as where it may not. */
export function reasonOf(told: string | undefined): string | null {
  if (readable(told) === '') return null
  const given = saidFor('retry', { reason: told })
  if ('refused' in given) throw new Explained(given.refused.map(explain).join('\n'), 2)
  return given.said.reason
}

function explain({ saying, why }: Refused): string {
  const option = `--${saying}`
  switch (why) {
    case 'missing':
      return missing[saying]
    case 'marked':
      return marked(option)
    case 'tooLong':
      return `${option} dài quá ${longest[saying]} ký tự. ${option} is longer than ${longest[saying]} characters; write it shorter.`
    case 'unfounded':
      return `${option} phải nêu văn bản hoặc ý kiến làm căn cứ: ít nhất ${shortestAuthority} ký tự, có chữ và có số, ví dụ "CV 12/VP-TH" hoặc "ý kiến Chánh Văn phòng ngày 5/9". It stays for ever and must name a decision: ${shortestAuthority} characters at least, with a letter and a digit.`
  }
}

const missing: Readonly<Record<Saying, string>> = {
  reason: 'Phải ghi lý do. Say why, with --reason TEXT.',
  authority: 'Phải ghi căn cứ. Say by whose decision, with --authority TEXT.',
}

function marked(option: string): string {
  return `Nội dung ${option} chưa đủ điều kiện ghi vào hệ thống. What stands in ${option} is not eligible; nothing of it was kept. Write it without what may not be written here.`
}

/** A container may run as a number that has no name. */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
