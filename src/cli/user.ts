import { type Command, Option } from 'commander'
import { accountName, accountRoles } from '../domain/account.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Act } from '../store/accounts.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { actorOf, reasonOf } from './actor.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'
import {
  add,
  type Change,
  changePassword,
  changeRole,
  disable,
  enable,
  type Given,
} from './user-changes.ts'
import { listAccounts } from './user-list.ts'

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
    .action(listAccounts)

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
  ).choices(accountRoles)
}

interface Asked extends Given {
  readonly reason?: string
  readonly as?: string
  readonly json?: true
}

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
