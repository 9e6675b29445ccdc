import type { Command } from 'commander'
import { readCalendar } from '../domain/calendar.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { explainDoubt } from './doubt-words.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'

export function datesCommand(program: Command): void {
  const dates = program
    .command('dates')
    .summary('Ngày ban hành đáng ngờ. Days of issue that cannot be believed.')
    .description(
      inBoth(
        'Văn bản mà nguồn ghi ngày ban hành ở phía trước hơn ba ngày, trước importFrom hơn một năm, hoặc sửa ngày làm thời hạn đang tính đổi hơn ba mươi ngày. Văn bản vẫn hiện; thời hạn ngặt hơn được tính cho đến khi có người quyết định.',
        'Directives that their source dates more than three days ahead, more than a year before importFrom, or anew so that a running deadline would move by more than thirty days. They are shown; the stricter deadline runs until a person decides.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao dates', 'chidao dates keep ID --reason "nguồn ghi năm Phật lịch" --yes'),
    )

  dates
    .command('list', { isDefault: true })
    .summary('Danh sách, hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: id, nguồn, số/ký hiệu, ngày nguồn ghi, hạn đang tính, hạn kia, vì sao. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: id, source, code, the stated day, the deadline that runs, the other one, and why. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao dates list --json'))
    .action(list)

  const act = (name: string, summary: string, description: string, as: 'accepted' | 'kept') =>
    dates
      .command(name)
      .argument('<id>', 'văn bản, xem "dates list" / the directive')
      .summary(summary)
      .description(description)
      .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
      .option('--yes', 'không hỏi lại / do not ask')
      .option('--as <name>', 'người thực hiện / who acts')
      .option('--json', 'một tài liệu JSON / one JSON document')
      .addHelpText('after', example(`chidao dates ${name} ID --reason "đã xem bản giấy" --yes`))
      .action((id: string, asked: Asked, command: Command) => settle(id, as, asked, command))

  act(
    'accept',
    'Ngày nguồn ghi là đúng. The stated day is right.',
    inBoth(
      'Thời hạn được tính theo ngày ban hành nguồn ghi, có thể là đã quá hạn. Người, lúc và lý do được ghi vào lịch sử. Phải có --yes.',
      'The deadline is counted from the stated day of issue, and may have passed. Who, when and why go into the history. Needs --yes.',
    ),
    'accepted',
  )
  act(
    'keep',
    'Giữ thời hạn đã tính trước đó. Keep the deadline as it was.',
    inBoth(
      'Thời hạn trước khi nguồn ghi ngày ấy được giữ, dù nguồn vẫn ghi như vậy; nguồn ghi ngày khác thì hỏi lại. Người, lúc và lý do được ghi vào lịch sử. Phải có --yes.',
      'The deadline from before its source stated that day stays, although the source goes on stating it; another day is asked about again. Who, when and why go into the history. Needs --yes.',
    ),
    'kept',
  )
}

interface Asked {
  readonly reason: string
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

async function list({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const rows = await opened.store.doubtedClocks.open(1000)
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0)
    return output.line('Không có ngày ban hành nào đáng ngờ. No day of issue is doubted.')
  output.line(
    table(
      ['id', 'nguồn', 'số/ký hiệu', 'nguồn ghi', 'hạn đang tính', 'hạn kia', 'vì sao'],
      rows.map((row) => [
        ...[row.id, row.source, row.code, row.issuedOn, row.deadlineDate],
        ...[row.otherDeadline ?? '–', explainDoubt(row.doubt, { ...row })],
      ]),
    ),
  )
}

async function settle(
  id: string,
  as: 'accepted' | 'kept',
  asked: Asked,
  command: Command,
): Promise<void> {
  const act = as === 'accepted' ? 'acceptDate' : 'keepClock'
  mustBeConfirmed(
    act,
    asked,
    command,
    'việc này quyết định thời hạn theo luật; thêm --yes. This decides a legal deadline: add --yes.',
  )
  const by = saidBy(act, asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { calendars, doubtedClocks } = opened.store
  const inForce = await calendars.inForce()
  const done =
    inForce !== null && (await doubtedClocks.settle(id, as, readCalendar(inForce.content), by, at))
  if (!done)
    throw new Explained(
      'Không có ngày ban hành nào của văn bản này chờ quyết định, hoặc không tính hạn được từ ngày ấy. No day of issue waits under this id, or it is none that a deadline can be counted from; see: chidao dates',
    )
  if (asked.json) return output.json({ id, settled: as, ...by })
  output.line(
    as === 'accepted'
      ? 'Thời hạn tính theo ngày nguồn ghi. The deadline is counted from the stated day.'
      : 'Thời hạn được giữ. The deadline stays.',
  )
}
