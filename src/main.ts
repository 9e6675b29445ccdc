import { Command, CommanderError } from 'commander'
import { alertsCommand } from './cli/alerts.ts'
import { attentionCommand } from './cli/attention.ts'
import { auditCommand } from './cli/audit.ts'
import { calendarCommand } from './cli/calendar.ts'
import { checkCommand } from './cli/check.ts'
import { coloured } from './cli/colour.ts'
import { completionCommand } from './cli/completion.ts'
import { deadlineCommand } from './cli/deadline.ts'
import { demoCommand } from './cli/demo.ts'
import { failedCommand } from './cli/failed.ts'
import { fusesCommand } from './cli/fuses.ts'
import { gateCommand } from './cli/gate.ts'
import { example, inBoth, withManual } from './cli/help.ts'
import { inspectCommand } from './cli/inspect.ts'
import { migrateCommand } from './cli/migrate.ts'
import { pauseCommand, resumeCommand } from './cli/pause.ts'
import { purgeCommand } from './cli/purge.ts'
import { recallCommand } from './cli/recall.ts'
import { repliesCommand } from './cli/replies.ts'
import { reportCommand } from './cli/report.ts'
import { resyncCommand } from './cli/resync.ts'
import { runsCommand } from './cli/runs.ts'
import { selftestCommand } from './cli/selftest.ts'
import { showCommand } from './cli/show.ts'
import { startCommand } from './cli/start.ts'
import { statusCommand } from './cli/status.ts'
import { withSuggestions } from './cli/suggestion.ts'
import { userCommand } from './cli/user.ts'
import { withheldCommand } from './cli/withheld.ts'
import { Explained } from './domain/errors.ts'

const commands = [
  startCommand,
  demoCommand,
  checkCommand,
  migrateCommand,
  statusCommand,
  attentionCommand,
  showCommand,
  runsCommand,
  failedCommand,
  repliesCommand,
  withheldCommand,
  fusesCommand,
  recallCommand,
  purgeCommand,
  pauseCommand,
  resumeCommand,
  resyncCommand,
  deadlineCommand,
  calendarCommand,
  alertsCommand,
  auditCommand,
  userCommand,
  reportCommand,
  gateCommand,
  inspectCommand,
  selftestCommand,
  completionCommand,
]

/** Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 finished with items that need attention. */
async function main(argv: readonly string[]): Promise<void> {
  const program = withManual(new Command('chidao'))
    .summary('cầu nối văn bản chỉ đạo và phần mềm theo dõi / the bridge of directives')
    .description(
      inBoth(
        'Lấy văn bản chỉ đạo mới ban hành từ phần mềm quản lý văn bản, chỉ cho qua những gì chắc chắn không mật, chuyển vào kho theo dõi đúng thời hạn và gửi kết quả trả lời về nguồn. Cấu hình nằm trong tệp mà CHIDAO_CONFIG chỉ tới và trong biến môi trường.',
        'Pulls new directives from the document-management system, lets only what is plainly public through, stages it in the tracking store within the legal time and sends the replies back. It is configured by the file that CHIDAO_CONFIG names and by environment variables.',
      ),
    )
    .version('0.1.0', '-V, --version', 'phiên bản / the version')
    .addHelpText('after', example('chidao check', 'chidao start', 'chidao replies settle --help'))
  for (const add of commands) add(program)
  withSuggestions(program)
  exitOverride(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function exitOverride(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) exitOverride(child)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Explained) {
    process.stderr.write(`${prefix()} ${error.message}\n`)
    return error.exitCode
  }
  const { name, code, stack } = error as Error & { code?: string }
  const at =
    stack
      ?.slice(Math.max(0, stack.indexOf('\n    at ')))
      ?.split('\n')
      .find((line) => line.includes('.ts:'))
      ?.trim() ?? ''
  process.stderr.write(
    `${prefix()} a mistake of ours (${code ?? name}) ${at}\nPlease report it; nothing was lost, and the command can be run again.\n`,
  )
  return 1
}

function prefix(): string {
  return coloured('bad', 'chidao:', process.stderr)
}

// Node's own last words quote the error, its line and its properties, which may hold what must not be written.
process.on('uncaughtException', (error) => process.exit(exitCodeOf(error)))

await main(process.argv)
