import { Argument, type Command, type Option } from 'commander'
import { readConfig } from '../wiring.ts'
import { bashScript } from './completion-bash.ts'
import { fishScript } from './completion-fish.ts'
import type { OptionWords, Page, Values } from './completion-page.ts'
import { zshScript } from './completion-zsh.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
const shells = Object.keys(scripts) as (keyof typeof scripts)[]

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(
      new Argument(
        '<shell>',
        'loại shell; hoặc sources: tên các nguồn / the shell; or sources: the names of the sources',
      ).choices([...shells, 'sources']),
    )
    .summary('Tự điền lệnh trong shell bằng phím Tab. Commands completed by the Tab key.')
    .description(
      inBoth(
        'In ra một đoạn mã cho shell: lệnh, tùy chọn, giá trị đã biết, và tên nguồn đọc từ cấu hình mỗi lần bấm Tab. Tạo lại sau mỗi lần nâng cấp.',
        'Prints a script for the shell: commands, options, known values, and the names of the sources, read from the configuration at each Tab. Make it anew after an upgrade.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'source <(chidao completion bash)    # ~/.bashrc',
        'chidao completion zsh > "$fpath[1]/_chidao"',
        'chidao completion fish > ~/.config/fish/completions/chidao.fish',
      ),
    )
    .action((shell: keyof typeof scripts | 'sources') => {
      if (shell === 'sources')
        for (const { name } of readConfig('optional').sources) output.line(name)
      else process.stdout.write(scripts[shell](pagesOf(program)))
    })
}

/** Every command of the program, each with its own page: what a script is made from. */
function pagesOf(command: Command, path = '', beside: readonly Command[] = []): Page[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  return [
    {
      path,
      commands: commands.map((one) => ({
        word: one.name(),
        about: short(one.summary() || one.description()),
      })),
      options: help.visibleOptions(command).map(optionWords),
      argument: argumentOf(command, beside),
    },
    ...commands.flatMap((one) =>
      pagesOf(one, path ? `${path} ${one.name()}` : one.name(), command.commands),
    ),
  ]
}

function argumentOf(command: Command, beside: readonly Command[]): Values {
  if (command.name() === 'help') return beside.map((one) => one.name())
  const [argument] = command.registeredArguments
  return argument ? valuesOf(argument.name(), argument.argChoices) : []
}

function optionWords(option: Option): OptionWords {
  const takesValue = option.required || option.optional
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    about: short(option.description),
    value: takesValue ? valuesOf(option.attributeName(), option.argChoices) : null,
    many: option.variadic,
  }
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices) return choices
  return name === 'source' || name === 'file' ? name : 'anything'
}

/** The Vietnamese half: a shell shows it beside the word, on one line. */
function short(text: string): string {
  return text.split(/ \/ |\. |\n/)[0]!
}
