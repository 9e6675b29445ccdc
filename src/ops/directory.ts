import { readFileSync } from 'node:fs'
import {
  AndFilter,
  Client,
  type Entry,
  EqualityFilter,
  FilterParser,
  InappropriateAuthError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  OrFilter,
} from 'ldapts'
import type { AccountRole } from '../domain/account.ts'
import type { DirectorySettings } from './settings.ts'
import { within } from './within.ts'

/** What the province's directory says of a name and a password. */
export type Vouching =
  | { readonly word: 'known'; readonly shownName: string; readonly role: AccountRole }
  | { readonly word: 'wrong' | 'noRole' }
  | { readonly word: 'away'; readonly error: Error }

export interface Directory {
  ask(name: string, password: string): Promise<Vouching>
  /** Throws what is wrong with the connection, the reader or the groups, each with what to do. */
  probe(): Promise<void>
}

const answerMs = 5_000
const togetherMs = 8_000

/** The mail accounts of the province (QĐ 23/2016/QĐ-UBND, Điều 5.3), asked by LDAP; nothing is cached. */
export function openDirectory(settings: DirectorySettings): Directory {
  return {
    async ask(name, password) {
      // A bind without a password succeeds as nobody in particular (RFC 4513, 5.1.2).
      if (password === '') return { word: 'wrong' }
      try {
        return await within(togetherMs, ask(settings, name, password))
      } catch (error) {
        return { word: 'away', error: error as Error }
      }
    },
    async probe() {
      await within(togetherMs, probe(settings)).catch((error: Error) => {
        throw new Error(explain(error, settings), { cause: error })
      })
    },
  }
}

async function ask(settings: DirectorySettings, name: string, password: string): Promise<Vouching> {
  await using asPerson = await connection(settings)
  const { people } = settings
  if ('dn' in people) {
    const dn = people.dn.replace('{name}', () => escaped(name))
    if (!(await binds(asPerson.client, dn, password))) return { word: 'wrong' }
    const entry = await entryAt(asPerson.client, dn, settings)
    // Awaited here: the connection ends with this function.
    return await vouchFor(asPerson.client, settings, name, { dn, entry })
  }
  await using asReader = await connection(settings)
  if (people.reader) await asReader.client.bind(people.reader.dn, people.reader.password)
  const named = new EqualityFilter({ attribute: people.attribute, value: name })
  const { searchEntries } = await asReader.client.search(people.base, {
    scope: 'sub',
    filter: people.filter
      ? new AndFilter({ filters: [FilterParser.parseString(people.filter), named] })
      : named,
    attributes: [settings.nameAttribute],
    sizeLimit: 2,
  })
  const [entry, another] = searchEntries
  if (!entry || another) return { word: 'wrong' }
  if (!(await binds(asPerson.client, entry.dn, password))) return { word: 'wrong' }
  return await vouchFor(asReader.client, settings, name, { dn: entry.dn, entry })
}

async function binds(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) return false
    throw error
  }
}

const refusals = [
  InvalidCredentialsError,
  NoSuchObjectError,
  InappropriateAuthError,
  InvalidDNSyntaxError,
] as const

async function entryAt(
  client: Client,
  dn: string,
  { nameAttribute }: DirectorySettings,
): Promise<Entry | null> {
  try {
    const { searchEntries } = await client.search(dn, {
      scope: 'base',
      attributes: [nameAttribute],
    })
    return searchEntries[0] ?? null
  } catch (error) {
    if (error instanceof NoSuchObjectError) return null
    throw error
  }
}

async function vouchFor(
  client: Client,
  { roles, nameAttribute }: DirectorySettings,
  name: string,
  { dn, entry }: { dn: string; entry: Entry | null },
): Promise<Vouching> {
  const shown = [entry?.[nameAttribute]].flat()[0]?.toString().trim()
  for (const role of ['administrator', 'viewer'] as const)
    for (const group of roles[role])
      if (await isMember(client, group, dn, name))
        return { word: 'known', shownName: shown || name, role }
  return { word: 'noRole' }
}

/** By any of the ways in which groups hold their members; the values are sent apart, and need no escaping. */
async function isMember(client: Client, group: string, dn: string, name: string): Promise<boolean> {
  const holds = (attribute: string, value: string) => new EqualityFilter({ attribute, value })
  const filter = new OrFilter({
    filters: [holds('member', dn), holds('uniqueMember', dn), holds('memberUid', name)],
  })
  try {
    const { searchEntries } = await client.search(group, {
      scope: 'base',
      filter,
      attributes: ['1.1'],
    })
    return searchEntries.length === 1
  } catch (error) {
    if (error instanceof NoSuchObjectError) return false
    throw error
  }
}

async function probe(settings: DirectorySettings): Promise<void> {
  await using asReader = await connection(settings)
  const { people, roles } = settings
  if ('dn' in people) {
    // Nobody's password is known here: that it answers must do.
    await binds(asReader.client, people.dn.replace('{name}', 'x'), 'x')
    return
  }
  if (people.reader) await asReader.client.bind(people.reader.dn, people.reader.password)
  for (const base of [people.base, ...roles.administrator, ...roles.viewer]) {
    const { searchEntries } = await asReader.client
      .search(base, { scope: 'base', attributes: ['1.1'] })
      .catch((error) => {
        if (error instanceof NoSuchObjectError) return { searchEntries: [] }
        throw error
      })
    if (searchEntries.length === 0) throw new Missing(base)
  }
}

class Missing extends Error {
  override readonly name = 'Missing'
}

interface Connection extends AsyncDisposable {
  readonly client: Client
}

async function connection({ url, startTls, caFile }: DirectorySettings): Promise<Connection> {
  const tlsOptions = { ...(caFile && { ca: readFileSync(caFile) }), minVersion: 'TLSv1.2' } as const
  const client = new Client({
    url,
    timeout: answerMs,
    connectTimeout: answerMs,
    ...(url.startsWith('ldaps:') && { tlsOptions }),
  })
  const opened = {
    client,
    [Symbol.asyncDispose]: () => client.unbind().catch(() => {}),
  }
  if (startTls)
    // The host is for the certificate: the connection is there already.
    await client
      .startTLS({ ...tlsOptions, host: new URL(url).hostname.replace(/^\[|\]$/g, '') })
      .catch(async (error: unknown) => {
        await opened[Symbol.asyncDispose]()
        throw error
      })
  return opened
}

/** A value within a distinguished name (RFC 4514). */
function escaped(value: string): string {
  return [...Buffer.from(value)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return /[a-z0-9._@-]/i.test(letter) ? letter : `\\${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

function explain(error: Error & { code?: unknown }, { url }: DirectorySettings): string {
  if (error instanceof Missing)
    return `The directory has no entry ${error.message}: correct ops.directory.search.base or ops.directory.roles.`
  if (error instanceof InvalidCredentialsError)
    return 'The directory refuses ops.directory.search.bindDn: correct it, or OPS_DIRECTORY_PASSWORD.'
  const code = String(error.code ?? error.name)
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|SSL|TLS/.test(code))
    return `The certificate of ${url} is not to be trusted (${code}): name its authority in ops.directory.caFile, and the host as the certificate does.`
  return `The directory ${url} does not answer (${code}): check ops.directory.url and the network. Accounts of the store can log in all the same.`
}
