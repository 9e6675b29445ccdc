/** Every command's --help is a page of a manual, made from the command itself: sections in a fixed order. */
import type { Command, Help, HelpConfiguration } from 'commander'
import { coloured, hasColours } from './colour.ts'

/** What fits an old terminal and a printed page. */
const pageWidth = 80
const indent = '  '

/** Two paragraphs of a description. */
export function inBoth(vietnamese: string, english: string): string {
  return `${vietnamese}\n\n${english}`
}

/** The examples that a page shows before it points to others. */
export function example(...lines: readonly string[]): string {
  return `\n${coloured('title', 'VÍ DỤ / EXAMPLES')}\n${lines.map(continued).join('\n')}`
}

/** Gives a program, before its commands are added, the pages of a manual. */
export function withManual(program: Command): Command {
  return program
    .configureHelp(manualPage)
    .configureOutput({
      getOutHelpWidth: () => Math.min(pageWidth, process.stdout.columns ?? pageWidth),
      getErrHelpWidth: () => Math.min(pageWidth, process.stderr.columns ?? pageWidth),
      getOutHasColors: () => hasColours(process.stdout),
      getErrHasColors: () => hasColours(process.stderr),
    })
    .helpOption('-h, --help', 'trang này / this page')
    .helpCommand('help [command]', 'trang của một lệnh / the page of a command')
    .addHelpText('afterAll', ({ command }) => seeAlso(command))
}

const defaults = new WeakMap<Command, Command>()

/** The page of a group shows how its default command is asked as well: that is what its name alone runs. */
export function showsAsItsOwn(group: Command, command: Command): void {
  defaults.set(group, command)
}

/** `chidao replies settle` */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

const manualPage: HelpConfiguration = {
  styleTitle: (text) => coloured('title', text),
  styleCommandText: (text) => coloured('term', text),
  styleOptionTerm: (text) => coloured('term', text),
  styleSubcommandTerm: (text) => coloured('term', text),
  optionDescription: ({ description, argChoices, defaultValue }) =>
    withChoices(description, argChoices, defaultValue),
  argumentDescription: ({ description, argChoices, defaultValue }) =>
    withChoices(description, argChoices, defaultValue),
  subcommandDescription: (command) => command.summary() || command.description(),
  formatHelp(command: Command, help: Help): string {
    const items = (pairs: readonly (readonly [term: string, text: string])[]) =>
      pairs.map(([term, text]) => help.formatItem(term, termWidth(pairs, help), text, help))
    const section = (title: string, lines: readonly string[]) =>
      help.formatItemList(title, [...lines], help)
    const summary = command.summary() || command.description()
    const asked = defaults.get(command) ?? command
    const usage = [asked, ...(asked === command ? [] : [command])]
    return [
      ...section('TÊN / NAME', [paragraph(`${pathOf(command)}: ${summary}`, help)]),
      ...section(
        'CÚ PHÁP / SYNOPSIS',
        usage.map((one) => paragraph(help.commandUsage(one), help)),
      ),
      ...section('MÔ TẢ / DESCRIPTION', [paragraph(help.commandDescription(command), help)]),
      ...section(
        'THAM SỐ / ARGUMENTS',
        items(
          asked.registeredArguments.map((one) => [
            help.argumentTerm(one),
            help.argumentDescription(one),
          ]),
        ),
      ),
      ...section(
        'TÙY CHỌN / OPTIONS',
        items(
          help
            .visibleOptions(asked)
            .map((one) => [
              help.styleOptionTerm(help.optionTerm(one)),
              help.optionDescription(one),
            ]),
        ),
      ),
      ...section(
        'LỆNH / COMMANDS',
        items(
          help
            .visibleCommands(command)
            .map((one) => [
              help.styleSubcommandTerm(help.subcommandTerm(one)),
              help.subcommandDescription(one),
            ]),
        ),
      ),
      ...section('MÃ THOÁT / EXIT CODES', items(exitCodes)),
    ].join('\n')
  },
}

const exitCodes = [
  ['0', 'xong / done'],
  ['1', 'lỗi / failed'],
  ['2', 'sai cách dùng hoặc cấu hình / wrong usage or configuration'],
  ['3', 'xong, còn việc cần xử lý / finished with items that need attention'],
] as const

/** Where a reader goes on: to the command above, to what stands beside this one, to what is under it. */
function seeAlso(command: Command): string {
  const beside = (command.parent ?? command).commands.filter((one) => one !== command)
  const pages = [
    ...(command.parent ? [command.parent] : []),
    ...(command.parent?.parent ? beside : []),
    ...command.commands,
  ].map((one) => `${pathOf(one)} --help`)
  const guide = 'README.md, docs/'
  return `\n${coloured('title', 'XEM THÊM / SEE ALSO')}\n${listed([...pages, guide])}`
}

function listed(words: readonly string[]): string {
  const lines = ['']
  for (const [index, word] of words.entries()) {
    const text = index < words.length - 1 ? `${word}, ` : word
    if (indent.length + lines.at(-1)!.length + text.trimEnd().length > pageWidth) lines.push('')
    lines[lines.length - 1] += text
  }
  return lines.map((line) => `${indent}${line.trimEnd()}`).join('\n')
}

function paragraph(text: string, help: Help): string {
  const width = (help.helpWidth ?? pageWidth) - indent.length
  return help
    .boxWrap(text, width)
    .split('\n')
    .map((line) => (line ? `${indent}${line}` : ''))
    .join('\n')
}

function termWidth(pairs: readonly (readonly [string, string])[], help: Help): number {
  return Math.max(...pairs.map(([term]) => help.displayWidth(term)))
}

function withChoices(
  description: string,
  choices: readonly string[] | undefined,
  preset: unknown,
): string {
  const notes = [
    ...(choices ? [`một trong / one of: ${choices.join(', ')}`] : []),
    ...(preset === undefined ? [] : [`mặc định / default: ${String(preset)}`]),
  ]
  return notes.length > 0 ? `${description} (${notes.join('; ')})` : description
}

/** A long line goes on after a backslash, as a shell reads it; a quoted part is never broken. */
function continued(line: string): string {
  const [first = '', ...rest] = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  const lines = [`${indent}$ ${first}`]
  const room = pageWidth - ' \\'.length
  const isLong = line.length + lines[0]!.length - first.length > pageWidth
  for (const word of rest) {
    // A pipe is where a reader expects the break.
    if ((isLong && word === '|') || lines.at(-1)!.length + 1 + word.length > room) {
      lines[lines.length - 1] += ' \\'
      lines.push(`${indent}    ${word}`)
    } else lines[lines.length - 1] += ` ${word}`
  }
  return lines.join('\n')
}
