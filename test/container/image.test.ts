import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '#src/wiring.ts'
import {
  copyOf,
  execForm,
  instructions,
  lastStage,
  runOf,
} from '../../deploy/container/dockerfile.ts'

const text = (file: string) => readFileSync(join(root, file), 'utf8')
const all = instructions(text('Dockerfile'))
const final = lastStage(all)
const of = (name: string) => final.filter((one) => one.name === name).map(({ rest }) => rest)
const copied = all
  .filter(({ name }) => name === 'COPY')
  .map(({ rest }) => copyOf(rest))
  .filter(({ stage }) => stage === null)
  .flatMap(({ sources }) => sources)

describe('the image', () => {
  it('runs as an account of its own, given by number so that volumes and secrets can be its', () => {
    expect(of('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    const after = final.slice(final.findIndex(({ name }) => name === 'USER'))
    expect(after.map(({ name }) => name)).not.toContain('RUN')
  })

  it('starts without a shell, so that SIGTERM reaches the service', () => {
    expect(execForm(of('ENTRYPOINT')[0]!)).toEqual(['/app/bin/chidao'])
    expect(execForm(of('CMD')[0]!)).toEqual(['start'])
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(text('bin/chidao')).toMatch(/exec "\$node"/)
  })

  it('asks after its own health with a file that it carries', () => {
    const [, file] = execForm(of('HEALTHCHECK')[0]!.replace(/^.*?CMD\s+/, ''))
    expect(copied).toContain(file)
  })

  it('keeps its data in a volume', () => {
    const [data] = of('VOLUME')
    expect(of('ENV').join(' ')).toContain(`CHIDAO_DATA=${data}`)
  })

  it.each(copied)('finds %s, in the tree and past .dockerignore', (path) => {
    expect(existsSync(join(root, path))).toBe(true)
    const [first, ...rules] = text('.dockerignore')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
    expect(first).toBe('*')
    expect(rules).toContain(`!${path}`)
  })

  it('holds no secret and no address that packages came from', () => {
    for (const { name, rest } of all) {
      expect(rest).not.toMatch(/https?:\/\//)
      if (name === 'ENV' || name === 'ARG') expect(rest).not.toMatch(/pass|token|secret|key/i)
    }
    const npm = all.filter(({ name, rest }) => name === 'RUN' && /\bnpm ci\b/.test(rest))
    expect(npm).toHaveLength(1)
    expect(runOf(npm[0]!.rest)).toMatchObject({
      secrets: [{ id: 'npmrc' }, { id: 'npm-ca' }],
      command: expect.stringMatching(/--omit=dev --omit=optional --ignore-scripts/),
    })
  })
})

describe('what the image runs', () => {
  const reached = reachableFrom('src/main.ts')

  it('is all copied into it', () => {
    const missing = reached.files.filter(
      (file) => !copied.some((path) => file === path || file.startsWith(`${path}/`)),
    )
    expect(reached.files.length).toBeGreaterThan(100)
    expect(missing).toEqual([])
  })

  it('needs no package for development, nor an optional one', () => {
    const { dependencies } = JSON.parse(text('package.json'))
    const strangers = reached.packages.filter((name) => !(name in dependencies))
    expect(reached.packages).toContain('bullmq')
    expect(strangers).toEqual([])
  })

  it('and what those packages need in turn is installed without either', () => {
    const { packages } = JSON.parse(text('package-lock.json')) as { packages: Lock }
    const left = new Set(
      Object.keys(packages).filter((path) => !packages[path]!.dev && !packages[path]!.optional),
    )
    const unmet = [...left].flatMap((path) =>
      Object.keys(packages[path]!.dependencies ?? {})
        .filter((name) => !resolves(path, name, left))
        .map((name) => `${path || 'chidao'} needs ${name}`),
    )
    expect(left.size).toBeGreaterThan(50)
    expect(unmet).toEqual([])
  })
})

type Lock = Record<
  string,
  { dev?: true; optional?: true; dependencies?: Record<string, string> } | undefined
>

/** As Node looks for a package: beside the asker, then up. */
function resolves(from: string, name: string, installed: ReadonlySet<string>): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (installed.has(`${at}${at && '/'}node_modules/${name}`)) return true
    if (at === '' || !at.includes('node_modules/')) return false
    if (!at.includes('/node_modules/')) return installed.has(`node_modules/${name}`)
  }
}

/** Every file and package that importing `entry` can lead to, and what a folder of migrations is read for. */
function reachableFrom(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [
    entry,
    ...readdirSync(join(root, 'src/store/migrations')).map(
      (name) => `src/store/migrations/${name}`,
    ),
  ]
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (files.has(file)) continue
    files.add(file)
    const source = text(file).replace(/^(import|export) type [^']*'[^']+'/gm, '')
    const imports = /^(?:import|export) (?:[^';]*?from )?'([^']+)'|\bimport\('([^']+)'\)/gm
    for (const [, still, later] of source.matchAll(imports)) {
      const specifier = still ?? later
      if (specifier!.startsWith('node:')) continue
      if (specifier!.startsWith('#')) waiting.push(specifier!.slice(1))
      else if (specifier!.startsWith('.'))
        waiting.push(relative(root, resolve(root, dirname(file), specifier!)))
      else packages.add(/^(@[^/]+\/)?[^/]+/.exec(specifier!)![0])
    }
  }
  return { files: [...files], packages: [...packages] }
}
