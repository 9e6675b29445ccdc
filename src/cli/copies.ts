import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import type { Pair } from '../store/may-be-same.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { mustBeConfirmed, saidBy } from './actor.ts'
import { coloured } from './colour.ts'
import { sideOf, whyTwo } from './copies-words.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'

interface Asked {
  readonly reason?: string
  readonly yes?: true
  readonly as?: string
  readonly json?: true
}

const most = 10_000

export function copiesCommand(program: Command): void {
  const copies = program
    .command('copies')
    .summary('Cùng một văn bản qua hai nguồn? One document through two sources?')
    .description(
      inBoth(
        'Cùng văn thư, năm, số và ký hiệu là một văn bản, qua nguồn nào cũng vậy. Ngày ban hành lệch hơn một ngày, trích yếu không có từ nào chung, hoặc cả hai đã giao nhiệm vụ thì người quyết định: một hay hai văn bản.',
        'The same registry, year, number and symbol are one document, whatever source gives it. Where the days differ by more than one, the subjects share no word, or both carry tasks, a person says whether they are one or two.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao copies',
        'chidao copies same ID --reason "đã đối chiếu bản giấy" --yes',
        'chidao copies link',
      ),
    )

  copies
    .command('list', { isDefault: true })
    .summary('Những cặp chờ người quyết định. Pairs that wait for a person.')
    .description(
      inBoth(
        'Mỗi cặp: vì sao hỏi, và hai bên: nguồn, số/ký hiệu, cơ quan, ngày ban hành, trích yếu. Mã thoát 3 nếu danh sách không rỗng.',
        'Each pair: why it is asked, and both sides with source, code, issuer, day of issue and subject. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao copies list --json'))
    .action(list)

  const answers = [
    [
      'same',
      '<id>',
      'cặp, xem "copies list" / the pair',
      'Là một văn bản. They are one document.',
      'Từ nay là một văn bản: phân loại một lần, tính một lần. Bản nào đã phân loại thì bản kia cũng vậy; nhiệm vụ của cả hai giữ nguyên. Phải có --yes.',
      'From now on one document: classified once, counted once. If one was classified, so is the other; the tasks of both stay. Needs --yes.',
    ],
    [
      'two',
      '<id>',
      'cặp, văn bản bị coi nhầm là bản trùng, hoặc văn bản mà nguồn đã dùng mã cho văn bản khác / the pair, a directive that was wrongly taken for a copy, or one whose id its source gave to another',
      'Là hai văn bản. They are two.',
      'Mỗi văn bản có thời hạn riêng, và không hỏi lại nữa. Văn bản bị coi nhầm là bản trùng được tách ra; nếu chưa có nhiệm vụ riêng thì phải phân loại lại. Phải có --yes.',
      'Each has its own deadline, and nobody is asked again. A directive that was wrongly taken for a copy is parted; without a task of its own it is to be classified anew. Needs --yes.',
    ],
  ] as const
  for (const [answer, id, what, summary, vi, en] of answers)
    copies
      .command(answer)
      .argument(id, what)
      .summary(summary)
      .description(inBoth(vi, en))
      .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
      .option('--yes', 'không hỏi lại / do not ask')
      .option('--as <name>', 'người thực hiện / who acts')
      .option('--json', 'một tài liệu JSON / one JSON document')
      .addHelpText(
        'after',
        example(`chidao copies ${answer} ID --reason "đã đối chiếu bản giấy" --yes`),
      )
      .action((asked: string, given: Asked, command: Command) => say(answer, asked, given, command))

  copies
    .command('link')
    .summary('Nối các bản đang lưu thành hai. Link what is stored as two.')
    .description(
      inBoth(
        'Không có --yes thì chỉ liệt kê những cặp sẽ nối: chắc chắn là một văn bản mà kho đang lưu thành hai, không cặp nào cả hai bên đều đã giao nhiệm vụ. Có --yes và --reason thì nối.',
        'Without --yes it only lists the pairs that would be linked: plainly one document, stored as two, of which not both carry tasks. With --yes and --reason it links them.',
      ),
    )
    .option('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--yes', 'nối thật / link them')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example('chidao copies link', 'chidao copies link --reason "đã xem danh sách" --yes'),
    )
    .action(link)
}

async function list({ json }: Asked): Promise<void> {
  await using opened = await openTrackingStore(readConfig('optional'), 'guest')
  const pairs = await opened.store.mayBeSame.open(most)
  if (pairs.length > 0) process.exitCode = 3
  if (json) return output.json(pairs)
  if (pairs.length === 0)
    return output.line('Không có cặp nào chờ người quyết định. No pair waits for a person.')
  for (const pair of pairs) print(pair)
}

function print({ id, because, one, other }: Pair): void {
  output.line(coloured('title', [...(id === null ? [] : [id]), whyTwo[because]].join('  ')))
  for (const side of [one, other]) output.line(`  ${sideOf(side)}\n    ${side.subject}`)
}

async function say(
  answer: 'same' | 'two',
  id: string,
  asked: Asked,
  command: Command,
): Promise<void> {
  mustBeConfirmed(
    answer,
    asked,
    command,
    'thêm --yes để xác nhận. Add --yes to confirm: what is said holds for all copies of both.',
  )
  const by = saidBy(answer, asked)
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { mayBeSame, setAside } = opened.store
  const isDone =
    (await mayBeSame.answer(id, answer, by, at)) ||
    (answer === 'two' && ((await setAside.know(id, by, at)) || (await mayBeSame.part(id, by, at))))
  if (!isDone)
    throw new Explained(
      'Không có cặp nào như vậy đang chờ. No such pair waits; see: chidao copies list',
    )
  if (asked.json) return output.json({ id, answer, ...by })
  output.line(
    answer === 'same'
      ? 'Đã ghi: là một văn bản. Recorded: they are one document.'
      : 'Đã ghi: là hai văn bản. Recorded: they are two.',
  )
}

async function link(asked: Asked): Promise<void> {
  const by = asked.yes ? saidBy('same', asked) : null
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { mayBeSame } = opened.store
  const pairs = await mayBeSame.plain(most)
  let linked = 0
  if (by !== null)
    for (const { one, other } of pairs) if (await mayBeSame.link(one.id, other.id, by, at)) linked++
  if (asked.json) return output.json({ pairs, linked })
  for (const pair of pairs) print(pair)
  output.line(
    by === null
      ? `${pairs.length} cặp sẽ được nối; nối thật: thêm --reason "…" --yes. ${pairs.length} pairs would be linked; to link them: add --reason "…" --yes.`
      : `Đã nối ${linked} cặp. ${linked} pairs are linked.`,
  )
}
