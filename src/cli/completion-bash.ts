import type { Page, Values } from './completion-page.ts'

/** For bash 3.2 and later, with or without the package bash-completion. */
export function bashScript(pages: readonly Page[]): string {
  const paths = pages.filter(({ path }) => path).map(({ path }) => quoted(path))
  return `# bash completion of chidao, made by: chidao completion bash
_chidao() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' asked='' given='' take=words words='' options='' i word
  # bash takes the sign of --role=worker for a word of its own.
  [ "$cur" = = ] && cur=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${path:+$path }$word" in
      ${paths.join(' | ')}) path="\${path:+$path }$word" asked=''; continue ;;
    esac
    case $word in
      =) ;;
      -*) asked=$word given='' ;;
      *) given=1 ;;
    esac
  done
  case $path in
${pages.map(pageCase).join('\n')}
  esac
  COMPREPLY=()
  case $take/$cur in
    */-*) words=$options ;;
    source/*) words=$("\${COMP_WORDS[0]}" completion sources 2>/dev/null) ;;
    file/*) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _chidao chidao
`
}

function pageCase({ path, commands, options, argument }: Page): string {
  const flags = options.flatMap((option) => option.flags).join(' ')
  const next = commands.length > 0 ? commands.map(({ word }) => word) : argument
  const asked = options.flatMap(({ flags: own, value, many }) =>
    // After the first of many values, another may follow.
    value === null
      ? []
      : [`        ${own.join(' | ')}) ${many ? '' : '[ "$given" ] || '}${offer(value)} ;;\n`],
  )
  const values = asked.length > 0 ? `\n      case $asked in\n${asked.join('')}      esac` : ''
  return `    ${quoted(path)})\n      options=${quoted(flags)}; ${offer(next)}${values} ;;`
}

function offer(values: Values): string {
  if (values === 'source' || values === 'file') return `take=${values}`
  return `take=words words=${quoted(values === 'anything' ? '' : values.join(' '))}`
}

function quoted(text: string): string {
  return `'${text}'`
}
