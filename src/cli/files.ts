import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import type { Config } from '#config/config.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { type OverLimit, overLimit } from '../domain/file-limit.ts'
import { handIn } from '../flow/hand-in.ts'
import type { OpenFile } from '../store/directive-files.ts'
import { openApp, openTrackingStore, readConfig } from '../wiring.ts'
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
        'Văn bản hiện ngay trong kho, tệp được lấy sau. Dịch vụ tự thử lại tệp chưa lấy được; lệnh này cho xem vì sao, thử lại ngay, thôi không chờ, hoặc nộp tệp thay nguồn.',
        'A directive shows at once, and its files follow. The service tries again by itself what it could not fetch; this shows why, tries at once, stops waiting, or hands a file in.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao files',
        'chidao files retry --all --reason "nguồn đã chạy lại"',
        'chidao files hand-in ID toan-van.pdf --reason "văn thư gửi bản ký số" --yes',
      ),
    )

  files
    .command('list', { isDefault: true })
    .summary('Hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: id của tệp, nguồn, số/ký hiệu, tệp thứ mấy, cỡ đã công bố, hạn phân loại, vì sao. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: the id of the file, source, code, which file (the full text or an annex), its announced size, the legal deadline, and why. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files list --json'))
    .action(list)

  files
    .command('retry')
    .argument('[id...]', 'các tệp, hoặc văn bản / the files, or directives')
    .summary('Lấy lại ngay. Fetch again at once.')
    .description(
      inBoth(
        'Các tệp đã chọn, hoặc mọi tệp còn chờ của văn bản đã chọn, đến hạn lấy lại ngay; dịch vụ đang chạy sẽ lấy. Lấy lại không gây hại gì. Người, lúc và lý do được ghi vào lịch sử.',
        'Makes the chosen files, or all that a chosen directive waits for, due now, for the running service. Trying again does no harm. Who, when and why go into the history.',
      ),
    )
    .option('--all', 'tất cả / all of them')
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files retry --all --reason "nguồn đã chạy lại"'))
    .action(retry)

  files
    .command('give-up')
    .argument('<id>', 'tệp / the file')
    .summary('Không chờ tệp này nữa. Stop waiting for this file.')
    .description(
      inBoth(
        'Không lấy tệp này nữa. Khi không còn tệp nào của thông điệp phải chờ, nguồn được báo: done là đã nhận, fail là không nhận được. Văn phòng thấy tên tệp và lý do. Phiên bản khác của tệp ở nguồn vẫn được lấy như thường. Phải có --yes.',
        'The file is not asked for any more. When no file of its message is waited for, the source is told: done says that it was taken, fail that it was not. The Office sees the name of the file, and why. Another version of it at the source is fetched as ever. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .addOption(
      new Option('--tell <answer>', 'báo nguồn / what the source is told')
        .choices(['done', 'fail'])
        .default('done'),
    )
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao files give-up ID --reason "nguồn không có tệp" --yes'))
    .action(giveUp)

  files
    .command('hand-in')
    .argument('<id>', 'tệp / the file')
    .argument('<path>', 'nơi tệp nằm trên máy này / where it lies on this machine')
    .summary('Nộp tệp thay nguồn. Hand a file in that cannot be fetched.')
    .description(
      inBoth(
        'Tệp được mã hóa và giữ như tệp lấy từ nguồn, có ghi ai nộp. Chỉ nộp tệp của văn bản thường. Người, lúc và lý do được ghi vào lịch sử. Phải có --yes.',
        'The file is encrypted and kept like one that came from the source, with who handed it in. Only files of ordinary documents. Who, when and why go into the history. Needs --yes.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example('chidao files hand-in ID toan-van.pdf --reason "văn thư gửi bản ký số" --yes'),
    )
    .action(handInFile)

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
  const rows = files.map((file) => ({
    ...file,
    overLimit: overLimit(file.size, limits.get(file.source)),
  }))
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0) return output.line('Không thiếu tệp nào. No file is missing or unusable.')
  output.line(
    table(
      ['id', 'nguồn', 'số/ký hiệu', 'tệp', 'byte', 'hạn phân loại', 'vì sao'],
      rows.map((row) => [
        ...[
          row.id,
          row.source,
          row.code,
          row.isFullText ? 'toàn văn' : `phụ lục ${row.position + 1}`,
        ],
        ...[row.size === null ? '–' : String(row.size), localTime(row.classifyBy), whyOf(row)],
      ]),
    ),
  )
}

