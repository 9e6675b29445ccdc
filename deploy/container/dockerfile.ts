/** Reads a Dockerfile, so that the proof and its test follow the file and no copy of it. */
import { readFileSync } from 'node:fs'

export interface Instruction {
  /** In capitals: `RUN`. */
  readonly name: string
  /** What follows it, continued lines joined and ARG values put in. */
  readonly rest: string
}

export function instructions(text: string): Instruction[] {
  const args = new Map<string, string>()
  return joinedLines(text).map((line) => {
    const [, name, rest] = /^(\S+)\s+(.*)$/s.exec(line) ?? []
    if (!name || rest === undefined) throw new Error(`Not an instruction: ${line}`)
    const arg = /^ARG (\w+)=(\S+)$/.exec(line)
    if (arg) args.set(arg[1]!, arg[2]!)
    // In RUN the shell puts values in.
    const known =
      name === 'RUN' ? rest : rest.replace(/\$\{(\w+)\}/g, (all, key) => args.get(key) ?? all)
    return { name, rest: known }
  })
}

/** The instructions of the last stage: what the image will say of itself. */
export function lastStage(all: readonly Instruction[]): readonly Instruction[] {
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}

/** `["a", "b"]` as its words; anything else is a shell's and refused, because a shell would be process 1. */
export function execForm(rest: string): string[] {
  const words = rest.startsWith('[') ? JSON.parse(rest) : null
  if (!Array.isArray(words)) throw new Error(`Not in exec form: ${rest}`)
  return words
}

/** What a COPY takes and where from; null is the build's own directory. */
export function copyOf(rest: string): {
  stage: string | null
  sources: string[]
  target: string
} {
  const words = rest.split(/\s+/)
  const stage = words[0]!.startsWith('--from=') ? words.shift()!.slice('--from='.length) : null
  if (words[0]!.startsWith('--')) throw new Error(`An option of COPY nobody knows: ${words[0]}`)
  return { stage, sources: words.slice(0, -1), target: words.at(-1)! }
}

/** A RUN without its mounts: where each secret is to be seen, and the command. */
export function runOf(rest: string): {
  secrets: { id: string; target: string }[]
  command: string
} {
  const secrets: { id: string; target: string }[] = []
  const command = rest.replace(/^(--\S+\s+)+/, (options) => {
    for (const option of options.trim().split(/\s+/)) {
      const [, id, target] = /^--mount=type=secret,id=([\w-]+),target=(\S+)$/.exec(option) ?? []
      if (!id || !target) throw new Error(`An option of RUN nobody knows: ${option}`)
      secrets.push({ id, target })
    }
    return ''
  })
  return { secrets, command }
}

function joinedLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
}

/** As a program: one instruction a line, its parts parted by tabs, for a shell to carry out. */
if (import.meta.main)
  for (const { name, rest } of instructions(readFileSync(process.argv[2]!, 'utf8'))) {
    const print = (...parts: string[]) => process.stdout.write(`${[name, ...parts].join('\t')}\n`)
    if (name === 'COPY') {
      const { stage, sources, target } = copyOf(rest)
      print(stage ?? '-', target, ...sources)
    } else if (name === 'RUN') {
      const { secrets, command } = runOf(rest)
      print(secrets.map(({ id, target }) => `${id}=${target}`).join(' ') || '-', command)
    } else if (name === 'ENTRYPOINT' || name === 'CMD') print(...execForm(rest))
    else if (name === 'HEALTHCHECK') print(...execForm(rest.replace(/^.*?CMD\s+/, '')))
    else if (name === 'FROM') print(...rest.split(/\s+AS\s+/))
    else print(...rest.split(/\s+/))
  }
