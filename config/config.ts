/**
 * One frozen, typed configuration from a file and the environment. Nothing else reads process.env. Every
 * problem is reported at once, each with what to do about it.
 */
import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { type Profile, profileSchema } from '#connectors/index.ts'
import { type AlertSettings, alertSettings, alertsSection } from './alerts.ts'
import { type OpsConfig, opsConfig, opsSchema } from './ops.ts'
import { slipsIn } from './slips.ts'
import { strict } from './sources.ts'
import { type TracingSettings, tracingSection, tracingSettings } from './tracing.ts'

export interface Config {
  /** Null: the embedded Postgres of this directory. */
  readonly databaseUrl: string | null
  /** Null: database `chidao_keys` beside the store's. */
  readonly keysDatabaseUrl: string | null
  /** Null: the queue lives in the store's Postgres. */
  readonly queueUrl: string | null
  readonly queueAccess: {
    readonly username: string | null
    readonly password: string | null
    readonly sentinelPassword: string | null
    readonly caFile: string | null
  }
  /** Where files, keys and the embedded Postgres are kept. Null: a default that fits the account. */
  readonly dataDirectory: string | null
  readonly calendarFile: string
  readonly logLevel: string
  readonly pollMs: number
  readonly sweepMs: number
  readonly leaseMs: number
  readonly poolSize: number
  /** A shared simulated clock, for the demo and tests only. */
  readonly clock: string | null
  readonly ops: OpsConfig
  readonly alerts: AlertSettings
  /** Null: off. */
  readonly tracing: TracingSettings | null
  readonly sources: readonly Profile[]
  /** What can be read and is surely not meant; `chidao check` refuses it. */
  readonly slips: readonly string[]
  /** Every file that holds a secret. */
  readonly secretFiles: readonly string[]
  /** Variables that a profile may name for its credentials. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export class ConfigProblems extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `Cấu hình có ${problems.length} điều phải sửa. The configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    )
    this.name = 'ConfigProblems'
    this.problems = problems
  }
}

const seconds = z.number().positive().max(86_400)

const fileSchema = strict({
  dataDirectory: z.string().min(1).optional(),
  calendarFile: z.string().min(1).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  poll: strict({ everySeconds: seconds.default(60) }).prefault({}),
  sweep: strict({ everySeconds: seconds.default(5) }).prefault({}),
  lease: strict({ seconds: seconds.default(15) }).prefault({}),
  poolSize: z.int().min(4).max(90).default(12),
  ops: opsSchema,
  alerts: alertsSection.prefault({}),
  tracing: tracingSection.optional(),
  sources: z.array(profileSchema).default([]),
}).superRefine(({ sources }, context) => {
  const names = sources.map((source) => source.name)
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      context.addIssue({
        code: 'custom',
        path: ['sources', index, 'name'],
        message: `"${name}" is used twice: each source needs a name of its own`,
      })
  }
})

/** With commas between several hosts; a name, an address or [an IPv6 address], with or without a port. */
const queueForm = /^rediss?(-sentinel|-cluster)?:\/\/(?:[^@/]*@)?[^/?@]+(?:\/[^/?]*)?$/

export interface ConfigOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The project's own directory, for what ships with it. */
  readonly root: string
  /** `required`: a service without a source has nothing to do. */
  readonly sources: 'required' | 'optional'
}

export function loadConfig({ env, root, sources }: ConfigOptions): Config {
  const problems: string[] = []
  const secretFiles: string[] = []
  const secret = (name: string) => {
    const path = env[`${name}_FILE`]
    if (path) secretFiles.push(path)
    return secretFrom(env, name, problems)
  }
  const file = settingsFile(env.CHIDAO_CONFIG, problems)
  const parsed = fileSchema.safeParse(file ?? {})
  if (!parsed.success)
    problems.push(
      ...parsed.error.issues.map(
        (issue) => `${where(env.CHIDAO_CONFIG, issue.path, file)}: ${issue.message}`,
      ),
    )
  else if (sources === 'required' && parsed.data.sources.length === 0 && problems.length === 0) {
    problems.push(
      env.CHIDAO_CONFIG
        ? `${env.CHIDAO_CONFIG}: names no source. Add one under sources.`
        : `CHIDAO_CONFIG is not set: there is no source to pull from. Copy config/chidao.example.yaml, edit it, and set CHIDAO_CONFIG to its path.`,
    )
  }
  const databaseUrl = postgresUrl(secret('DATABASE_URL'), 'DATABASE_URL', problems)
  const keysDatabaseUrl = postgresUrl(secret('KEYS_DATABASE_URL'), 'KEYS_DATABASE_URL', problems)
  const queueUrl = secret('QUEUE_URL')
  if (queueUrl && queueUrl !== 'none' && !queueForm.test(queueUrl))
    problems.push(
      'QUEUE_URL: must be redis://host:port, rediss://…, redis-sentinel://host,host/master or redis-cluster://host,host; or none, to work without a queue. Leave it out to keep the queue in Postgres.',
    )
  const queueAccess = {
    username: env.QUEUE_USERNAME || null,
    password: secret('QUEUE_PASSWORD'),
    sentinelPassword: secret('QUEUE_SENTINEL_PASSWORD'),
    caFile: env.QUEUE_CA_FILE || null,
  }
  if (queueAccess.caFile && !existsSync(queueAccess.caFile))
    problems.push(`QUEUE_CA_FILE: there is no file ${queueAccess.caFile}.`)
  const ops = parsed.success ? opsConfig(parsed.data.ops, { env, secret, problems }) : null
  const alerts = parsed.success
    ? alertSettings(parsed.data.alerts, secret, problems, parsed.data.poll.everySeconds * 1000)
    : null
  const tracing = parsed.success ? tracingSettings(parsed.data.tracing, secret, problems) : null
  if (problems.length > 0 || !parsed.success || !ops || !alerts) throw new ConfigProblems(problems)

  const settings = parsed.data
  return Object.freeze({
    databaseUrl,
    keysDatabaseUrl,
    queueUrl,
    queueAccess,
    dataDirectory: env.CHIDAO_DATA ?? settings.dataDirectory ?? null,
    calendarFile: settings.calendarFile ?? resolve(root, 'config/calendar/vietnam.json'),
    logLevel: env.CHIDAO_LOG_LEVEL ?? settings.logLevel ?? 'info',
    pollMs: settings.poll.everySeconds * 1000,
    sweepMs: settings.sweep.everySeconds * 1000,
    leaseMs: settings.lease.seconds * 1000,
    poolSize: settings.poolSize,
    clock: env.CHIDAO_CLOCK ?? null,
    ops,
    alerts,
    tracing,
    sources: settings.sources,
    slips: slipsIn(file, settings.sources).map(
      ({ path, says }) => `${where(env.CHIDAO_CONFIG, path, file)}: ${says}`,
    ),
    secretFiles: [...secretFiles, ...settings.sources.flatMap((one) => filesOf(one, env))],
    env,
  })
}

