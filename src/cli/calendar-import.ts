import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { readCalendar, type WorkingCalendar } from '../domain/calendar.ts'
import { parseClock, wallClock } from '../domain/clock.ts'
import { Explained } from '../domain/errors.ts'
import { addDays, type LocalDate, localDateOf } from '../domain/local-date.ts'
import { recomputeDeadlines } from '../flow/calendar-deadlines.ts'
import type { CalendarRefusal } from '../store/calendars.ts'
import type { Move, Recomputed } from '../store/deadlines.ts'
import { openTrackingStore, readCalendarFile, readConfig } from '../wiring.ts'
import { actorOf, reasonOf } from './actor.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output, table } from './output.ts'
import { openProgress, type ProgressOptions } from './progress.ts'

interface Asked {
  readonly yes?: true
  readonly dryRun?: true
  readonly reason?: string
  readonly as?: string
  readonly json?: true
}

export function importCommand(calendar: Command): void {
  calendar
    .command('import')
    .argument('<file>', 'tệp lịch / the list')
    .summary('Đưa lịch mới vào dùng ngay. Put a new list in force at once.')
    .description(
      inBoth(
        'Lịch mới được dùng ngay cho mọi tiến trình, và các thời hạn đang chạy được tính lại; văn bản đã phân loại, từ chối, thu hồi hoặc ban hành trước ngày vận hành giữ thời hạn cũ. Mỗi thời hạn đổi ngày được ghi vào lịch sử của văn bản. Lịch cũ hơn, đã biết, thiếu năm hoặc sai mẫu bị từ chối. Phải có --yes; xem trước bằng --dry-run. Mã thoát 3 nếu có văn bản thành quá hạn.',
        'The list is in force at once for every process, and deadlines that still run are computed anew; what was classified, refused, recalled or issued before the service went live keeps its own. Each that moves is in the history of its directive. A list that is older, known already, lacks a year or has mistakes is refused. Needs --yes; look first with --dry-run. Ends with 3 if a directive became overdue by it.',
      ),
    )
    .option('--dry-run', 'chỉ xem thời hạn nào sẽ đổi / only show what would move')
    .option('--yes', 'không hỏi lại / do not ask')
    .option('--reason <text>', 'vì sao, ghi vào lịch sử / why; goes into the history')
    .option('--as <name>', 'người thực hiện / who acts')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText(
      'after',
      example(
        'chidao calendar show --json > lich-2027.json',
        'chidao calendar import lich-2027.json --dry-run',
        'chidao calendar import lich-2027.json --yes --reason "Thông báo 6150/TB-BNV"',
      ),
    )
    .action((file: string, asked: Asked, command: Command) => importFile(file, asked, command))
}

async function importFile(file: string, asked: Asked, command: Command): Promise<void> {
  const { yes, dryRun, json } = asked
  if (!yes && !dryRun)
    command.error(
      'error: thêm --yes để xác nhận, hoặc --dry-run để xem trước. This moves legal deadlines: add --yes, or look first with --dry-run.',
      { exitCode: 2 },
    )
  const config = readConfig('optional')
  const by = { actor: actorOf(asked.as), reason: reasonOf(asked.reason) }
  const { calendar, content } = readList(file)
  const at = (config.clock ? parseClock(config.clock) : wallClock).now()
  await using opened = await openTrackingStore(config, 'guest')
  const { store } = opened
  const configured = readCalendarFile(config.calendarFile)
  // In a store that no service has opened yet, the configured list is the first version.
  if (!dryRun && !(await store.calendars.versionInForce()))
    await store.calendars.keep(configured.calendar.version, configured.content, at)
  const inForce = await store.calendars.inForce()
  const previous = inForce?.version ?? configured.calendar.version
  refuseDroppedYears(content, inForce?.content ?? configured.content)
  refuseFarDate(content, [localDateOf(at), drawnUp(inForce?.content ?? configured.content)])
  const { version } = calendar
  const outcome = dryRun
    ? ((await store.calendars.refusal(version, content)) ?? 'loaded')
    : await store.calendars.import({ version, content, at, ...by })
  if (outcome !== 'loaded') throw new Explained(refused(outcome, version, previous))
  const recomputed = dryRun
    ? await store.deadlines.wouldMove(calendar, at)
    : await withProgress({ total: 1, quiet: json === true, env: config.env }, (onBatch) =>
        recomputeDeadlines(store, calendar, { ...by, at }, onBatch),
      )
  const became = recomputed.moves.filter((move) => move.overdue === 'became').length
  if (became > 0) process.exitCode = 3
  if (json)
    return output.json({
      version,
      previous,
      dryRun: dryRun ?? false,
      open: recomputed.open,
      moved: recomputed.moves.length,
      becameOverdue: became,
      confirmed: recomputed.confirmed,
      moves: recomputed.moves,
    })
  print(recomputed, { version, previous, dryRun: dryRun ?? false, became })
}

