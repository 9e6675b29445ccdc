import { type Command, Option } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { endOfDay, localDateOf } from '../domain/local-date.ts'
import { type Quarter, quarterCalled, usualCutOff } from '../domain/quarter.ts'
import type { Cells, QuarterReport } from '../store/reports.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

export function reportCommand(program: Command): void {
  const report = program
    .command('report')
    .summary('Báo cáo theo quy chế. The reports that the regulation asks for.')
    .description(
      inBoth(
        'Số liệu báo cáo của Văn phòng, lấy từ kho theo dõi.',
        'The figures of the Office’s reports, out of the tracking store.',
      ),
    )
    .addHelpText('after', example('chidao report quarter 2026-Q3'))

  report
    .command('quarter')
    .argument('<quarter>', 'quý / the quarter, 2026-Q3')
    .summary('Số liệu một quý (Điều 20–22, 24). The figures of one quarter.')
    .description(
      inBoth(
        'Nhiệm vụ theo đơn vị chủ trì: đã hoàn thành đúng hạn, quá hạn; chưa hoàn thành trong hạn, quá hạn, không thời hạn; từng đơn vị; danh sách quá hạn; việc phân loại văn bản có kịp hạn không; và bao nhiêu văn bản thiếu toàn văn khi hết hạn, dù tệp đến sau hay chưa đến; bao nhiêu văn bản nguồn phát hành chậm hoặc tìm thấy muộn; kho đầy đủ đến ngày nào. Kỳ báo cáo từ ngày 26 tháng cuối quý trước đến ngày 25 tháng cuối quý này; những gì đơn vị nhập sau đó thuộc kỳ sau. Ngày đến hạn tính là trong hạn. Nhiệm vụ trung ương giao không tách được, vì kho không ghi nguồn gốc đó.',
        'Tasks by their lead unit: done in time or late; not done in time, overdue or without a due date; unit by unit; the list of what is overdue; whether directives were classified in time; and how many had no full text when their time was over, whether it came later or not; how many their source released late, or were found late; up to which day the store is complete. The period runs from the 26th of the last month of the quarter before to the 25th of this quarter’s; what units tell after that is the next report’s. A due date counts as in time. Tasks of central authorities cannot be told apart: the store does not hold where a task came from.',
      ),
    )
    .addOption(
      new Option('--cut-off <day>', 'ngày chốt của tháng cuối quý / the last day of the period')
        .default(usualCutOff)
        .choices(Array.from({ length: 28 }, (_, day) => String(day + 1))),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao report quarter 2026-Q3 --json'))
    .action(quarter)
}

async function quarter(
  name: string,
  { cutOff, json }: { cutOff: string | number; json?: true },
): Promise<void> {
  const config = readConfig('optional')
  const now = (config.clock ? parseClock(config.clock) : wallClock).now()
  const period = quarterCalled(name, Number(cutOff))
  if (!period)
    throw new Explained(`Không phải quý: viết như 2026-Q3. Not a quarter, write 2026-Q3.`, 2)
  if (period.from > localDateOf(now))
    throw new Explained('Kỳ báo cáo chưa bắt đầu. This period has not begun.', 2)
  await using opened = await openTrackingStore(config, 'guest')
  const made = await opened.store.reports.quarter(period, now)
  const complete = await Promise.all(
    config.sources.map(async ({ name: source, importFrom }) => {
      const { completeTo, filesCompleteTo } = await opened.store.completeness.of(
        ...([source, importFrom, localDateOf(now)] as const),
      )
      return { source, completeTo, filesCompleteTo }
    }),
  )
  const isFinal = endOfDay(period.until) <= now
  if (json) return output.json({ ...period, at: now, final: isFinal, complete, ...made })
  print(period, now, isFinal, made)
  if (complete.length === 0) return
  output.line(`\n${coloured('title', 'Kho đầy đủ đến ngày / The store is complete to')}`)
  for (const { source, completeTo, filesCompleteTo } of complete)
    output.line(
      `  ${source.padEnd(32)} văn bản / documents ${completeTo ?? '–'}, cả tệp / with files ${filesCompleteTo ?? '–'}`,
    )
}

function print(period: Quarter, at: Date, isFinal: boolean, made: QuarterReport): void {
  const { tasks, units, overdue, directives } = made
  output.line(
    coloured('title', `Báo cáo / Report ${period.name}: ${period.from} … ${period.until}`),
  )
  output.line(
    `Trích từ hệ thống / extracted ${localTime(at)}${isFinal ? '' : ', CHƯA CHỐT / NOT FINAL'}\n`,
  )
  const heads = [
    'tổng',
    'HT',
    'đúng hạn',
    'quá hạn',
    'chưa HT',
    'trong hạn',
    'quá hạn',
    'không hạn',
  ]
  output.line(
    table(
      [...heads, 'đơn vị'],
      [
        ...units.map((unit) => [...cellsOf(unit), unit.unit]),
        [...cellsOf(tasks), 'TỔNG CỘNG / TOTAL'],
      ],
    ),
  )
  const rate =
    tasks.reached === 0 ? '–' : `${((tasks.reachedDone / tasks.reached) * 100).toFixed(1)} %`
  output.line(
    `\nHoàn thành trong số đã đến hạn / done of those due: ${tasks.reachedDone} / ${tasks.reached} = ${rate}`,
  )
  output.line(
    `Đã hủy do thu hồi / cancelled by a recall: ${tasks.cancelled}; cập nhật chậm / told late: ${tasks.toldLate}; trả lại / returned: ${directives.returns}`,
  )
  output.line(`\n${coloured('title', 'Phân loại văn bản (Điều 8, 24) / Classifying')}`)
  const counts: [string, number][] = [
    ['văn bản / directives', directives.received],
    ['trong 02 ngày làm việc / in time', directives.inTime],
    ['chậm / late', directives.late],
    ['trong ngày, kịp / same day, in time', directives.sameDayInTime],
    ['trong ngày, chậm / same day, late', directives.sameDayLate],
    ['chưa phân loại, còn hạn / open', directives.openInTime],
    ['chưa phân loại, quá hạn / open, overdue', directives.openOverdue],
    ['thu hồi trước khi phân loại / recalled before', directives.recalled],
    ['có giao nhiệm vụ / with tasks', directives.withTasks],
    ['chuyển sau hạn / staged late', directives.stagedLate],
    ['nguồn phát hành chậm / released late', directives.releasedLate],
    ['tìm thấy muộn / found late', directives.foundLate],
    ['thiếu toàn văn khi hết hạn / without full text', directives.withoutText],
  ]
  for (const [what, n] of counts) output.line(`  ${what.padEnd(46)} ${n}`)
  if (overdue.length === 0) return
  output.line(`\n${coloured('title', 'Quá hạn chưa hoàn thành / Overdue')}`)
  output.line(
    table(
      ['số/ký hiệu', 'hạn', 'quá (ngày)', 'đơn vị', 'nhiệm vụ', 'đơn vị báo'],
      overdue.map((one) => [
        ...[one.code, one.dueOn, String(one.daysOverdue), one.unit, one.task],
        one.explanation ?? one.lastOutcome ?? '–',
      ]),
    ),
  )
}

function cellsOf(c: Cells): string[] {
  return [
    ...[c.total, c.done, c.doneInTime, c.doneLate],
    ...[c.notDone, c.notDoneInTime, c.notDoneOverdue, c.notDoneOpenEnded],
  ].map(String)
}
