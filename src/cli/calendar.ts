import type { Command } from 'commander'
import { Explained } from '../domain/errors.ts'
import { readConfig } from '../wiring.ts'
import { importCommand } from './calendar-import.ts'
import { calendarInUse } from './calendar-in-use.ts'
import { coloured } from './colour.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output } from './output.ts'

export function calendarCommand(program: Command): void {
  const calendar = program
    .command('calendar')
    .summary('Lịch ngày làm việc đang dùng. The working days in force.')
    .description(
      inBoth(
        'Ngày nghỉ và ngày làm bù mà các thời hạn được tính theo. Lịch giữ trong kho và chung cho mọi tiến trình; lịch mới đưa vào được dùng ngay, không phải khởi động lại.',
        'The days off and the days worked in lieu by which deadlines are computed. The list is kept in the store and holds for every process; a new one is in force at once, without a restart.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao calendar show --year 2026',
        'chidao calendar import lich-2027.json --dry-run',
      ),
    )

  calendar
    .command('show', { isDefault: true })
    .option('--year <year>', 'chỉ một năm / one year only')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .summary('Ngày nghỉ, ngày làm bù, độ tin cậy. Days off, days worked in lieu, confidence.')
    .description(
      inBoth(
        'Phiên bản đang dùng, từ đâu, ai đưa vào; từng năm: chính thức hay tạm thời, ngày nghỉ, ngày làm bù và lý do. Bản --json sửa xong thì đưa vào lại được bằng import.',
        'The version in force, where it came from and by whom; for each year: confirmed or provisional, the days off, the days worked in lieu, and why. What --json prints can be edited and imported.',
      ),
    )
    .addHelpText(
      'after',
      example('chidao calendar show --year 2026', 'chidao calendar show --json > lich-2027.json'),
    )
    .action(show)

  importCommand(calendar)
}

async function show({ year, json }: { year?: string; json?: true }): Promise<void> {
  const config = readConfig('optional')
  const { calendar, content, kept } = await calendarInUse(config)
  const { years, ...about } = content as CalendarFile
  const shown = Object.entries(years).filter(([one]) => !year || one === year)
  if (shown.length === 0)
    throw new Explained(
      `Chưa có lịch năm ${year}. No data for ${year}: its deadlines are computed Monday to Friday and flagged unconfirmed.`,
    )
  const source = {
    origin: kept?.origin ?? 'file',
    loadedAt: kept?.loadedAt ?? null,
    loadedBy: kept?.loadedBy ?? null,
    reason: kept?.reason ?? null,
  }
  if (json)
    return output.json({
      ...about,
      version: calendar.version,
      source,
      years: Object.fromEntries(shown),
    })
  output.line(`${coloured('title', 'Phiên bản / Version')} ${calendar.version}`)
  output.line(
    kept?.origin === 'import'
      ? `Nguồn / Source       ${kept.loadedBy} đưa vào / imported ${localTime(kept.loadedAt)}${kept.reason ? `: ${kept.reason}` : ''}`
      : `Nguồn / Source       tệp / file ${config.calendarFile}${kept ? `, ${localTime(kept.loadedAt)}` : ''}`,
  )
  for (const [one, { off, workedInLieu, confidence }] of shown) {
    output.line(
      `\n${one}  ${confidence === 'high' ? 'chính thức / confirmed' : 'tạm thời / provisional'}`,
    )
    for (const day of off) output.line(`  nghỉ    ${day.date}  ${day.reason ?? ''}`)
    for (const day of workedInLieu) output.line(`  làm bù  ${day.date}  ${day.reason ?? ''}`)
  }
}

interface CalendarFile {
  readonly years: Record<
    string,
    {
      off: { date: string; reason?: string }[]
      workedInLieu: { date: string; reason?: string }[]
      confidence: string
    }
  >
}
