import { type Command, Option } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { type Attention, type AttentionKind, attentionKinds } from '../store/attention.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainAttention, settling } from './attention-words.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output } from './output.ts'
import { wholeNumber } from './whole-number.ts'

interface Asked {
  readonly kind?: AttentionKind[]
  readonly source?: string[]
  readonly limit: number
  readonly offset: number
  readonly json?: true
}

export function attentionCommand(program: Command): void {
  const attention = program
    .command('attention')
    .summary('Mọi việc cần người xử lý. Everything that needs a person.')
    .description(
      inBoth(
        'Một danh sách: văn bản chưa chuyển được, trả lời bị từ chối hoặc chưa rõ kết cục, văn bản đang giữ lại, câu hỏi chờ trả lời, mã chưa khai báo, mục chưa đọc được, nguồn đếm nhiều hơn số đã liệt kê, nguồn đang lỗi hoặc tạm dừng.',
        'One list: what could not be staged, replies refused or without a known outcome, withheld directives, questions that wait for an answer, codes no profile knows, items that cannot be read, sources that count more than they list, sources that fail or are paused.',
      ),
    )
    .addHelpText('after', example('chidao attention', 'chidao attention list --kind conflict fuse'))

  attention
    .command('list', { isDefault: true })
    .summary('Danh sách, thời hạn bị đe dọa gần nhất trước. The most endangered first.')
    .description(
      inBoth(
        'Mỗi việc: vì sao, từ lúc nào, đe dọa thời hạn nào, và những lệnh giải quyết nó. Văn bản ban hành trước ngày vận hành đứng sau. Mã thoát 3 nếu danh sách không rỗng.',
        'Each item: why, since when, which deadline it endangers, and the commands that settle it. What was issued before its source went live comes last. Ends with 3 unless the list is empty.',
      ),
    )
    .addOption(new Option('--kind <kind...>', 'loại việc / kinds').choices(attentionKinds))
    .option('--source <name...>', 'nguồn / of these sources')
    .addOption(wholeNumber('--limit <n>', 'nhiều nhất / at most', 100))
    .addOption(wholeNumber('--offset <n>', 'bỏ qua / leave out the first', 0))
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao attention list --source qlvb-tinh --json'))
    .action(list)
}

async function list({ kind, source, limit, offset, json }: Asked): Promise<void> {
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { attention } = opened.store
  const asked = {
    at,
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(source === undefined ? {} : { sources: source }),
  }
  const [items, counts] = await Promise.all([
    attention.list(asked, { limit, offset }),
    attention.counts(asked),
  ])
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0)
  if (total > 0) process.exitCode = 3
  if (json)
    return output.json({
      ...{ at, total, counts },
      items: items.map((item) => ({
        ...item,
        why: explainAttention(item),
        settle: settling(item),
      })),
    })
  if (total === 0)
    return output.line(coloured('good', 'Không có việc cần xử lý. Nothing needs attention.'))
  const some = Object.entries(counts).filter(([, n]) => n > 0)
  output.line(
    `${total} việc / items: ${some.map(([name, n]) => `${kindWords[name as AttentionKind]} ${n}`).join('; ')}\n`,
  )
  for (const item of items) print(item)
  const left = total - offset - items.length
  if (left > 0) output.line(`… và ${left} việc nữa / and ${left} more: --offset ${offset + limit}`)
}

export function print(item: Attention): void {
  const { kind, source, code, since, endangers, beforeGoLive } = item
  output.line(
    coloured('title', [kindWords[kind], source, ...(code === null ? [] : [code])].join('  ')),
  )
  output.line(`  vì sao / why        ${explainAttention(item)}`)
  output.line(`  từ lúc / since      ${localTime(since)}`)
  if (endangers)
    output.line(
      `  thời hạn / deadline ${localTime(endangers)}${beforeGoLive ? ' (trước ngày vận hành, không tính / before go-live, not counted)' : ''}`,
    )
  for (const command of settling(item)) output.line(`  $ ${command}`)
}

const kindWords: Readonly<Record<AttentionKind, string>> = {
  stagingFailed: 'chưa chuyển được / not staged',
  conflict: 'mâu thuẫn / conflict',
  messageDeferred: 'thông điệp chờ / message waiting',
  sendRejected: 'nguồn từ chối / refused',
  sendUnconfirmed: 'chưa rõ kết cục / unconfirmed',
  withheld: 'đang giữ lại / withheld',
  fuse: 'chờ trả lời / question',
  unmappedCode: 'mã chưa khai báo / unmapped code',
  undecided: 'chưa đọc được / undecided',
  unbalanced: 'số liệu không khớp / does not balance',
  listShort: 'danh sách thiếu so với số đếm / list short of its count',
  sourceFailing: 'nguồn lỗi / source failing',
  sourcePaused: 'nguồn tạm dừng / source paused',
}
