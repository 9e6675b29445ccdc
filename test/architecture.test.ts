import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Room by room, what a file may import of the others. Arrows run one way (docs: the map of rooms in README). */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/edxml': ['src/domain'],
  'src/files': ['src/domain', 'src/edxml'],
  'src/waiting': ['src/domain'],
  'src/embedded': ['src/domain', 'src/waiting'],
  'src/store': ['src/domain', 'src/waiting'],
  'connectors/connector': ['src/domain'],
  'connectors/index': [
    'connectors/connector',
    'connectors/http',
    'connectors/rest',
    'connectors/vxp',
    'src/domain',
    'config/sources',
  ],
  'src/turns': [],
  'connectors/http': ['connectors/connector', 'src/turns'],
  'connectors/http/strict-json': [],
  'connectors/rest': [
    'connectors/connector',
    'connectors/http',
    'connectors/http/strict-json',
    'src/domain',
    'src/edxml',
    'src/turns',
    'config/sources',
  ],
  'connectors/vxp': [
    'connectors/connector',
    'connectors/http',
    'connectors/http/strict-json',
    'src/domain',
    'src/edxml',
    'src/turns',
    'config/sources',
  ],
  'connectors/vxp/simulated-profile': ['connectors/vxp', 'src/domain'],
  'connectors/rest/simulated-profile': ['connectors/rest', 'src/domain'],
  'connectors/simulator': ['src/domain', 'src/edxml'],
  'config/sources': ['src/domain'],
  'config/schedule': ['src/app'],
  'config/ops': ['config/sources'],
  'config/alerts': ['config/sources', 'src/domain'],
  'config/tracing': ['config/alerts', 'config/sources'],
  'config/slips': ['connectors/index', 'config/sources'],
  'config/config': [
    'connectors/index',
    'config/alerts',
    'config/ops',
    'config/slips',
    'config/sources',
    'config/tracing',
  ],
  'src/app': [
    'connectors/connector',
    'config/alerts',
    'config/sources',
    'src/domain',
    'src/files',
    'src/log',
    'src/store',
  ],
  'src/log': [],
  'src/flow': [
    'src/app',
    'src/domain',
    'src/files',
    'src/store',
    'connectors/connector',
    'src/turns',
    'config/sources',
  ],
  'src/alerts': ['config/alerts', 'src/app', 'src/domain', 'src/store'],
  'src/queue': ['jobs', 'src/app'],
  'src/worker': ['config/schedule', 'jobs', 'src/app', 'src/flow', 'src/queue', 'src/store'],
  'src/around': ['connectors/connector', 'src/app'],
  'src/tracing': ['config/tracing', 'src/app', 'src/around', 'src/store'],
  'src/ops': [
    'connectors/connector',
    'jobs',
    'src/alerts',
    'src/app',
    'src/around',
    'src/domain',
    'src/flow',
    'src/log',
    'src/queue',
    'src/store',
  ],
  'src/service': ['config/schedule', 'src/app', 'src/ops', 'src/queue', 'src/store', 'src/worker'],
  'src/wiring': [
    'config/config',
    'connectors/index',
    'src/app',
    'src/domain',
    'src/embedded',
    'src/files',
    'src/flow',
    'src/log',
    'src/queue',
    'src/store',
    'src/waiting',
  ],
  'src/cli': [
    'config/alerts',
    'src/alerts',
    'src/domain',
    'src/edxml',
    'src/embedded',
    'src/flow',
    'src/log',
    'src/ops',
    'src/queue',
    'src/service',
    'src/store',
    'src/tracing',
    'src/wiring',
    'src/app',
    'connectors/index',
    'connectors/connector',
    'connectors/http/strict-json',
    'connectors/simulator',
    'connectors/rest/simulated-profile',
    'connectors/vxp/simulated-profile',
    'config/config',
  ],
  'src/main': ['src/cli', 'src/domain'],
  jobs: ['src/alerts', 'src/app', 'src/flow', 'src/store'],
}

