import type { Command } from 'commander'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { type BadPause, pauseUntil } from '../domain/pause.ts'
import type { CostOfPause } from '../store/pauses.ts'
import type { Store } from '../store/store.ts'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { saidBy } from './actor.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

interface Asked {
  readonly reason?: string
  readonly as?: string
  readonly json?: true
}

export function pauseCommand(program: Command): void {
  program
    .command('pause')
    .argument('<source>', 'nguồn / the source')
    .summary('Tạm dừng hỏi một nguồn để bảo trì. Ask a source nothing during maintenance.')
    .description(
      inBoth(
        'Đến lúc đã định không ai đọc, lấy tệp hay gửi gì tới nguồn; đến lúc đó tự chạy lại. Thời hạn theo luật vẫn tính: lệnh nêu những thời hạn rơi vào lúc tạm dừng và những trả lời đang chờ gửi. Thời điểm là giờ Việt Nam: một ngày (đến hết ngày đó), ngày giờ, hoặc khoảng như 30m, 2h, 1d; dài nhất 31 ngày. Việc gì phải chờ nguồn này thì vẫn chờ: xem chidao waivers. Tạm dừng lần nữa thì thay lúc kết thúc. Mã thoát 3 nếu có thời hạn rơi vào lúc tạm dừng.',
        'Until the given time nobody reads the source, fetches its files or sends it anything; then it goes on by itself. Legal clocks go on: the command lists the deadlines that fall into the pause and the replies that wait. The time is Vietnam time: a date (to the end of that day), a date and time, or a duration such as 30m, 2h, 1d; 31 days at most. What has to wait for this source still waits: see chidao waivers. Pausing again sets another end. Ends with 3 if a deadline falls into the pause.',
      ),
    )
    .requiredOption('--until <when>', 'đến khi nào / the end')
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao pause qlvb-tinh --until 2h --reason "nâng cấp máy chủ"',
        'chidao pause qlvb-tinh --until "2026-12-05 22:00" --reason "bảo trì định kỳ"',
      ),
    )
    .action(pause)
}

export function resumeCommand(program: Command): void {
  program
    .command('resume')
    .argument('<source>', 'nguồn / the source')
    .summary('Hỏi lại một nguồn đang tạm dừng. Let a paused source be asked again.')
    .description(
      inBoth(
        'Kết thúc tạm dừng trước lúc đã định. Dịch vụ đang chạy đọc và gửi tiếp ngay, không bỏ sót gì của lúc tạm dừng.',
        'Ends a pause before its time. The running service goes on reading and sending, and misses nothing of what came meanwhile.',
      ),
    )
    .requiredOption('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao resume qlvb-tinh --reason "nâng cấp xong"'))
    .action(resume)
}

async function pause(
  source: string,
  asked: Asked & { until: string; reason: string },
): Promise<void> {
  const config = readConfig('optional')
  const since = (config.clock ? parseClock(config.clock) : wallClock).now()
  const until = endOfPause(asked.until, since)
  const { actor, reason } = saidBy('pause', asked)
  await using opened = await openTrackingStore(config, 'guest')
  const { pauses } = opened.store
  if (!(await pauses.begin({ source, until, since, actor, reason })))
    throw await noSuchSource(opened.store, source)
  const cost = await pauses.cost(source, since, until)
  if (cost.deadlines.length + cost.notRead > 0) process.exitCode = 3
  if (asked.json)
    return output.json({ source, since, until, actor, reason, cost: { ...cost, notFetched: null } })
  output.line(
    coloured(
      'attention',
      `Tạm dừng ${source} đến ${localTime(until)}. Nobody asks ${source} until ${localTime(until)}, Vietnam time.`,
    ),
  )
  printCost(cost)
  output.line(`\nChạy lại sớm hơn / end it sooner: chidao resume ${source} --reason "…"`)
}

function printCost({ deadlines, notRead, replies }: CostOfPause): void {
  output.line(
    `Thời hạn rơi vào lúc tạm dừng / Deadlines within the pause: ${deadlines.length + notRead}`,
  )
  if (deadlines.length > 0)
    output.line(
      table(
        ['số/ký hiệu', 'hạn phân loại', 'nhận xong tệp / all files settled'],
        deadlines.map(({ code, deadlineDate, filesComplete }) => [
          code,
          `24:00 ${deadlineDate}`,
          filesComplete ? 'có / yes' : 'chưa / no',
        ]),
      ),
    )
  if (notRead > 0)
    output.line(
      `  ${notRead} văn bản chưa đọc được sẽ không được đọc trước hạn. ${notRead} could not be read so far and will not be before they are due.`,
    )
  output.line(
    'Văn bản mà nguồn chưa cho thấy thì không thể biết; thời hạn của chúng vẫn tính. What the source has not shown yet cannot be known, and its deadlines run as well.',
  )
  output.line(`Trả lời chờ gửi / Replies that wait: ${replies.length}`)
  for (const { code, state, writtenAt } of replies)
    output.line(`  ${code}  ${state}  ${localTime(writtenAt)}`)
}

async function resume(source: string, asked: Asked): Promise<void> {
  const config = readConfig('optional')
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  const { actor, reason } = saidBy('resume', asked)
  await using opened = await openTrackingStore(config, 'guest')
  const { store } = opened
  if (!(await store.sources.all()).some(({ name }) => name === source))
    throw await noSuchSource(store, source)
  const resumed = await store.pauses.end(source, actor, reason, at)
  if (asked.json) return output.json({ source, resumed })
  output.line(
    resumed
      ? coloured('good', `Nguồn ${source} được hỏi lại. ${source} is asked again.`)
      : `Nguồn ${source} không tạm dừng. ${source} was not paused.`,
  )
}

async function noSuchSource(store: Store, source: string): Promise<Explained> {
  const names = (await store.sources.all()).map(({ name }) => name)
  return new Explained(
    `Không có nguồn ${source} trong kho. The store knows no source of this name; it knows: ${names.join(', ') || 'none, until the service has started once'}.`,
    2,
  )
}

/** As the domain reads it; what it cannot take is told with what would do instead. */
export function endOfPause(text: string, now: Date): Date {
  const until = pauseUntil(text, now)
  if (until instanceof Date) return until
  throw new Explained(badPause[until](text, now), 2)
}

const badPause: Readonly<Record<BadPause, (text: string, now: Date) => string>> = {
  unreadable: (text) =>
    `Không đọc được --until "${text.slice(0, 40)}". It is not a time; write 2026-12-05, "2026-12-05 22:00", or a duration such as 30m, 2h, 1d.`,
  over: (text, now) =>
    `--until đã qua: ${text.slice(0, 40)}. That is over already; it is ${localTime(now)} in Vietnam.`,
  tooLong: (text) =>
    `--until quá xa: ${text.slice(0, 40)}. A pause lasts 31 days at most; take a source that is away for longer out of the configuration.`,
}
