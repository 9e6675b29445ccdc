/** What a person typed wrongly, in the words of the other errors, with what was probably meant. */
import type { Command } from 'commander'
import { coloured } from './colour.ts'
import { pathOf } from './help.ts'

/** Gives every command of a finished program errors of ours in place of commander's. */
export function withSuggestions(command: Command): void {
  command
    .showSuggestionAfterError()
    .showHelpAfterError(`Xem / See: ${pathOf(command)} --help`)
    .configureOutput({
      outputError: (text, write) =>
        write(`${coloured('bad', 'chidao:', process.stderr)} ${explained(text, command)}\n`),
    })
  for (const child of command.commands) withSuggestions(child)
}

/** ` Có phải / Did you mean status?`, or nothing where nothing is near. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known)
  return near ? `\nCó phải là ${near}? Did you mean ${near}?` : ''
}

/** Commander's sentences, in the order of the groups that they name. A sentence it may learn later stays as it is. */
const sentences: readonly [RegExp, (command: Command, ...parts: string[]) => string][] = [
  [
    /^unknown command '(.*)'$/,
    (command, typed) =>
      `Không có lệnh "${typed}". There is no such command.${didYouMean(typed!, commandsOf(command))}`,
  ],
  [
    /^unknown option '(.*)'$/,
    (command, typed) =>
      `Không có tùy chọn "${typed}". There is no such option.${didYouMean(typed!, optionsOf(command))}`,
  ],
  [
    // A group's default command takes a mistyped one for an argument of its own.
    /^too many arguments.* got \d+: (.*)\.$/,
    (command, typed) =>
      `Thừa "${typed}". This is one argument too many.${didYouMean(typed!.split(', ')[0]!, command.parent ? commandsOf(command.parent) : [])}`,
  ],
  [
    /^missing required argument '(.*)'$/,
    (_command, name) => `Thiếu tham số <${name}>. The argument <${name}> is missing.`,
  ],
  [
    /^option '(.*)' argument missing$/,
    (_command, flags) => `Tùy chọn ${flags} cần một giá trị. The option needs a value.`,
  ],
  [
    /^required option '(.*)' not specified$/,
    (_command, flags) => `Thiếu tùy chọn ${flags}. The option is required.`,
  ],
  [
    /^(?:option|command-argument)(?: value)? '(.*)' (?:argument '(.*)' is invalid|is invalid for argument '(.*)')\. Allowed choices are (.*)\.$/,
    (_command, flags, typed, argument, choices) => {
      const [what, value] = argument ? [`<${argument}>`, flags!] : [flags!, typed!]
      return `"${value}" không dùng được cho ${what}. Not one of its values: ${choices}.${didYouMean(value, choices!.split(', '))}`
    },
  ],
]

function explained(text: string, command: Command): string {
  const bare = text.replace(/^error: /, '').trimEnd()
  // Commander's own suggestion follows on a line of its own; ours is made from the same lists.
  const [first = ''] = bare.split('\n(Did you mean')
  for (const [pattern, sentence] of sentences) {
    const found = pattern.exec(first)
    if (found) return sentence(command, ...found.slice(1))
  }
  return bare
}

function commandsOf(command: Command): string[] {
  return command.commands.map((one) => one.name())
}

function optionsOf(command: Command): string[] {
  const flags = command.options.map((option) => option.long).filter((flag) => flag !== undefined)
  return [...flags, '--help']
}

/** Within a third of its length, and no more than three letters away. */
function nearest(typed: string, known: readonly string[]): string | null {
  const [best] = known
    .map((word) => ({ word, away: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, away }) => away <= Math.min(3, Math.ceil(word.length / 3)))
    .sort((a, b) => a.away - b.away)
  return best?.word ?? null
}

/** Letters left out, put in, changed, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          rows[i - 1]![j]! + 1,
          row[j - 1]! + 1,
          rows[i - 1]![j - 1]! + same,
          swapped ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    rows.push(row)
  }
  return rows.at(-1)!.at(-1)!
}
