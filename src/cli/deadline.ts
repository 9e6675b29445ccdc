import { type Command, Option } from 'commander'
import { z } from 'zod'
import { parseStrictJson } from '#connectors/http/strict-json.ts'
import type { WorkingCalendar } from '../domain/calendar.ts'
import { wallClock } from '../domain/clock.ts'
import { deadline } from '../domain/deadline.ts'
import { Explained } from '../domain/errors.ts'
import { localDateOf } from '../domain/local-date.ts'
import { readConfig } from '../wiring.ts'
import { calendarInUse } from './calendar-in-use.ts'
import { example, inBoth } from './help.ts'
import { linesOf, notUtf8 } from './lines.ts'
import { localTime, standardOutput as output } from './output.ts'

const urgencies = ['normal', 'urgent', 'veryUrgent', 'flash', 'unreadable'] as const
const question = z.object({
  issuedAt: z.iso
    .datetime({
      offset: true,
      error: 'issuedAt must be an ISO instant with its zone, such as 2026-11-23T09:00:00+07:00',
    })
    .refine(isOfOurTime, {
      error: ({ input }) =>
        `không văn bản nào ban hành năm ${yearOf(String(input))}; năm Phật lịch, hay gõ thiếu? / no document is of the year ${yearOf(String(input))}: a Buddhist year (2569 is 2026), or a digit too few?`,
    }),
  urgency: z.enum(urgencies, { error: `urgency must be one of ${urgencies.join(', ')}` }),
})

export function deadlineCommand(program: Command): void {
  program
    .command('deadline')
    .argument('[instant]', 'thời điểm ban hành, ISO / when it was issued')
    .addOption(
      new Option('--urgency <urgency>', 'độ khẩn / urgency').choices(urgencies).default('normal'),
    )
    .option(
      '--stdin',
      'mỗi dòng một {"issuedAt","urgency"}, mỗi dòng một kết quả / one result per line, in order',
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .summary('Tính hạn phân loại theo Điều 8. The legal deadline of a directive.')
    .description(
      inBoth(
        'Hạn phân loại theo Điều 8: hết ngày làm việc thứ hai sau ngày ban hành; hỏa tốc thì hết chính ngày ban hành. Ngày tính theo giờ Việt Nam. Với --stdin, dòng không đọc được có lỗi ở đúng chỗ của nó và mã thoát là 3.',
        'By Article 8: the end of the second working day after the day of issue, or of that very day for flash. Days are days in Vietnam. With --stdin a line that cannot be read gets an error in its place, and the exit code is 3.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao deadline 2026-11-23T09:00:00+07:00 --urgency flash',
        `echo '{"issuedAt":"2026-02-13T17:00:00Z","urgency":"normal"}' | chidao deadline --stdin`,
      ),
    )
    .action(
      async (
        instant: string | undefined,
        { urgency, stdin, json }: { urgency: string; stdin?: true; json?: true },
        command: Command,
      ) => {
        const { calendar } = await calendarInUse(readConfig('optional'))
        if (stdin) return answerLines(calendar)
        if (!instant)
          return command.error(
            'error: cho biết thời điểm ban hành hoặc --stdin / give an instant or --stdin',
            { exitCode: 2 },
          )
        const asked = question.safeParse({ issuedAt: instant, urgency })
        if (!asked.success)
          throw new Explained(asked.error.issues.map((issue) => issue.message).join('; '), 2)
        const result = compute(asked.data, calendar)
        if (json) return output.json(result)
        output.line(
          `Ban hành ${result.issuedOn}: hạn đến 24:00 ngày ${result.deadlineDate}${result.confirmed ? '' : ' (lịch nghỉ chưa chính thức / calendar unconfirmed)'}`,
        )
        output.line(
          `Issued ${result.issuedOn}: due by 24:00 on ${result.deadlineDate}, that is before ${localTime(new Date(result.deadlineAt))} Vietnam time. Calendar ${result.calendarVersion}.`,
        )
      },
    )
}

/** A line that cannot be read gets an error in its place; the others are answered all the same. */
async function answerLines(calendar: WorkingCalendar): Promise<void> {
  for await (const line of linesOf(process.stdin)) {
    const asked = read(line)
    if ('error' in asked) process.exitCode = 3
    output.line(JSON.stringify('error' in asked ? asked : compute(asked, calendar)))
  }
}

function read(line: string | null): z.infer<typeof question> | { error: string } {
  if (line === null) return { error: notUtf8 }
  try {
    const asked = question.safeParse(parseStrictJson(line))
    return asked.data ?? { error: asked.error!.issues.map(({ message }) => message).join('; ') }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { error: 'not one JSON object, or one that names a field twice' }
  }
}

/** Since there have been documents of this state, and a little beyond today. */
function isOfOurTime(issuedAt: string): boolean {
  // Of what is no instant something else is said.
  if (Number.isNaN(Date.parse(issuedAt))) return true
  const year = yearOf(issuedAt)
  return year >= 1945 && year <= wallClock.now().getUTCFullYear() + 5
}

function yearOf(issuedAt: string): number {
  return Number(localDateOf(new Date(issuedAt)).slice(0, 4))
}

function compute({ issuedAt, urgency }: z.infer<typeof question>, calendar: WorkingCalendar) {
  const issuedOn = localDateOf(new Date(issuedAt))
  const { deadlineDate, deadlineAt, calendarVersion, confirmed } = deadline(
    issuedOn,
    urgency,
    calendar,
  )
  return {
    issuedOn,
    urgency,
    deadlineDate,
    deadlineAt: deadlineAt.toISOString(),
    calendarVersion,
    confirmed,
  }
}
