import { Command, CommanderError } from 'commander'
import { coloured } from './cli/colour.ts'
import { endAtLast, ToldToStop } from './cli/ending.ts'
import { example, inBoth, withManual } from './cli/help.ts'
import { withSuggestions } from './cli/suggestion.ts'
import { Explained } from './domain/errors.ts'

/** By the word that is typed: only what was asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./cli/start.ts')).startCommand,
  demo: async () => (await import('./cli/demo.ts')).demoCommand,
  check: async () => (await import('./cli/check.ts')).checkCommand,
  migrate: async () => (await import('./cli/migrate.ts')).migrateCommand,
  status: async () => (await import('./cli/status.ts')).statusCommand,
  attention: async () => (await import('./cli/attention.ts')).attentionCommand,
  show: async () => (await import('./cli/show.ts')).showCommand,
  runs: async () => (await import('./cli/runs.ts')).runsCommand,
  failed: async () => (await import('./cli/failed.ts')).failedCommand,
  files: async () => (await import('./cli/files.ts')).filesCommand,
  replies: async () => (await import('./cli/replies.ts')).repliesCommand,
  waivers: async () => (await import('./cli/waivers.ts')).waiversCommand,
  copies: async () => (await import('./cli/copies.ts')).copiesCommand,
  withheld: async () => (await import('./cli/withheld.ts')).withheldCommand,
  dates: async () => (await import('./cli/dates.ts')).datesCommand,
  fuses: async () => (await import('./cli/fuses.ts')).fusesCommand,
  recall: async () => (await import('./cli/recall.ts')).recallCommand,
  purge: async () => (await import('./cli/purge.ts')).purgeCommand,
  pause: async () => (await import('./cli/pause.ts')).pauseCommand,
  resume: async () => (await import('./cli/pause.ts')).resumeCommand,
  resync: async () => (await import('./cli/resync.ts')).resyncCommand,
  reconcile: async () => (await import('./cli/reconcile.ts')).reconcileCommand,
  deadline: async () => (await import('./cli/deadline.ts')).deadlineCommand,
  calendar: async () => (await import('./cli/calendar.ts')).calendarCommand,
  alerts: async () => (await import('./cli/alerts.ts')).alertsCommand,
  audit: async () => (await import('./cli/audit.ts')).auditCommand,
  user: async () => (await import('./cli/user.ts')).userCommand,
  store: async () => (await import('./cli/store.ts')).storeCommand,
  report: async () => (await import('./cli/report.ts')).reportCommand,
  gate: async () => (await import('./cli/gate.ts')).gateCommand,
  inspect: async () => (await import('./cli/inspect.ts')).inspectCommand,
  selftest: async () => (await import('./cli/selftest.ts')).selftestCommand,
  completion: async () => (await import('./cli/completion.ts')).completionCommand,
}

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
  for (const load of wanted(argv[2])) (await load())(program)
  withSuggestions(program)
  exitOverride(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    // What it had opened is closed, or cannot be; neither keeps a command that failed from ending. A manual is no failure.
    if (!(error instanceof CommanderError)) process.exit()
  }
  endAtLast(Number(process.exitCode ?? 0))
}

/** The manual, the completion and what is not known need all of them. */
function wanted(word = '') {
  const one = Object.hasOwn(commands, word) && word !== 'completion' ? commands[word] : undefined
  return one ? [one] : Object.values(commands)
}

function exitOverride(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) exitOverride(child)
}

function exitCodeOf(error: unknown): number {
  // What failed first is told, and not what failed because of it while everything was closed.
  if (error instanceof SuppressedError) return exitCodeOf(error.suppressed)
  if (error instanceof ToldToStop) return 0
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

// Whoever read the output has seen enough (`| head -1`): the command goes on to its end and its exit code, unheard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

await main(process.argv)
