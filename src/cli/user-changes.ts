import type { AccountRole } from '../domain/account.ts'
import { Explained } from '../domain/errors.ts'
import type { Act } from '../store/accounts.ts'
import { sealPassword } from '../store/password.ts'
import type { Store } from '../store/store.ts'
import { newPassword } from './typed-password.ts'

export interface Given {
  readonly role?: AccountRole
  readonly to?: AccountRole
  readonly name?: string
  readonly passwordFile?: string
}

/** What is done to one account; how it is told to a program, and to a person. */
export type Change = (
  store: Store,
  account: string,
  given: Given,
  act: Act,
) => Promise<readonly [report: Record<string, unknown>, sentence: string]>

export const add: Change = async ({ accounts }, name, { role, ...given }, act) => {
  const taken = () => new Explained(`Đã có tài khoản ${name}. There is an account ${name} already.`)
  if ((await accounts.list()).some((account) => account.name === name)) throw taken()
  const password = await sealPassword(await newPassword(name, given.passwordFile))
  const shownName = given.name?.trim() || name
  if (!(await accounts.add({ name, shownName, role: role!, password }, act))) throw taken()
  return [{ added: true, role }, `Đã thêm tài khoản. The account ${name} may log in: ${role}.`]
}

export const changePassword: Change = async ({ accounts }, name, given, act) => {
  const known = (await accounts.list()).find((account) => account.name === name)
  if (!known) throw unknown(name)
  if (known.kind === 'directory')
    throw new Explained(
      `Mật khẩu của ${name} do hệ thống thư công vụ quản lý. The password of ${name} is the directory's: change it there.`,
    )
  const password = await sealPassword(await newPassword(name, given.passwordFile))
  await accounts.changePassword(name, password, act)
  return [
    { passwordChanged: true },
    'Đã đổi mật khẩu. The password is changed; logins that were in force have ended.',
  ]
}

export const disable: Change = async ({ accounts }, name, _given, act) => {
  await mustBeKnown(accounts, name)
  if (!(await accounts.disable(name, act)))
    throw new Explained(`Tài khoản ${name} đã bị vô hiệu hóa từ trước. It is disabled already.`)
  return [{ disabled: true }, 'Đã vô hiệu hóa. It is disabled; its logins have ended.']
}

export const enable: Change = async ({ accounts }, name, _given, act) => {
  await mustBeKnown(accounts, name)
  if (!(await accounts.enable(name, act)))
    throw new Explained(`Tài khoản ${name} vẫn dùng được. It is neither disabled nor locked.`)
  return [{ enabled: true }, 'Tài khoản dùng lại được. It may log in again.']
}

export const changeRole: Change = async ({ accounts }, name, { to }, act) => {
  await mustBeKnown(accounts, name)
  if (!(await accounts.changeRole(name, to!, act)))
    throw new Explained(`Tài khoản ${name} đã có quyền này. It has that role already.`)
  return [{ role: to }, `Đã đổi quyền. ${name} is ${to} from now on.`]
}

async function mustBeKnown(accounts: Store['accounts'], name: string): Promise<void> {
  if (!(await accounts.list()).some((account) => account.name === name)) throw unknown(name)
}

function unknown(name: string): Explained {
  return new Explained(
    `Không có tài khoản ${name}. There is no account ${name}; see: chidao user list`,
  )
}
