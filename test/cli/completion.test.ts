import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '#src/wiring.ts'
import { chidao, run } from './executable.ts'

const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const env = {
  PATH: `${join(root, 'bin')}:${process.env.PATH}`,
  CHIDAO_CONFIG: join(root, 'config/chidao.example.yaml'),
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chidao-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await chidao(['completion', shell])
    expect(code).toBe(0)
    await writeFile(join(folder, shell), out)
  }
  await writeFile(join(folder, 'thong-diep.edxml'), '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What bash offers for the last of these words. */
async function bashOffers(...words: string[]): Promise<string[]> {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _chidao 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { out } = await run('bash', ['-c', script, 'ask', join(folder, 'bash'), ...words], env)
  return out.split('\n').filter(Boolean)
}

describe('bash', () => {
  it('is told which command it completes', async () => {
    const { out } = await run('bash', ['-c', `source ${join(folder, 'bash')}; complete -p chidao`])
    expect(out).toBe('complete -F _chidao chidao\n')
  })

  it.each([
    [['chidao', 'repl'], ['replies']],
    [
      ['chidao', 'replies', ''],
      ['list', 'show', 'push', 'settle', 'help'],
    ],
    [
      ['chidao', 'replies', 'settle', '--'],
      ['--as', '--reason', '--by', '--yes', '--json', '--help'],
    ],
    [
      ['chidao', 'start', '--role', ''],
      ['all', 'worker', 'ops'],
    ],
    [['chidao', 'start', '--role', '=', 'w'], ['worker']],
    [['chidao', 'start', '--role', 'worker', ''], []],
    [['chidao', 'replies', 'list', '--state', 'rejected', 'unc'], ['unconfirmed']],
    [['chidao', 'replies', 'list', '--state', 'rejected', '--j'], ['--json']],
    [['chidao', 'replies', 'settle', 'ID', '--as', 'd'], ['delivered']],
    [['chidao', 'deadline', '--urgency', 'v'], ['veryUrgent']],
    [
      ['chidao', 'completion', ''],
      ['bash', 'zsh', 'fish', 'sources'],
    ],
    [['chidao', 'help', 'mig'], ['migrate']],
    [
      ['chidao', 'gate', ''],
      ['qlvb-tinh', 'truc-vxp'],
    ],
    [['chidao', 'gate', 'truc-vxp', '--st'], ['--stdin']],
    [['chidao', 'status', ''], []],
  ])('is offered for %j: %j', async (words, offered) => {
    expect(await bashOffers(...words)).toEqual(offered)
  })

  it('offers every command that the help lists', async () => {
    const { out } = await chidao(['--help'])
    const listed = [
      ...out
        .split('LỆNH / COMMANDS')[1]!
        .split('\n\n')[0]!
        .matchAll(/^ {2}(\S+)/gm),
    ]
    expect(await bashOffers('chidao', '')).toEqual(listed.map(([, name]) => name))
  })

  it('offers no source, and no error, where there is no configuration', async () => {
    const without = { PATH: env.PATH, CHIDAO_CONFIG: '/nowhere.yaml' }
    const script = `source "$1"; COMP_WORDS=(chidao gate ''); COMP_CWORD=2; _chidao; echo "<\${COMPREPLY[*]}>"`
    const { out, err } = await run('bash', ['-c', script, 'ask', join(folder, 'bash')], without)
    expect([out, err]).toEqual(['<>\n', ''])
  })
})

describe.skipIf(!isThere('fish'))('fish', () => {
  const offers = async (line: string) => {
    const script = `source ${join(folder, 'fish')}; cd ${folder}; complete -C ${JSON.stringify(line)}`
    const { out } = await run('fish', ['--no-config', '-c', script], { ...env, HOME: folder })
    return out.split('\n').filter(Boolean)
  }

  it.each([
    ['chidao repl', ['replies']],
    ['chidao replies ', ['help', 'list', 'push', 'settle', 'show']],
    ['chidao replies settle --as ', ['again', 'delivered', 'settled']],
    ['chidao start --role=', ['--role=all', '--role=ops', '--role=worker']],
    ['chidao gate ', ['qlvb-tinh', 'truc-vxp']],
    ['chidao inspect thong', ['thong-diep.edxml']],
    ['chidao status ', []],
  ])('is offered for "%s": %j', async (line, offered) => {
    expect((await offers(line)).map((one) => one.split('\t')[0]).sort()).toEqual(offered)
  })

  it('shows beside a command what it does', async () => {
    expect(await offers('chidao mig')).toEqual(['migrate\tCập nhật lược đồ của kho theo dõi'])
  })
})

describe.skipIf(!isThere('zsh'))('zsh', () => {
  /** What a line has become after Tab, in an interactive zsh on a terminal of its own. */
  const completed = async (lines: readonly string[]) => {
    const script = `
      zmodload zsh/zpty
      zpty z "cd ${folder}; TERM=dumb zsh -f -i"
      zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ${join(folder, 'zsh')}
        show() { print -r -- "@@$BUFFER@@"; BUFFER= }; zle -N show; bindkey "^X" show; print rea""dy'
      zpty -r -m z out '*ready*'
      for line in "$@"; do
        zpty -w -n z "$line"$'\\t\\x18'
        zpty -r -m z out '*@@*@@*'
        print -r -- "\${\${out#*@@}%@@*}"
      done
      zpty -d z`
    const { out } = await run('zsh', ['-f', '-c', script, 'ask', ...lines], {
      ...env,
      HOME: folder,
    })
    return out.split('\n').slice(0, -1)
  }

  it('completes a line at Tab', async () => {
    const lines = {
      'chidao repl': 'chidao replies ',
      'chidao replies sett': 'chidao replies settle ',
      'chidao replies settle x --as deliv': 'chidao replies settle x --as delivered ',
      'chidao start --role wor': 'chidao start --role worker ',
      'chidao gate qlvb': 'chidao gate qlvb-tinh ',
      'chidao inspect thong': 'chidao inspect thong-diep.edxml ',
      'chidao help migr': 'chidao help migrate ',
      'chidao zzz': 'chidao zzz',
    }
    expect(await completed(Object.keys(lines))).toEqual(Object.values(lines))
  })
})

it('the names of the sources are one a line, and a broken configuration is an error', async () => {
  expect(await chidao(['completion', 'sources'], env)).toEqual({
    code: 0,
    out: 'qlvb-tinh\ntruc-vxp\n',
    err: '',
  })
  const broken = await chidao(['completion', 'sources'], { CHIDAO_CONFIG: '/nowhere.yaml' })
  expect(broken).toMatchObject({ code: 2, out: '' })
})
