import { type Command, Option } from 'commander'
import { type AccountRole, accountName } from '../domain/account.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Account, Act } from '../store/accounts.ts'
import { sealPassword } from '../store/password.ts'
import type { Store } from '../store/store.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { actorOf, reasonOf } from './actor.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'
import { newPassword } from './typed-password.ts'

const roles: Readonly<Record<AccountRole, string>> = {
  viewer: 'xem / viewer',
  administrator: 'quản trị / administrator',
}

export function userCommand(program: Command): void {
  const user = program
    .command('user')
    .summary('Tài khoản vào các trang theo dõi. Accounts for the pages.')
    .description(
      inBoth(
        'Mỗi người một tài khoản. Chưa có tài khoản nào thì dịch vụ chỉ trả lời /healthz; có tài khoản đầu tiên thì mở ngay, không cần khởi động lại. Mọi thay đổi được ghi vào lịch sử. Tài khoản không bị xóa, chỉ bị vô hiệu hóa.',
        'One account for each person. Without any, the service answers /healthz only; with the first it opens at once, without a restart. Every change is in the history. Accounts are not deleted, only disabled.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao user add lan.nguyen --role administrator', 'chidao user disable lan.nguyen'),
    )

  user
    .command('list', { isDefault: true })
    .summary('Danh sách. All of them.')
    .description(
      inBoth(
        'Mỗi dòng: tên, họ tên, quyền, loại, trạng thái, lần đăng nhập gần nhất.',
        'Each line: the account, the person, role, kind, state, last login.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao user list --json'))
    .action(list)

  changing(
    user
      .command('add')
      .summary('Thêm một tài khoản. Add one.')
      .description(
        inBoth(
          'Tên viết thường, không dấu: a-z, 0-9 và . _ @ -. Mật khẩu được hỏi trên màn hình (không hiện ra), hoặc lấy từ dòng đầu của tệp hay của đầu vào; ít nhất 12 ký tự.',
          'A name in lower case: a-z, 0-9 and . _ @ -. The password is asked for on the terminal and not shown, or is the first line of a file or of standard input; at least 12 characters.',
        ),
      )
      .addOption(roleOption().makeOptionMandatory())
      .option('--name <text>', 'họ tên để hiện trên trang / what pages call the person')
      .option('--password-file <file>', passwordFile)
      .addHelpText('after', example('chidao user add lan.nguyen --role viewer --name "Lan"')),
    add,
  )

  changing(
    user
      .command('passwd')
      .summary('Đổi mật khẩu. Change a password.')
      .description(
        inBoth(
          'Đặt mật khẩu mới; các phiên đăng nhập đang mở kết thúc ngay.',
          'Sets a new password; logins that are in force end at once.',
        ),
      )
      .option('--password-file <file>', passwordFile)
      .addHelpText('after', example('chidao user passwd lan.nguyen')),
    changePassword,
  )

  changing(
    user
      .command('disable')
      .summary('Vô hiệu hóa. Disable one.')
      .description(
        inBoth(
          'Không đăng nhập được nữa; các phiên đang mở kết thúc ngay. Lịch sử vẫn giữ tên.',
          'It can no longer log in, and its logins end at once. The history keeps its name.',
        ),
      )
      .addHelpText(
        'after',
        example('chidao user disable lan.nguyen --reason "đã chuyển công tác"'),
      ),
    disable,
  )

  changing(
    user
      .command('enable')
      .summary('Cho dùng lại, mở khóa. Enable or unlock one.')
      .description(
        inBoth(
          'Dùng cho tài khoản bị vô hiệu hóa, hoặc đang bị khóa vì sai mật khẩu nhiều lần.',
          'For one that was disabled, or is locked because of wrong passwords.',
        ),
      )
      .addHelpText('after', example('chidao user enable lan.nguyen')),
    enable,
  )

  changing(
    user
      .command('role')
      .summary('Đổi quyền. Change what one may do.')
      .description(
        inBoth(
          'Có hiệu lực ngay. Quyền của tài khoản thư công vụ do nhóm quyết định, ở lần đăng nhập sau.',
          'Holds at once. The role of a mail account comes from its groups, at its next login.',
        ),
      )
      .addOption(roleOption('--to <role>').makeOptionMandatory())
      .addHelpText('after', example('chidao user role lan.nguyen --to administrator')),
    changeRole,
  )
}