function whyOf({
  source,
  unusable,
  failure,
  overLimit,
}: OpenFile & { overLimit: OverLimit | null }): string {
  if (unusable !== null) return unusableWords[unusable] ?? unusable
  if (overLimit === null) return explainFailure(failure ?? 'waiting')
  const { limit, by } = overLimit
  const setting = `limits.maxFileBytes (${source})`
  return `lớn hơn ${setting}: ${limit} byte, vượt ${by} byte; tăng mức này trong hồ sơ nguồn / larger than ${setting}, ${limit} bytes, by ${by} bytes: raise it in the profile`
}

async function retry(
  ids: string[],
  asked: Asked & { all?: true },
  command: Command,
): Promise<void> {
  const { all, json } = asked
  if (ids.length === 0 && !all)
    command.error('error: cho biết id hoặc --all / give ids or --all', { exitCode: 2 })
  const by = saidBy('retry', asked)
  const config = readConfig('optional')
  await using opened = await openTrackingStore(config, 'guest')
  const retried = await opened.store.directiveFiles.retry(all ? null : ids, by, nowBy(config))
  if (!all && retried < ids.length) process.exitCode = 1
  if (json) return output.json({ retried, ...by })
  output.line(`${retried} tệp sẽ được lấy lại ngay. ${retried} files are due now.`)
}

async function giveUp(
  id: string,
  asked: Asked & { tell: 'done' | 'fail' },
  command: Command,
): Promise<void> {
  mustBeConfirmed(
    'giveUp',
    asked,
    command,
    'tệp này sẽ không được chờ nữa; thêm --yes / this file will not be waited for: add --yes',
  )
  const by = saidBy('giveUp', asked)
  const config = readConfig('optional')
  await using opened = await openTrackingStore(config, 'guest')
  const { directiveFiles } = opened.store
  if (!(await directiveFiles.giveUp(id, asked.tell, by, nowBy(config)))) throw notWaited(id)
  done(asked, { id, givenUp: true, told: asked.tell, ...by })
}

async function handInFile(id: string, path: string, asked: Asked, command: Command): Promise<void> {
  mustBeConfirmed('handIn', asked, command, 'thêm --yes / add --yes')
  const by = saidBy('handIn', asked)
  const found = await stat(path).catch(() => null)
  if (!found?.isFile())
    throw new Explained(`Không có tệp ${path}. There is no file ${path}; give the path of one.`, 2)
  await using opened = await openApp(readConfig('required'), { as: 'guest' })
  const given = { name: basename(path), open: () => createReadStream(path) }
  const outcome = await handIn(opened.app, id, given, by)
  if (outcome === 'notWaited') throw notWaited(id)
  if (outcome === 'marked')
    throw new Explained(
      'Tên tệp chưa đủ điều kiện ghi vào hệ thống; chưa đọc gì. The name of the file is not eligible; nothing was read. Hand in files of ordinary documents only.',
    )
  done(asked, { id, handedIn: true, ...by })
}

async function settle(id: string, asked: Asked, command: Command): Promise<void> {
  mustBeConfirmed('known', asked, command, 'thêm --yes / add --yes')
  const by = saidBy('known', asked)
  const config = readConfig('optional')
  await using opened = await openTrackingStore(config, 'guest')
  if (!(await opened.store.directiveFiles.know(id, by, nowBy(config))))
    throw new Explained(
      `Văn bản ${id} không có tệp nào như vậy. The directive has no unusable file that is not settled.`,
    )
  done(asked, { id, known: true, ...by })
}

function notWaited(id: string): Explained {
  return new Explained(`Không chờ tệp ${id}. No file of this id is waited for: see "chidao files".`)
}

function nowBy(config: Config): Date {
  return (config.clock ? parseClock(config.clock) : wallClock).now()
}

function done({ json }: Asked, told: object): void {
  if (json) output.json(told)
  else output.line('Đã ghi. Done.')
}
