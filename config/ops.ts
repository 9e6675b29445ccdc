/** Where the pages listen, how long a login holds, and the directory that may vouch for people. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { strict, text } from './sources.ts'

export interface OpsConfig {
  readonly host: string
  /** Null: not asked for by number. */
  readonly port: number | null
  /** Opens /readyz and /metrics to machines. */
  readonly token: string | null
  /** Browsers reach the pages by https:// only. */
  readonly https: boolean
  /** Whose word for a visitor's address is believed. */
  readonly proxies: readonly string[]
  readonly sessions: { readonly idleMs: number; readonly longestMs: number }
  readonly lockOut: { readonly failures: number; readonly forMs: number }
  /** Null: only accounts of the store. */
  readonly directory: DirectoryConfig | null
}

export interface DirectoryConfig {
  readonly url: string
  readonly startTls: boolean
  readonly caFile: string | null
  /** By whom an unencrypted connection is allowed. */
  readonly insecureTransport: string | null
  /** Where a person's entry is: by a pattern around the name, or searched for. */
  readonly people:
    | { readonly dn: string }
    | {
        readonly base: string
        readonly attribute: string
        readonly filter: string | null
        /** Null: the search is anonymous. */
        readonly reader: { readonly dn: string; readonly password: string } | null
      }
  readonly nameAttribute: string
  /** Members of any of these groups; administrators first. */
  readonly roles: { readonly administrator: readonly string[]; readonly viewer: readonly string[] }
}

const dn = text.regex(/^[^=,]+=[^=]/, 'write a distinguished name: ou=people,dc=tinh,dc=gov,dc=vn')
const attribute = text.regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'write the name of one attribute')
const groups = z.array(dn).default([])

const directorySchema = strict({
  url: text.regex(/^ldaps?:\/\/[^/?#@]+\/?$/, 'write ldaps://host:636 or ldap://host:389'),
  startTls: z.boolean().default(false),
  caFile: text.optional(),
  insecureTransport: strict({ authority: text }).optional(),
  userDn: text
    .regex(/^[^{}]*\{name\}[^{}]*$/, 'must hold {name} once, where the account name goes')
    .optional(),
  search: strict({
    base: dn,
    attribute: attribute.default('mail'),
    filter: text.regex(/^\(.*\)$/, 'write a filter in brackets: (objectClass=person)').optional(),
    bindDn: dn.optional(),
  }).optional(),
  nameAttribute: attribute.default('displayName'),
  roles: strict({ administrator: groups, viewer: groups }),
}).superRefine((directory, context) => {
  const problem = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const { url, startTls, insecureTransport, userDn, search, roles } = directory
  if ((userDn === undefined) === (search === undefined))
    problem([], 'say where people are: either userDn or search')
  if (url.startsWith('ldaps:') && startTls)
    problem(['startTls'], 'ldaps:// is encrypted from the start: leave startTls out')
  if (url.startsWith('ldap:') && !startTls && !insecureTransport)
    problem(
      ['url'],
      'ldap:// carries passwords in clear: use ldaps://, or startTls: true, or name who allowed it in insecureTransport: { authority }',
    )
  if (roles.administrator.length + roles.viewer.length === 0)
    problem(['roles'], 'name the groups whose members may look or act; without one nobody may')
})

const minutes = z.number().positive().max(1440)

export const opsSchema = strict({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).optional(),
  https: z.boolean().default(false),
  proxies: z.array(text).default([]),
  sessions: strict({
    idleMinutes: minutes.default(30),
    hours: z.number().positive().max(720).default(12),
  }).prefault({}),
  lockOut: strict({
    failures: z.int().min(3).max(100).default(5),
    minutes: minutes.default(15),
  }).prefault({}),
  directory: directorySchema.optional(),
}).prefault({})

interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  secret(name: string): string | null
  readonly problems: string[]
}

export function opsConfig(
  settings: z.infer<typeof opsSchema>,
  { env, secret, problems }: Outside,
): OpsConfig {
  for (const name of ['OPS_PASSWORD', 'OPS_PASSWORD_FILE'])
    if (env[name])
      problems.push(
        `${name}: one password for everybody is not used any more. Take it out, and make an account for each person: chidao user add NAME --role administrator`,
      )
  const { host, port, https, proxies, sessions, lockOut, directory } = settings
  return {
    host: env.OPS_HOST || host,
    port: portNumber(env.OPS_PORT, problems) ?? port ?? null,
    token: longEnough(secret('OPS_TOKEN'), problems),
    https,
    proxies,
    sessions: { idleMs: sessions.idleMinutes * 60_000, longestMs: sessions.hours * 3_600_000 },
    lockOut: { failures: lockOut.failures, forMs: lockOut.minutes * 60_000 },
    directory: directory
      ? directoryConfig(directory, secret('OPS_DIRECTORY_PASSWORD'), problems)
      : null,
  }
}

function directoryConfig(
  directory: z.infer<typeof directorySchema>,
  password: string | null,
  problems: string[],
): DirectoryConfig {
  const { url, startTls, caFile, insecureTransport, userDn, search, nameAttribute, roles } =
    directory
  if (caFile && !existsSync(caFile))
    problems.push(`ops.directory.caFile: there is no file ${caFile}.`)
  const bindDn = search?.bindDn
  if (bindDn && !password)
    problems.push(
      'OPS_DIRECTORY_PASSWORD or OPS_DIRECTORY_PASSWORD_FILE is not set: ops.directory.search.bindDn needs its password.',
    )
  return {
    url,
    startTls,
    caFile: caFile ?? null,
    insecureTransport: insecureTransport?.authority ?? null,
    people: search
      ? {
          base: search.base,
          attribute: search.attribute,
          filter: search.filter ?? null,
          reader: bindDn && password ? { dn: bindDn, password } : null,
        }
      : { dn: userDn! },
    nameAttribute,
    roles,
  }
}

function portNumber(given: string | undefined, problems: string[]): number | null {
  if (!given) return null
  const port = Number(given)
  if (/^\d+$/.test(given) && port <= 65_535) return port
  problems.push('OPS_PORT: is not a port. Write a whole number up to 65535, or 0 for any free one.')
  return null
}

const shortestToken = 8

function longEnough(token: string | null, problems: string[]): string | null {
  if (token !== null && token.length < shortestToken)
    problems.push(
      `OPS_TOKEN: is shorter than ${shortestToken} characters. Make one: openssl rand -base64 18`,
    )
  return token
}
