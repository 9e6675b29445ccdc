import { Command, CommanderError } from 'commander'
import { calendarCommand } from './cli/calendar.ts'
import { checkCommand } from './cli/check.ts'
import { deadlineCommand } from './cli/deadline.ts'
import { demoCommand } from './cli/demo.ts'
import { failedCommand } from './cli/failed.ts'
import { gateCommand } from './cli/gate.ts'
import { inspectCommand } from './cli/inspect.ts'
import { migrateCommand } from './cli/migrate.ts'
import { repliesCommand } from './cli/replies.ts'
import { runsCommand } from './cli/runs.ts'
import { showCommand } from './cli/show.ts'
import { startCommand } from './cli/start.ts'
import { statusCommand } from './cli/status.ts'
import { Explained } from './domain/errors.ts'

const commands = [
  startCommand,
  demoCommand,
  checkCommand,
  migrateCommand,
  statusCommand,
  showCommand,
  runsCommand,
  failedCommand,
  repliesCommand,
  deadlineCommand,
  calendarCommand,
  gateCommand,
  inspectCommand,
]

/** Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 finished with items that need attention. */
async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('chidao')
    .description(
      'Chỉ đạo: cầu nối văn bản chỉ đạo và phần mềm theo dõi. The bridge between the province’s directives and their tracking store.',
    )
    .version('0.1.0')
    .showHelpAfterError('(chidao --help)')
  for (const add of commands) add(program)
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
    process.stderr.write(`chidao: ${error.message}\n`)
    return error.exitCode
  }
  const { name, code, stack } = error as Error & { code?: string }
  const at =
    stack
      ?.split('\n')
      .find((line) => line.includes('.ts:'))
      ?.trim() ?? ''
  process.stderr.write(
    `chidao: a mistake of ours (${code ?? name}) ${at}\nPlease report it; nothing was lost, and the command can be run again.\n`,
  )
  return 1
}

await main(process.argv)