/** Packages that belong to one room only. */
const tenants: Readonly<Record<string, readonly string[]>> = {
  knex: ['src/store'],
  pg: ['src/store', 'src/embedded', 'src/queue', 'src/wiring'],
  bullmq: ['src/queue', 'src/tracing', 'src/worker'],
  'bullmq-otel': ['src/tracing'],
  '@opentelemetry': ['src/tracing'],
  ioredis: ['src/queue'],
  axios: ['connectors/http'],
  nodemailer: ['src/alerts'],
  pino: ['src/log'],
  sax: ['src/edxml'],
  'fast-xml-parser': ['connectors/rest'],
  fastify: ['src/ops'],
  '@fastify': ['src/ops'],
  '@bull-board': ['src/ops'],
  ghtml: ['src/ops'],
  'prom-client': ['src/ops'],
  ldapts: ['src/ops'],
  commander: ['src/main', 'src/cli'],
  yaml: ['config/config', 'connectors/rest/simulated-profile', 'connectors/vxp/simulated-profile'],
}

const files = ['src', 'connectors', 'jobs', 'config'].flatMap(sourceFiles)

describe('the arrows of the house', () => {
  it.each(files)('%s imports only what its room may', (file) => {
    const room = roomOf(file)
    expect(room, `no room in the table holds ${file}`).not.toBeNull()
    const strangers = importsOf(file).filter(
      (imported) =>
        imported !== room &&
        roomOf(imported) !== room &&
        !arrows[room!]!.includes(roomOf(imported) ?? imported),
    )
    expect(strangers).toEqual([])
  })

  it.each(files)('%s keeps to the packages of its room', (file) => {
    const trespassing = packagesOf(file).filter(
      (name) => tenants[name] && !tenants[name].includes(roomOf(file)!),
    )
    expect(trespassing).toEqual([])
  })

  it('has no circle of files, neither of values nor of types', () => {
    const circles: string[] = []
    const done = new Set<string>()
    const walk = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '))
      if (way.includes(file) || done.has(file)) return
      for (const imported of importsOf(file)) walk(imported, [...way, file])
      done.add(file)
    }
    for (const file of files) walk(file, [])
    expect(circles).toEqual([])
  })

  it('has no drawer folders', () => {
    expect(
      files.filter((file) =>
        /\/(utils?|helpers?|services?|common|core|shared|lib|misc)\//.test(file),
      ),
    ).toEqual([])
  })

  it('says in one file what still waits for the Office, and what is shown', () => {
    const elsewhere = files
      .filter((file) => /^src\/store\/(?!migrations\/|predicates\.ts)/.test(file))
      .filter((file) =>
        /withheld_at is null|classified_at is null\s+and \S*refused_at is null/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
      )
    expect(elsewhere).toEqual([])
  })

  it('lets only the configuration read the environment', () => {
    const readers = files.filter((file) =>
      /\bprocess\.env\b/.test(readFileSync(join(root, file), 'utf8').replace(/^\s*\*.*$/gm, '')),
    )
    expect(readers).toEqual(['src/wiring.ts'])
  })
})

function roomOf(file: string): string | null {
  const bare = file.replace(/\.ts$/, '')
  const rooms = Object.keys(arrows).filter((room) => bare === room || bare.startsWith(`${room}/`))
  return rooms.sort((a, b) => b.length - a.length)[0] ?? null
}

function importsOf(file: string): string[] {
  return specifiers(file)
    .filter((specifier) => specifier.startsWith('.') || specifier.startsWith('#'))
    .map((specifier) =>
      specifier.startsWith('#')
        ? specifier.slice(1)
        : relative(root, resolve(root, dirname(file), specifier)),
    )
}

function packagesOf(file: string): string[] {
  return specifiers(file)
    .filter((specifier) => !/^[.#]|^node:/.test(specifier))
    .map((specifier) => specifier.split('/')[0]!)
}

function specifiers(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
}
