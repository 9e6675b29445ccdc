/** The product as an operator starts it, `chidao start`, against the bench's source. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Databases } from './databases.ts'
import { type Child, node } from './processes.ts'

export interface ServiceOptions {
  /** Null: the embedded Postgres. */
  readonly databases: Databases | null
  readonly sourceUrl: string
  readonly importFrom: LocalDate
  readonly concurrency: number
  /** Null: the queue lives in Postgres. */
  readonly queueUrl?: string | null
  readonly pollSeconds?: number
  readonly nodeOptions?: readonly string[]
  /** Instead of the one at `sourceUrl`. */
  readonly sources?: readonly object[]
  readonly env?: Readonly<Record<string, string>>
  /** Its data, kept when it ends; without it, a new one that goes with it. */
  readonly directory?: string
  readonly keepDirectory?: boolean
}

export interface Service extends Child {
  readonly directory: string
}

/** `BENCH_ROOT`: another checkout of the product, to compare. */
const root = () => process.env.BENCH_ROOT ?? join(import.meta.dirname, '..')

export async function startChidao(options: ServiceOptions): Promise<Service> {
  const { databases, queueUrl, nodeOptions = [], keepDirectory = !!options.directory } = options
  const directory = options.directory ?? (await newDirectory())
  const file = join(directory, 'chidao.yaml')
  await writeFile(file, JSON.stringify(configuration(options)))
  const child = node(join(root(), 'src/main.ts'), ['start'], {
    nodeOptions,
    speaksOn: 'stderr',
    cwd: directory,
    env: {
      CHIDAO_CONFIG: file,
      CHIDAO_DATA: directory,
      ...(databases && { DATABASE_URL: databases.url, KEYS_DATABASE_URL: databases.keysUrl }),
      ...(queueUrl ? { QUEUE_URL: queueUrl } : {}),
      ...options.env,
    },
  })
  return {
    ...child,
    directory,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      if (!keepDirectory) await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Where the unprivileged account of an embedded Postgres gets to. */
function newDirectory(): Promise<string> {
  return mkdtemp(join(process.getuid?.() === 0 ? '/var/tmp' : tmpdir(), 'chidao-bench-'))
}

/** JSON is YAML. */
function configuration({
  sourceUrl,
  importFrom,
  concurrency,
  pollSeconds = 60,
  sources,
}: ServiceOptions) {
  if (sources) return { poll: { everySeconds: pollSeconds }, sources }
  const at = { baseUrl: sourceUrl, token: 'bench', importFrom, liveFrom: importFrom }
  const profile = simulatedRestProfile(at)
  return {
    poll: { everySeconds: pollSeconds },
    sources: [{ ...profile, poll: { ...profile.poll, concurrency } }],
  }
}
