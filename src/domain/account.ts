/** What an account may be called, may do, and may have as a password. */
export const accountRoles = ['viewer', 'administrator'] as const
export type AccountRole = (typeof accountRoles)[number]
export type Language = 'vi' | 'en'

/** As it is written in the store and in the history: lower case, and no character that means something elsewhere. */
export function accountName(typed: string): string | null {
  const name = typed.trim().toLowerCase()
  return /^[a-z0-9][a-z0-9._@-]{0,63}$/.test(name) ? name : null
}

export const shortestPassword = 12
export const longestPassword = 256

export type Weakness = 'short' | 'long' | 'monotonous' | 'common' | 'name'

/** Why a password may not be used; null when it may. Length does more than rules about its characters. */
export function weaknessOf(password: string, name: string): Weakness | null {
  const letters = [...password.normalize('NFC')]
  if (letters.length < shortestPassword) return 'short'
  if (letters.length > longestPassword) return 'long'
  const plain = password.normalize('NFC').toLowerCase()
  if (new Set(plain).size < 6) return 'monotonous'
  const rest = common.reduce((left, word) => left.replaceAll(word, ''), plain)
  if ([...rest].length < 6) return 'common'
  const [first = name] = name.split('@')
  return first.length > 3 && plain.replaceAll(first, '').length < 8 ? 'name' : null
}

/** What is tried first; a password made of little else is no password. */
const common: readonly string[] = [
  'matkhau',
  'mậtkhẩu',
  'mat khau',
  'mật khẩu',
  'password',
  'passw0rd',
  'p@ssw0rd',
  'p@ssword',
  'administrator',
  'quantri',
  'admin',
  'chidao',
  'chỉ đạo',
  'letmein',
  'welcome',
  'iloveyou',
  'anhyeuem',
  'vietnam',
  'qwertyuiop',
  'qwerty',
  'asdfghjkl',
  'asdfgh',
  'abcdef',
  'abc',
  '1q2w3e4r',
  '1234567890',
  '123456789',
  '12345678',
  '123456',
  '1234',
  '123',
]
