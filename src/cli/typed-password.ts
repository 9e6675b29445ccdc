import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { longestPassword, shortestPassword, type Weakness, weaknessOf } from '../domain/account.ts'
import { Explained } from '../domain/errors.ts'

/**
 * A new password for an account: asked for twice on a terminal without showing it, or the first line of a file or of
 * standard input. Never an argument, which every process of the machine can read.
 */
export async function newPassword(name: string, file: string | undefined): Promise<string> {
  const isTyped = file === undefined && process.stdin.isTTY === true
  const password = isTyped ? await typedTwice() : await firstLine(file ?? '-')
  const weakness = weaknessOf(password, name)
  if (weakness) throw new Explained(tooWeak[weakness], 2)
  return password
}

const tooWeak: Readonly<Record<Weakness, string>> = {
  short: `Mật khẩu phải có ít nhất ${shortestPassword} ký tự; một câu dài thì dễ nhớ. The password needs at least ${shortestPassword} characters; a long sentence is easy to remember.`,
  long: `Mật khẩu không được dài quá ${longestPassword} ký tự. The password may have at most ${longestPassword} characters.`,
  monotonous:
    'Mật khẩu lặp lại quá ít ký tự. The password repeats too few characters: use more different ones.',
  common:
    'Mật khẩu gồm toàn những từ hay bị thử đầu tiên. The password is made of what is tried first: use other words.',
  name: 'Mật khẩu gần như chỉ là tên tài khoản. The password is little more than the name of the account: use other words.',
}

async function typedTwice(): Promise<string> {
  const first = await typed('Mật khẩu / Password: ')
  const again = await typed('Nhập lại / Once more: ')
  if (first === again) return first
  throw new Explained('Hai lần nhập khác nhau. The two are not the same; nothing was changed.', 2)
}

async function typed(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const asking = createInterface({ input: process.stdin, output: silent, terminal: true })
  // Only now: what is typed before the terminal is told to be silent would be shown.
  process.stderr.write(question)
  const stopped = new AbortController()
  asking.once('SIGINT', () => stopped.abort())
  asking.once('close', () => stopped.abort())
  try {
    return await asking.question('', { signal: stopped.signal })
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    throw new Explained('Đã dừng; không thay đổi gì. Stopped; nothing was changed.')
  } finally {
    asking.close()
    process.stderr.write('\n')
  }
}

async function firstLine(file: string): Promise<string> {
  const read = async () => (file === '-' ? text(process.stdin) : readFileSync(file, 'utf8'))
  const content = await read().catch((error: { code?: string }) => {
    throw new Explained(
      `Không đọc được tệp ${file}. ${file} cannot be read (${error.code}). Correct --password-file.`,
      2,
    )
  })
  return content.split(/\r?\n/)[0]!
}
