import type { Page, Values } from './completion-page.ts'

export function fishScript(pages: readonly Page[]): string {
  const paths = pages.filter(({ path }) => path).map(({ path }) => quoted(path))
  return `# fish completion of chidao, made by: chidao completion fish
function __chidao_path
    set -l path
    for word in (commandline -opc)[2..-1]
        switch "$path $word"
            case ${paths.map((path) => path.replace(/^'(?=\S+'$)/, "' ")).join(' ')}
                set path (string trim "$path $word")
        end
    end
    echo "$path"
end
function __chidao_at
    test (__chidao_path) = "$argv[1]"
end
function __chidao_sources
    set -l words (commandline -opc)
    $words[1] completion sources 2>/dev/null
end
complete -c chidao -f
${pages.flatMap(pageLines).join('\n')}
`
}

function pageLines({ path, commands, options, argument }: Page): string[] {
  const at = `complete -c chidao -n "__chidao_at '${path}'"`
  return [
    ...commands.map(({ word, about }) => `${at} -a ${word} -d ${quoted(about)}`),
    ...options.map(({ flags, about, value }) => {
      const names = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      )
      const takes = value === null ? '' : ` -r ${value === 'file' ? '-F' : '-f'}${offer(value)}`
      return `${at} ${names.join(' ')}${takes} -d ${quoted(about)}`
    }),
    ...(commands.length > 0 || argument.length === 0
      ? []
      : [`${at} ${argument === 'file' ? '-F' : '-f'}${offer(argument)}`]),
  ]
}

function offer(values: Values): string {
  if (values === 'source') return ` -a '(__chidao_sources)'`
  return typeof values === 'string' ? '' : ` -a ${quoted(values.join(' '))}`
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
