/** A real OpenLDAP server with a small province in it, for one test file. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Slapd extends AsyncDisposable {
  /** `ldap://127.0.0.1:…`, where StartTLS is spoken too. */
  readonly plain: string
  /** `ldaps://localhost:…`; its certificate names localhost. */
  readonly secure: string
  readonly caFile: string
  stop(): Promise<void>
  start(): Promise<void>
}

export const base = 'dc=tinh,dc=vn'
export const readerDn = `cn=reader,${base}`
export const administrators = `cn=quan-tri,ou=groups,${base}`
export const viewers = `cn=xem,ou=groups,${base}`

/** Debian keeps it out of the path of people. */
const programs = '/usr/sbin'

export async function startSlapd(): Promise<Slapd> {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-slapd-'))
  const at = (name: string) => join(directory, name)
  await mkdir(at('data'))
  execFileSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${at('key.pem')} -out ${at('cert.pem')}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  )
  await writeFile(at('slapd.conf'), configuration(at))
  await writeFile(at('people.ldif'), people)
  execFileSync(join(programs, 'slapadd'), ['-f', at('slapd.conf'), '-l', at('people.ldif')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [plainPort, securePort] = [await freePort(), await freePort()]
  let child: ChildProcess | null = null
  const start = async () => {
    child = spawn(
      join(programs, 'slapd'),
      [
        ...['-d', '0', '-f', at('slapd.conf')],
        ...['-h', `ldap://127.0.0.1:${plainPort}/ ldaps://127.0.0.1:${securePort}/`],
      ],
      { stdio: 'ignore' },
    )
    await untilItListens(securePort)
  }
  const stop = async () => {
    const running = child
    child = null
    if (!running || running.exitCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGTERM')
    await ended
  }
  await start()
  return {
    plain: `ldap://127.0.0.1:${plainPort}`,
    secure: `ldaps://localhost:${securePort}`,
    caFile: at('cert.pem'),
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function configuration(at: (name: string) => string): string {
  return `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile ${at('pid')}
modulepath /usr/lib/ldap
moduleload back_mdb
# As many servers are set up: whoever gives no password is let in as nobody, with success.
allow bind_anon_dn
TLSCertificateFile ${at('cert.pem')}
TLSCertificateKeyFile ${at('key.pem')}
database mdb
maxsize 10485760
suffix "${base}"
directory ${at('data')}
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`
}

const person = (uid: string, cn: string, more = '') => `
dn: uid=${uid},ou=people,${base}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${cn}
sn: ${cn}
mail: ${uid}@tinh.vn
userPassword: mat-khau-${uid}
${more}`

const people = `
dn: ${base}
objectClass: dcObject
objectClass: organization
o: Tinh
dc: tinh

dn: ${readerDn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: mat-khau-reader

dn: ou=people,${base}
objectClass: organizationalUnit
ou: people

dn: ou=groups,${base}
objectClass: organizationalUnit
ou: groups
${person('lan', 'Lan', 'displayName:: Tmd1eeG7hW4gVGjhu4sgTGFu\n')}${person('binh', 'Binh')}${person('khach', 'Khach')}${person('doi', 'Doi', 'mail: trung@tinh.vn\n')}${person('doi2', 'Doi hai', 'mail: trung@tinh.vn\n')}
dn: ${administrators}
objectClass: groupOfNames
cn: quan-tri
member: uid=lan,ou=people,${base}

dn: ${viewers}
objectClass: posixGroup
cn: xem
gidNumber: 1000
memberUid: binh
memberUid: binh@tinh.vn
`

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function untilItListens(port: number): Promise<void> {
  for (const until = performance.now() + 30_000; performance.now() < until; ) {
    const listens = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false)).once('close', () => socket.destroy())
      socket.once('connect', () => socket.end())
    })
    if (listens) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('slapd does not listen.')
}