const passwordFile = 'tệp có mật khẩu, hoặc - / a file with the password, or -'

function roleOption(flags = '--role <role>'): Option {
  return new Option(
    flags,
    'viewer: chỉ xem; administrator: xem và thao tác / only looks; looks and acts',
  ).choices(Object.keys(roles))
}

interface Asked {
  readonly role?: AccountRole
  readonly to?: AccountRole
  readonly name?: string
  readonly passwordFile?: string
  readonly reason?: string
  readonly as?: string
  readonly json?: true
}

type Change = (
  store: Store,
  account: string,
  asked: Asked,
  act: Act,
) => Promise<readonly [report: Record<string, unknown>, sentence: string]>

/** What all that change an account have in common: the name, who acts and why, and how it is told. */
function changing(command: Command, change: Change): void {
  command
    .argument('<account>', 'tên tài khoản / the account')
    .option('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .action(async (typed: string, asked: Asked) => {
      const account = accountName(typed)
      if (account === null)
        throw new Explained(
          'Tên tài khoản chỉ gồm a-z, 0-9 và . _ @ -, không quá 64 ký tự. An account is called by a-z, 0-9 and . _ @ -, at most 64 of them, beginning with a letter or a digit.',
          2,
        )
      const config = readConfig('optional')
      const act: Act = {
        actor: actorOf(asked.as),
        reason: reasonOf(asked.reason),
        at: (config.clock ? parseClock(config.clock) : wallClock).now(),
      }
      await using opened = await openTrackingStore(config, 'guest')
      const [report, sentence] = await change(opened.store, account, asked, act)
      if (asked.json) return output.json({ account, ...report, actor: act.actor })
      output.line(sentence)
    })
}

async function list({ json }: { json?: true }): Promise<void> {
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

const add: Change = async ({ accounts }, name, { role, ...asked }, act) => {
  const taken = () => new Explained(`Đã có tài khoản ${name}. There is an account ${name} already.`)
  if ((await accounts.list()).some((account) => account.name === name)) throw taken()
  const password = await sealPassword(await newPassword(name, asked.passwordFile))
  const shownName = asked.name?.trim() || name
  if (!(await accounts.add({ name, shownName, role: role!, password }, act))) throw taken()
  return [{ added: true, role }, `Đã thêm tài khoản. The account ${name} may log in: ${role}.`]
}

const changePassword: Change = async ({ accounts }, name, asked, act) => {
  const known = (await accounts.list()).find((account) => account.name === name)
  if (!known) throw unknown(name)
  if (known.kind === 'directory')
    throw new Explained(
      `Mật khẩu của ${name} do hệ thống thư công vụ quản lý. The password of ${name} is the directory's: change it there.`,
    )
  const password = await sealPassword(await newPassword(name, asked.passwordFile))
  await accounts.changePassword(name, password, act)
  return [
    { passwordChanged: true },
    'Đã đổi mật khẩu. The password is changed; logins that were in force have ended.',
  ]
}

const disable: Change = async ({ accounts }, name, _asked, act) => {
  await mustBeKnown(accounts, name)
  if (!(await accounts.disable(name, act)))
    throw new Explained(`Tài khoản ${name} đã bị vô hiệu hóa từ trước. It is disabled already.`)
  return [{ disabled: true }, 'Đã vô hiệu hóa. It is disabled; its logins have ended.']
}

const enable: Change = async ({ accounts }, name, _asked, act) => {
  await mustBeKnown(accounts, name)
  if (!(await accounts.enable(name, act)))
    throw new Explained(`Tài khoản ${name} vẫn dùng được. It is neither disabled nor locked.`)
  return [{ enabled: true }, 'Tài khoản dùng lại được. It may log in again.']
}

const changeRole: Change = async ({ accounts }, name, { to }, act) => {
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
