import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { OpenFile } from '../store/directive-files.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'
import { unusableWords } from './unusable-words.ts'

interface Asked {
  readonly reason: string
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

export function filesCommand(program: Command): void {
  const files = program
    .command('files')
    .summary('Tệp còn thiếu hoặc không dùng được. Files that are missing or unusable.')
    .description(
      inBoth(
        'Tệp chưa lấy được giữ văn bản lại cho đến khi có, hoặc đến khi người quyết định chuyển không kèm tệp. Tệp hỏng ngay trong thông điệp của trục thì không giữ văn bản lại.',
        'A file that cannot be fetched holds its directive up until it is there, or until a person has the directive staged without it. A file that is broken within a message of the axis holds nothing up.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao files', 'chidao files give-up ID --reason "nguồn không có tệp" --yes'),
    )

  files
    .command('list', { isDefault: true })
    .summary('Hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: id của tệp, nguồn, số/ký hiệu, tệp thứ mấy, cỡ đã công bố, hạn phân loại, vì sao. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: the id of the file, source, code, which file, its announced size, the legal deadline, and why. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files list --json'))
    .action(list)

  files
    .command('give-up')
    .argument('<id>', 'tệp / the file')
    .summary('Chuyển văn bản không kèm tệp này. Stage the directive without this file.')
    .description(
      inBoth(
        'Không lấy tệp này nữa; khi không còn tệp nào phải chờ, văn bản hiện trong kho ngay và nguồn được báo đã nhận. Văn phòng thấy tên tệp và lý do. Phiên bản khác của tệp ở nguồn vẫn được lấy như thường. Phải có --yes.',
        'The file is not asked for any more; when none is waited for, the directive shows at once and its source is told that it has arrived. The Office sees the name of the file, and why. Another version of it at the source is fetched as ever. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files give-up ID --reason "nguồn không có tệp" --yes'))
    .action(giveUp)

  files
    .command('settle')
    .argument('<directive>', 'id của văn bản / the directive')
    .summary('Đã biết tệp không dùng được. Settle that its unusable files are known.')
    .description(
      inBoth(
        'Văn bản đã chuyển không kèm tệp hỏng thôi nằm trong danh sách cần xử lý. Tên tệp và lý do vẫn hiện ở văn bản. Phải có --yes.',
        'A directive that was staged without broken files leaves the list of what needs a person. The files and the reason stay with the directive. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files settle ID --reason "đã xin bản khác" --yes'))
    .action(settle)
}

async function list({ json }: { json?: true }): Promise<void> {
  const config = readConfig('optional')
  await using opened = await openTrackingStore(config, 'guest')
  const limits = new Map(config.sources.map(({ name, limits }) => [name, limits.maxFileBytes]))
  const files = await opened.store.directiveFiles.open(1000)
  const rows = files.map((file) => ({ ...file, overLimit: overLimit(file, limits) }))
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0) return output.line('Không thiếu tệp nào. No file is missing or unusable.')
  output.line(
    table(
      ['id', 'nguồn', 'số/ký hiệu', 'tệp thứ', 'byte', 'hạn phân loại', 'vì sao'],
      rows.map((row) => [
        ...[row.id, row.source, row.code, String(row.position + 1)],
        ...[row.size === null ? '–' : String(row.size), localTime(row.classifyBy), whyOf(row)],
      ]),
    ),
  )
}

interface OverLimit {
  readonly setting: string
  readonly limit: number
  /** By how many bytes the announced size is above it. */
  readonly by: number
}

/** Null of a file that is not announced as larger than its source may send. */
function overLimit(
  { source, size }: Pick<OpenFile, 'source' | 'size'>,
  limits: ReadonlyMap<string, number>,
): OverLimit | null {
  const limit = limits.get(source)
  if (limit === undefined || size === null || size <= limit) return null
  return { setting: `limits.maxFileBytes (${source})`, limit, by: size - limit }
}

function whyOf({
  unusable,
  failure,
  overLimit,
}: OpenFile & { overLimit: OverLimit | null }): string {
  if (unusable !== null) return unusableWords[unusable] ?? unusable
  if (overLimit === null) return explainFailure(failure ?? 'pending')
  const { setting, limit, by } = overLimit
  return `lớn hơn ${setting}: ${limit} byte, vượt ${by} byte; tăng mức này trong hồ sơ nguồn / larger than ${setting}, ${limit} bytes, by ${by} bytes: raise it in the profile`
}

async function giveUp(id: string, asked: Asked, command: Command): Promise<void> {
  mustBeConfirmed(
    'discard',
    asked,
    command,
    'văn bản sẽ hiện mà không có tệp này; thêm --yes / the directive will show without this file: add --yes',
  )
  await act(
    id,
    asked,
    'givenUp',
    `Không chờ tệp ${id}. No file of this id is waited for: see "chidao files".`,
  )
}

async function settle(id: string, asked: Asked, command: Command): Promise<void> {
  mustBeConfirmed('known', asked, command, 'thêm --yes / add --yes')
  await act(
    id,
    asked,
    'known',
    `Văn bản ${id} không có tệp nào như vậy. The directive has no unusable file that is not settled.`,
  )
}

async function act(
  id: string,
  asked: Asked,
  what: 'givenUp' | 'known',
  none: string,
): Promise<void> {
  const by = saidBy('discard', asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { directiveFiles } = opened.store
  const isDone =
    what === 'givenUp' ? directiveFiles.giveUp(id, by, at) : directiveFiles.know(id, by, at)
  if (!(await isDone)) throw new Explained(none)
  if (asked.json) return output.json({ id, [what]: true, ...by })
  output.line('Đã ghi. Done.')
}
