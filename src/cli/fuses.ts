import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { demands } from '../domain/act.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { FuseKind } from '../store/fuses.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

const acts: Readonly<Record<FuseKind, string>> = {
  withhold: 'giữ lại / withhold',
  recall: 'thu hồi / recall',
  purge: 'xóa hẳn / purge',
}

export function fusesCommand(program: Command): void {
  const fuses = program
    .command('fuses')
    .summary('Những câu hỏi chờ người trả lời. Questions that wait for a person.')
    .description(
      inBoth(
        'Khi một nguồn làm cho nhiều văn bản bất thường bị giữ lại, thu hồi hoặc xóa, việc đó dừng lại và chờ người trả lời: nguồn đúng, hay nguồn đang lỗi?',
        'When a source would have unusually many directives withheld, recalled or purged, that stops and waits for a person: is the source right, or is it having a bad day?',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao fuses',
        'chidao fuses answer qlvb-tinh withhold --with keep --reason "nguồn đang lỗi"',
      ),
    )

  fuses
    .command('list', { isDefault: true })
    .summary('Các câu hỏi đang chờ. Open questions.')
    .description(
      inBoth(
        'Mỗi dòng: nguồn, việc gì, bao nhiêu trên bao nhiêu văn bản, từ lúc nào. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: source, what would be done, to how many of how many, since when. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao fuses list --json'))
    .action(list)

  fuses
    .command('answer')
    .argument('<source>', 'nguồn / the source')
    .addArgument(new Argument('<kind>', 'việc gì / what would be done').choices(Object.keys(acts)))
    .summary('Trả lời một câu hỏi. Answer one.')
    .description(
      inBoth(
        'proceed: nguồn đúng, làm tiếp. keep: nguồn lỗi, giữ nguyên kho. Khi trả lời proceed phải ghi số văn bản đã thấy trong danh sách; nếu nay đã nhiều hơn thì không ghi nhận, xem lại rồi trả lời. Câu trả lời có hiệu lực một ngày và hết khi đủ số đó; dịch vụ làm theo ở lần đọc sau.',
        'proceed: the source is right, go on. keep: it is not, leave the store as it is. To proceed, give the count that the list showed: if it has grown since, nothing is answered. An answer holds for a day and is used up by that many; the service follows it with its next reading.',
      ),
    )
    .addOption(
      new Option('--with <answer>', 'câu trả lời / the answer')
        .choices(['proceed', 'keep'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .addOption(
      new Option(
        '--count <n>',
        'số văn bản đã thấy, cần cho "proceed" / the count you saw, needed for proceed',
      ).argParser(wholeNumber),
    )
    .option('--yes', 'cần cho "proceed" / needed for proceed')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao fuses answer qlvb-tinh purge --with proceed --count 12 --yes --reason "đã hỏi Văn phòng"',
      ),
    )
    .action(answer)
}

async function list({ json }: { json?: true }): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const rows = await opened.store.fuses.open()
  if (rows.length > 0) process.exitCode = 3
  if (json) return output.json(rows)
  if (rows.length === 0) return output.line('Không có câu hỏi nào chờ. Nothing waits.')
  output.line(
    table(
      ['nguồn', 'việc', 'văn bản', 'từ lúc', 'gần nhất'],
      rows.map(({ source, kind, counted, outOf, trippedAt, lastAt }) => [
        source,
        acts[kind],
        `${counted} / ${outOf}`,
        localTime(trippedAt),
        localTime(lastAt),
      ]),
    ),
  )
}

interface Answer {
  readonly with: 'proceed' | 'keep'
  readonly reason: string
  readonly count?: number
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

async function answer(
  source: string,
  kind: FuseKind,
  asked: Answer,
  command: Command,
): Promise<void> {
  mustBeConfirmed(
    asked.with,
    asked,
    command,
    'thêm --yes để xác nhận. This lets many directives go: add --yes to confirm.',
  )
  if (demands[asked.with].confirmed === 'count' && asked.count === undefined)
    command.error(
      'error: thêm --count N, số văn bản mà "chidao fuses list" cho thấy. Add --count N, the count that the list shows, so that no more go than you saw.',
      { exitCode: 2 },
    )
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  const { actor, reason } = saidBy(asked.with, asked)
  await using opened = await openTrackingStore(config, 'guest')
  const open = (await opened.store.fuses.open()).find(
    (one) => one.source === source && one.kind === kind,
  )
  // Whoever keeps the store as it is lets nothing go, however many there are.
  const seen = asked.count ?? open?.counted ?? 0
  const by = { answer: asked.with, seen, actor, reason }
  switch (await opened.store.fuses.answer(source, kind, by, at)) {
    case 'notOpen':
      throw new Explained(
        'Không có câu hỏi nào như vậy đang chờ. No such question is open; see: chidao fuses list',
      )
    case 'grown':
      throw new Explained(
        `Nay đã là ${open?.counted} văn bản, nhiều hơn số đã thấy (${seen}): chưa ghi câu trả lời. It is ${open?.counted} by now, more than the count you gave: nothing is answered. Look again: chidao fuses list`,
      )
    case 'answered':
  }
  if (asked.json)
    return output.json({ source, kind, answer: asked.with, count: open?.counted, actor, reason })
  output.line('Đã ghi câu trả lời. The answer is recorded.')
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('cần một số nguyên / a whole number is needed')
  return Number(text)
}
