import { type Command, Option } from 'commander'
import type { Places } from '#connectors/connector.ts'
import { placesOf } from '#connectors/index.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { type Attention, decidingOf, totalOf } from '../store/attention.ts'
import { type AttentionKind, attentionKinds } from '../store/attention-kinds.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainAttention, kindWords, settling } from './attention-words.ts'
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
        'Một danh sách: văn bản quá hạn phân loại, sắp hết hạn, thiếu toàn văn, tìm thấy muộn, ngày ban hành đáng ngờ, cảnh báo đang kéo dài, văn bản chưa chuyển được, tệp chưa lấy được hoặc không dùng được, trả lời bị từ chối hoặc chưa rõ kết cục, nội dung ghi chưa được nhận, văn bản đang giữ lại, câu hỏi chờ trả lời, mã chưa khai báo, trường thiếu hoặc không đọc được, mục chưa đọc được, nguồn đếm nhiều hơn số đã liệt kê hoặc tự mâu thuẫn, nguồn đang lỗi hoặc tạm dừng, văn bản nguồn phát hành chậm, cảnh báo chưa gửi được.',
        'One list: what is overdue or soon due for classification, what has no full text in time, what was found late, days of issue that cannot be believed, alerts that last, what could not be staged, files that could not be fetched or are unusable, replies refused or without a known outcome, entries that were not admitted, withheld directives, questions that wait for an answer, codes no profile knows, fields that keep out what is issued, items that cannot be read, sources that count more than they list or contradict themselves, sources that fail or are paused, what its source released late, alerts that do not arrive.',
      ),
    )
    .addHelpText('after', example('chidao attention', 'chidao attention list --kind conflict fuse'))

  attention
    .command('list', { isDefault: true })
    .summary('Danh sách, việc gấp nhất trước. The most urgent first.')
    .description(
      inBoth(
        'Quá hạn trước, rồi sắp hết hạn (trong số giờ của alerts.nearHours; không khai thì 8 giờ, hỏa tốc 6 giờ), thiếu toàn văn khi đã hết hạn, cảnh báo, rồi theo thời hạn bị đe dọa. Mỗi việc: vì sao, từ lúc nào, đe dọa thời hạn nào, và những lệnh giải quyết nó. Các bản trùng của một văn bản là một việc; cảnh báo mà danh sách đã nêu từng việc thì không nêu lại. Văn bản ban hành trước ngày vận hành đứng sau. Mã thoát 3 nếu danh sách có việc khác ngoài văn bản nguồn phát hành chậm.',
        'Overdue first, then due soon (within the hours of alerts.nearHours; 8, and 6 for flash, where none are configured), then without full text past the deadline, alerts, then by the deadline endangered. Each item: why, since when, which deadline, and the commands that settle it. Copies of one document are one item, and an alert is not listed beside the items that it adds up. What was issued before its source went live comes last. Ends with 3 if the list has anything but what its source released late.',
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
  const places = new Map(config.sources.map((profile) => [profile.name, placesOf(profile)]))
  const placesAt = (item: Attention) => places.get(item.source) ?? {}
  const asked = {
    at,
    near: config.alerts.nearHours,
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(source === undefined ? {} : { sources: source }),
  }
  const [items, counts] = await Promise.all([
    attention.list(asked, { limit, offset }),
    attention.counts(asked),
  ])
  const total = totalOf(counts)
  if (decidingOf(counts) > 0) process.exitCode = 3
  if (json)
    return output.json({
      ...{ at, total, counts },
      items: items.map((item) => ({
        ...item,
        why: explainAttention(item, placesAt(item)),
        settle: settling(item),
      })),
    })
  if (total === 0)
    return output.line(coloured('good', 'Không có việc cần xử lý. Nothing needs attention.'))
  const some = Object.entries(counts).filter(([, n]) => n > 0)
  output.line(
    `${total} việc / items: ${some.map(([name, n]) => `${kindWords[name as AttentionKind]} ${n}`).join('; ')}\n`,
  )
  for (const item of items) print(item, placesAt(item))
  const left = total - offset - items.length
  if (left > 0) output.line(`… và ${left} việc nữa / and ${left} more: --offset ${offset + limit}`)
}

/** `places`: which variable or file a failure of its source is about. */
export function print(item: Attention, places: Places = {}): void {
  const { kind, source, code, since, endangers, beforeGoLive } = item
  output.line(
    coloured('title', [kindWords[kind], source, ...(code === null ? [] : [code])].join('  ')),
  )
  output.line(`  vì sao / why        ${explainAttention(item, places)}`)
  output.line(`  từ lúc / since      ${localTime(since)}`)
  if (endangers)
    output.line(
      `  thời hạn / deadline ${localTime(endangers)}${beforeGoLive ? ' (trước ngày vận hành, không tính / before go-live, not counted)' : ''}`,
    )
  for (const command of settling(item)) output.line(`  $ ${command}`)
}
