import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'
import { withheldBecause } from './withheld-words.ts'

export function withheldCommand(program: Command): void {
  const withheld = program
    .command('withheld')
    .summary('Những văn bản đang giữ lại. Directives that are withheld.')
    .description(
      inBoth(
        'Văn bản đang giữ lại, không hiện ở đâu, chờ người xem: cho hiện lại bằng "release", hoặc xóa hẳn bằng "chidao purge ID". Thời hạn theo luật vẫn tính.',
        'What no view shows and waits for a person: show it again with "release", or remove it for good with "chidao purge ID". Legal clocks go on.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao withheld', 'chidao withheld release ID --reason "đã hỏi Văn phòng" --yes'),
    )

  withheld
    .command('list', { isDefault: true })
    .summary('Danh sách, hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: id, nguồn, vì sao, từ lúc nào, hạn phân loại. Không nêu nội dung văn bản. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: id, source, why, since when, the legal deadline; nothing of what the directive says. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao withheld list --json'))
    .action(list)

  withheld
    .command('release')
    .argument('<id>', 'văn bản, xem "withheld list" / the directive')
    .summary('Cho hiện lại. Show one again.')
    .description(
      inBoth(
        'Văn bản và các bản trùng (cùng số, ký hiệu, ngày ban hành lệch không quá một ngày) hiện lại như trước. Không cho hiện lại được những gì nguồn ghi chắc chắn là mật, và bản trùng khi văn bản đó chưa được xóa. Lần đọc sau nếu nguồn vẫn như cũ thì có thể bị giữ lại lần nữa. Phải có --yes.',
        'The directive and its copies (of its number, dated within a day of it) are shown as before. What its source calls secret for certain cannot be released, nor a copy of it until it is purged. A later reading may withhold it again if the source still says what it said. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao withheld release ID --reason "đã hỏi Văn phòng" --yes'))
    .action(release)
}

async function list({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const rows = await opened.store.withholding.list(1000)
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0) return output.line('Không giữ lại văn bản nào. Nothing is withheld.')
  output.line(
    table(
      ['id', 'nguồn', 'vì sao', 'từ lúc', 'hạn phân loại'],
      rows.map(({ id, source, because, withheldAt, classifyBy }) => [
        id,
        source,
        withheldBecause[because],
        localTime(withheldAt),
        localTime(classifyBy),
      ]),
    ),
  )
}

async function release(
  id: string,
  asked: { reason: string; yes?: true; as?: string; json?: true },
  command: Command,
): Promise<void> {
  mustBeConfirmed(
    'release',
    asked,
    command,
    'thêm --yes để xác nhận. The directive is shown again, to all who may look: add --yes, when it is certain that it may be in the system.',
  )
  const { actor, reason } = saidBy('release', asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { withholding } = opened.store
  const one = (await withholding.list(100_000)).find((row) => row.id === id)
  if (!one)
    throw new Explained(
      'Không giữ lại văn bản nào có id này. Nothing withheld has this id; see: chidao withheld list',
    )
  if (!(await withholding.release(id, at, { actor, reason })))
    throw new Explained(
      'Không cho hiện lại được: văn bản hoặc bản trùng của nó sẽ được xóa. It cannot be released: it or a copy of it is to be purged.',
    )
  if (asked.json) return output.json({ released: id, actor, reason })
  output.line('Văn bản hiện lại như trước. It is shown again.')
}