/** The same checks as at a start, and each mistake told with where it stands and what to do. */
function readList(file: string): { calendar: WorkingCalendar; content: unknown } {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return { calendar: readCalendar(content), content }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Explained(
      `Không dùng được lịch ${file}. The list cannot be used: ${code === 'ENOENT' ? 'there is no such file.' : message}\nChưa có gì thay đổi. Nothing was changed. Sửa tệp rồi đưa vào lại; bắt đầu từ lịch đang dùng / correct the file and import it again, starting from the list in force: chidao calendar show --json`,
      2,
      { cause: error },
    )
  }
}

/** Whoever writes down one new year alone would take the published days off from all the others. */
function refuseDroppedYears(content: unknown, inForce: unknown): void {
  const yearsOf = (list: unknown) => Object.keys((list as { years?: object } | null)?.years ?? {})
  const has = new Set(yearsOf(content))
  const dropped = yearsOf(inForce).filter((year) => !has.has(year))
  if (dropped.length > 0)
    throw new Explained(
      `Lịch mới thiếu năm ${dropped.join(', ')} mà lịch đang dùng có. The list lacks years that the list in force has, and their deadlines would be computed without days off. Nothing was changed. Start from: chidao calendar show --json`,
      2,
    )
}

/** By a mistyped year it would pass for the newest list until then. */
function refuseFarDate(content: unknown, known: readonly LocalDate[]): void {
  const latest = addDays(known.toSorted().at(-1)!, 366)
  if (drawnUp(content) > latest)
    throw new Explained(
      `Ngày generated ${drawnUp(content)} quá xa. It is more than a year ahead, and no later list could replace it before. Nothing was changed. Set generated to the day on which the list was drawn up.`,
      2,
    )
}

function drawnUp(list: unknown): LocalDate {
  return (list as { generated: LocalDate }).generated
}

function refused(why: CalendarRefusal, version: string, inForce: string): string {
  const later = `Đặt generated sau ngày của lịch đang dùng. Set generated to a later day than that of the list in force: ${inForce}`
  switch (why) {
    case 'inForce':
      return `Lịch này đang được dùng. This list is in force already, or differs in nothing that decides a deadline: ${version}. Nothing was changed.`
    case 'known':
      return `Lịch này đã từng được dùng và đã được thay. This list was in force before and was replaced: ${version}. Nothing was changed. ${later}`
    case 'older':
      return `Lịch này cũ hơn lịch đang dùng. This list is older than the one in force: ${version}. Nothing was changed. ${later}`
    case 'sameDate':
      return `Lịch này cùng ngày với lịch đang dùng nhưng khác nội dung. This list has the date of the one in force, and other days: ${version}. Nothing was changed. ${later}`
  }
}

async function withProgress<T>(
  options: ProgressOptions,
  work: (onBatch: (done: number) => void) => Promise<T>,
): Promise<T> {
  const progress = openProgress(options)
  try {
    return await work((done) => progress.at(0, `${done} thời hạn / deadlines`))
  } finally {
    progress.end()
  }
}

function print(
  { open, moves, confirmed }: Recomputed,
  about: { version: string; previous: string; dryRun: boolean; became: number },
): void {
  output.line(
    about.dryRun
      ? `Xem trước, chưa thay đổi gì. A preview: nothing was changed.`
      : coloured('good', 'Đã dùng lịch mới. The new list is in force.'),
  )
  output.line(`Phiên bản / Version  ${about.version}`)
  output.line(`Thay cho / Replaces  ${about.previous}`)
  output.line(
    `Thời hạn / Deadlines ${open} đang chạy được tính lại / open, computed anew; ${moves.length} đổi ngày / moved; ${confirmed} nay chính thức / now confirmed`,
  )
  if (moves.length > 0)
    output.line(
      `\n${table(
        ['số/ký hiệu', 'nguồn', 'ban hành', 'hạn cũ', '', 'hạn mới', 'quá hạn / overdue'],
        moves.map((move) => [
          move.code,
          move.source,
          move.issuedOn,
          move.old,
          '->',
          move.new,
          overdueWords[move.overdue],
        ]),
      )}`,
    )
  if (about.became > 0)
    output.line(
      coloured(
        'attention',
        `${about.became} văn bản thành quá hạn vì lịch mới. ${about.became} directives are overdue by the new list.`,
      ),
    )
}

const overdueWords: Readonly<Record<Move['overdue'], string>> = {
  no: '',
  became: 'thành quá hạn / now overdue',
  was: 'đã quá hạn từ trước / was overdue, still is',
  ended: 'không còn quá hạn / no longer overdue',
}
