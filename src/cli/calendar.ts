import type { Command } from 'commander'
import { Explained } from '../domain/errors.ts'
import { readCalendarFile, readConfig } from '../wiring.ts'
import { example } from './help.ts'
import { standardOutput as output } from './output.ts'

export function calendarCommand(program: Command): void {
  const calendar = program
    .command('calendar')
    .description('Lịch ngày làm việc đang dùng. The working days in force.')
    .addHelpText('after', example('chidao calendar show --year 2026'))

  calendar
    .command('show', { isDefault: true })
    .option('--year <year>', 'chỉ một năm / one year only')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .description('Ngày nghỉ, ngày làm bù, độ tin cậy. Days off, days worked in lieu, confidence.')
    .addHelpText('after', example('chidao calendar show --year 2026 --json'))
    .action(({ year, json }: { year?: string; json?: true }) => {
      const { calendar, content } = readCalendarFile(readConfig('optional').calendarFile)
      const years = Object.entries((content as CalendarFile).years).filter(
        ([one]) => !year || one === year,
      )
      if (years.length === 0)
        throw new Explained(
          `Chưa có lịch năm ${year}. No data for ${year}: its deadlines are computed Monday to Friday and flagged unconfirmed.`,
        )
      if (json) return output.json({ version: calendar.version, years: Object.fromEntries(years) })
      output.line(`Phiên bản / Version ${calendar.version}`)
      for (const [one, { off, workedInLieu, confidence }] of years) {
        output.line(
          `\n${one}  ${confidence === 'high' ? 'chính thức / confirmed' : 'tạm thời / provisional'}`,
        )
        for (const day of off) output.line(`  nghỉ    ${day.date}  ${day.reason}`)
        for (const day of workedInLieu) output.line(`  làm bù  ${day.date}  ${day.reason}`)
      }
    })
}

interface CalendarFile {
  readonly years: Record<
    string,
    {
      off: { date: string; reason: string }[]
      workedInLieu: { date: string; reason: string }[]
      confidence: string
    }
  >
}
