import { Argument, type Command, Option } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { FuseKind } from '../store/fuses.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { actorOf, mustHaveReason } from './actor.ts'
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
        'proceed: nguồn đúng, làm tiếp. keep: nguồn lỗi, giữ nguyên kho. Câu trả lời có hiệu lực một ngày, cho số lượng không nhiều hơn hẳn; dịch vụ làm theo ở lần đọc sau.',
        'proceed: the source is right, go on. keep: it is not, leave the store as it is. An answer holds for a day and for not many more than were asked about; the service follows it with its next reading.',
      ),
    )
    .addOption(
      new Option('--with <answer>', 'câu trả lời / the answer')
        .choices(['proceed', 'keep'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'cần cho "proceed" / needed for proceed')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao fuses answer qlvb-tinh purge --with proceed --yes --reason "đã hỏi Văn phòng"',
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
  if (asked.with === 'proceed' && !asked.yes)
    command.error(
      'error: thêm --yes để xác nhận. This lets many directives go: add --yes to confirm.',
      { exitCode: 2 },
    )
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  const actor = actorOf(asked.as)
  const reason = mustHaveReason(asked.reason)
  await using opened = await openTrackingStore(config, 'guest')
  if (!(await opened.store.fuses.answer(source, kind, asked.with, { actor, reason }, at)))
    throw new Explained(
      'Không có câu hỏi nào như vậy đang chờ. No such question is open; see: chidao fuses list',
    )
  if (asked.json) return output.json({ source, kind, answer: asked.with, actor, reason })
  output.line('Đã ghi câu trả lời. The answer is recorded.')
}