function settingsFile(path: string | undefined, problems: string[]): unknown {
  if (!path) return null
  try {
    return parseYaml(decoded(readFileSync(path)))
  } catch (error) {
    if (error instanceof YAMLParseError)
      problems.push(
        `${path}, line ${error.linePos?.[0].line ?? '?'}: not readable as YAML. Correct the line.`,
      )
    else if (error instanceof NotUtf8)
      problems.push(
        `${path}, line ${error.line}: không phải UTF-8 (Windows-1258, UTF-16 …?); lưu lại tệp ở dạng UTF-8. The line is not UTF-8: save the file as UTF-8.`,
      )
    else
      problems.push(
        `${path}: cannot be read (${(error as { code?: string }).code}). Correct CHIDAO_CONFIG or the file's permissions.`,
      )
    return null
  }
}

class NotUtf8 extends Error {
  readonly line: number

  constructor(line: number) {
    super()
    this.line = line
  }
}

/** Strictly: a letter that is replaced in silence is a literal that no source ever writes. */
function decoded(bytes: Buffer): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes)
  let from = 0
  for (let line = 1; ; line++) {
    const end = bytes.indexOf('\n', from)
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) throw new NotUtf8(line)
    from = end + 1
  }
}

/** Where the profile itself holds the secret, that is its file. */
function filesOf({ auth }: Profile, env: ConfigOptions['env']): string[] {
  const holders: object[] = [auth, ...('login' in auth && auth.login ? [auth.login] : [])]
  const named = (keys: readonly string[]) =>
    holders.flatMap((one) => Object.entries(one)).filter(([key]) => keys.includes(key))
  const files = named(['tokenFile', 'passwordFile', 'secretFile']).map(([, path]) => path)
  const isInline = named(['token', 'password', 'secret']).some(([, value]) => value !== undefined)
  return [...files, isInline ? env.CHIDAO_CONFIG : null].filter((path) => typeof path === 'string')
}

/** The value itself, or the first line of the file that NAME_FILE points to. Giving both is a problem. */
function secretFrom(env: ConfigOptions['env'], name: string, problems: string[]): string | null {
  const path = env[`${name}_FILE`]
  if (!path) return env[name] || null
  if (env[name]) problems.push(`${name} and ${name}_FILE are both set: keep one.`)
  try {
    return readFileSync(path, 'utf8').split('\n')[0]!.trim() || null
  } catch (error) {
    problems.push(
      `${name}_FILE: ${path} cannot be read (${(error as { code?: string }).code}). Correct the path or its permissions.`,
    )
    return null
  }
}

function postgresUrl(url: string | null, name: string, problems: string[]): string | null {
  if (url === null || (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))) return url
  problems.push(
    `${name}: is not a Postgres address. Write it as postgres://user:password@host:5432/database`,
  )
  return null
}

/** `sources[0] (qlvb-tinh).gate.secrecy`: a name says more than an index. */
function where(file: string | undefined, path: readonly PropertyKey[], content: unknown): string {
  let at = ''
  for (const [depth, key] of path.entries()) {
    at += typeof key === 'number' ? `[${key}]` : `${at ? '.' : ''}${String(key)}`
    if (depth === 1 && path[0] === 'sources') {
      const name = (content as { sources?: { name?: unknown }[] } | null)?.sources?.[Number(key)]
        ?.name
      if (typeof name === 'string') at += ` (${name.slice(0, 40)})`
    }
  }
  return `${file ?? 'the configuration'}: ${at || 'as a whole'}`
}
