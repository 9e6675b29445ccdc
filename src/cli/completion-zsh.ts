import type { Page, Values } from './completion-page.ts'

/** Works both as a file of $fpath and when sourced after compinit. */
export function zshScript(pages: readonly Page[]): string {
  const paths = pages.filter(({ path }) => path).map(({ path }) => quoted(path))
  return `#compdef chidao
# zsh completion of chidao, made by: chidao completion zsh
_chidao() {
  local page='' word i at=1
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case "\${page:+$page }$word" in
      (${paths.join('|')}) page="\${page:+$page }$word"; at=$i ;;
    esac
  done
  local command=$words[1]
  words=("$page" "\${(@)words[at+1,-1]}")
  ((CURRENT -= at - 1))
  local -a commands
  case $page in
${pages.map(pageCase).join('\n')}
  esac
}
_chidao_sources() {
  local -a names
  names=(\${(f)"$(_call_program sources $command completion sources 2>/dev/null)"})
  compadd -a names
}
if [ "$funcstack[1]" = _chidao ]; then _chidao "$@"; else compdef _chidao chidao; fi
`
}

function pageCase({ path, commands, options, argument }: Page): string {
  const specs = options.flatMap(({ flags, about, value, many }) => {
    const others = flags.length > 1 ? `(${flags.join(' ')})` : ''
    const values = value === null ? '' : `:${flags.at(-1)!.slice(2)}:${offer(value)}`
    return flags.map((flag) => {
      const name = value !== null && flag.startsWith('--') ? `${flag}=` : flag
      return quoted(`${many ? '*' : others}${name}[${escaped(about)}]${values}`)
    })
  })
  const rest =
    commands.length > 0
      ? `'*::command:{_describe command commands}'`
      : argument.length > 0
        ? quoted(`*:argument:${offer(argument)}`)
        : ''
  const listed = commands.map(({ word, about }) => quoted(`${word}:${about}`)).join(' ')
  return `    (${quoted(path)})
      commands=(${listed})
      _arguments ${specs.join(' ')} ${rest} ;;`
}

function offer(values: Values): string {
  if (values === 'source') return '_chidao_sources'
  if (values === 'file') return '_files'
  return values === 'anything' ? ' ' : `(${values.join(' ')})`
}

function escaped(text: string): string {
  return text.replace(/[[\]:]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
