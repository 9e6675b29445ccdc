import type { AccountRole } from '../domain/account.ts'
import type { Account } from '../store/accounts.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { localTime, standardOutput as output, table } from './output.ts'

const roles: Readonly<Record<AccountRole, string>> = {
  viewer: 'xem / viewer',
  administrator: 'quản trị / administrator',
}

/** Who there is, what each may do, and who is kept out now. */
export async function listAccounts({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const accounts = await opened.store.accounts.list()
  if (json) return output.json(accounts)
  if (accounts.length === 0)
    return output.line(
      'Chưa có tài khoản nào; dịch vụ chỉ trả lời /healthz. There is no account; the service answers /healthz only.',
    )
  output.line(
    table(
      ['tài khoản', 'họ tên', 'quyền', 'loại', 'trạng thái', 'đăng nhập gần nhất'],
      accounts.map((account) => [
        account.name,
        account.shownName,
        roles[account.role],
        account.kind === 'local' ? 'riêng / local' : 'thư công vụ / directory',
        stateOf(account),
        localTime(account.lastLoginAt),
      ]),
    ),
  )
}

function stateOf({ disabledAt, lockedUntil }: Account): string {
  if (disabledAt) return 'vô hiệu / disabled'
  return lockedUntil ? `khóa đến / locked until ${localTime(lockedUntil)}` : 'dùng được / in use'
}
