/** Logins that the province's directory vouches for, against a real OpenLDAP. */
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDirectory } from '#src/ops/directory.ts'
import type { DirectorySettings } from '#src/ops/settings.ts'
import { formOf, type Opened, openedOps, password } from './opened.ts'
import { administrators, base, readerDn, type Slapd, startSlapd, viewers } from './slapd.ts'

let slapd: Slapd
let silent: Server

beforeAll(async () => {
  slapd = await startSlapd()
  silent = createServer(() => {}).listen(0, '127.0.0.1')
})
afterAll(async () => {
  silent.close()
  await slapd[Symbol.asyncDispose]()
})

const roles = { administrator: [administrators], viewer: [viewers] }

function byPattern(more: Partial<DirectorySettings> = {}): DirectorySettings {
  return {
    url: slapd.secure,
    startTls: false,
    caFile: slapd.caFile,
    people: { dn: `uid={name},ou=people,${base}` },
    nameAttribute: 'displayName',
    roles,
    ...more,
  }
}

function bySearch(more: Partial<DirectorySettings> = {}): DirectorySettings {
  return byPattern({
    people: {
      base: `ou=people,${base}`,
      attribute: 'mail',
      filter: '(objectClass=person)',
      reader: { dn: readerDn, password: 'mat-khau-reader' },
    },
    ...more,
  })
}

const lan = { word: 'known', shownName: 'Nguyễn Thị Lan', role: 'administrator' }

describe('the directory', () => {
  it('vouches for a person by a pattern, with the role of his group', async () => {
    const { ask } = openDirectory(byPattern())
    expect(await ask('lan', 'mat-khau-lan')).toEqual(lan)
    expect(await ask('binh', 'mat-khau-binh')).toEqual({
      word: 'known',
      shownName: 'binh',
      role: 'viewer',
    })
    expect(await ask('khach', 'mat-khau-khach')).toEqual({ word: 'noRole' })
    expect(await ask('lan', 'mat-khau-binh')).toEqual({ word: 'wrong' })
    expect(await ask('nobody', 'mat-khau-lan')).toEqual({ word: 'wrong' })
  })

  it('vouches for a person whom it has to search for', async () => {
    const { ask } = openDirectory(bySearch())
    expect(await ask('lan@tinh.vn', 'mat-khau-lan')).toEqual(lan)
    expect(await ask('binh@tinh.vn', 'mat-khau-binh')).toMatchObject({ role: 'viewer' })
    expect(await ask('khach@tinh.vn', 'mat-khau-khach')).toEqual({ word: 'noRole' })
    expect(await ask('lan@tinh.vn', 'mat-khau-binh')).toEqual({ word: 'wrong' })
    expect(await ask('nobody@tinh.vn', 'mat-khau-lan')).toEqual({ word: 'wrong' })
    // Two entries with one address: neither is taken for the other.
    expect(await ask('trung@tinh.vn', 'mat-khau-doi')).toEqual({ word: 'wrong' })
  })

  it('does not take the success of a bind without a password for a login', async () => {
    for (const settings of [byPattern(), bySearch()])
      for (const name of ['lan', 'lan@tinh.vn'])
        expect(await openDirectory(settings).ask(name, '')).toEqual({ word: 'wrong' })
  })

  it.each([
    'lan,ou=people',
    'lan+cn=x',
    'lan\\2c',
    '*',
    'lan)(uid=*',
    '*)(objectClass=*',
    'l\u0000an',
    'la*@tinh.vn',
    '\\6can@tinh.vn',
    'EXTERNAL',
  ])('takes %j for a name and nothing more', async (name) => {
    for (const settings of [byPattern(), bySearch()])
      expect(await openDirectory(settings).ask(name, 'mat-khau-lan')).toEqual({ word: 'wrong' })
  })

  it('speaks StartTLS, and believes a certificate only for the host that it names', async () => {
    const named = slapd.plain.replace('127.0.0.1', 'localhost')
    const encrypted = byPattern({ url: named, startTls: true })
    expect(await openDirectory(encrypted).ask('lan', 'mat-khau-lan')).toEqual(lan)
    for (const settings of [
      byPattern({ url: slapd.plain, startTls: true }),
      byPattern({ url: slapd.secure.replace('localhost', '127.0.0.1') }),
      byPattern({ caFile: null }),
      byPattern({ url: named, startTls: true, caFile: null }),
    ]) {
      expect(await openDirectory(settings).ask('lan', 'mat-khau-lan')).toMatchObject({
        word: 'away',
      })
      await expect(openDirectory(settings).probe()).rejects.toThrow('is not to be trusted')
    }
  })

  it('says at a check what is wrong, and what to do', async () => {
    await openDirectory(byPattern()).probe()
    await openDirectory(bySearch()).probe()
    const people = bySearch().people as { base: string; attribute: string; filter: null }
    const reader = { dn: readerDn, password: 'wrong' }
    const silentPort = (silent.address() as { port: number }).port
    for (const [settings, why] of [
      [bySearch({ people: { ...people, reader } }), /refuses ops\.directory\.search\.bindDn/],
      [bySearch({ roles: { administrator: [`cn=none,${base}`], viewer: [] } }), /no entry cn=none/],
      [byPattern({ url: 'ldaps://127.0.0.1:1' }), /does not answer \(ECONNREFUSED\)/],
      [byPattern({ url: `ldap://127.0.0.1:${silentPort}` }), /does not answer/],
    ] as const)
      await expect(openDirectory(settings).probe()).rejects.toThrow(why)
  })
})

describe('a login', () => {
  async function logIn({ ops }: Opened, name: string, given: string) {
    const { csrf, cookie } = await formOf(ops.address, {})
    const answer = await fetch(`${ops.address}/login`, {
      method: 'POST',
      headers: { cookie, accept: 'text/html' },
      body: new URLSearchParams({ _csrf: csrf, name, password: given }),
      redirect: 'manual',
    })
    const session = answer.headers
      .getSetCookie()
      .find((text) => text.startsWith('chidao='))
      ?.split(';')[0]
    return { status: answer.status, text: await answer.text(), session }
  }

  async function rows({ t }: Opened, sql: string): Promise<Record<string, unknown>[]> {
    return (await t.app.store.db.raw(sql)).rows
  }

  it('by the directory opens without any account of the store, and becomes one that can be disabled', async () => {
    await using opened = await openedOps({ accounts: false, directory: byPattern() })
    const entered = await logIn(opened, 'LAN', 'mat-khau-lan')
    expect(entered.status).toBe(303)
    const act = async () => {
      const { csrf, cookie } = await formOf(opened.ops.address, { cookie: entered.session! })
      const answer = await fetch(`${opened.ops.address}/own-act`, {
        method: 'POST',
        headers: { cookie },
        body: new URLSearchParams({ _csrf: csrf }),
      })
      return answer.status
    }
    expect(await act()).toBe(200)
    expect((await logIn(opened, 'khach', 'mat-khau-khach')).status).toBe(401)
    expect((await logIn(opened, 'lan', '')).status).toBe(401)
    expect(
      await rows(opened, `select name, shown_name, role, password from sync.account order by name`),
    ).toEqual([
      { name: 'lan', shown_name: 'Nguyễn Thị Lan', role: 'administrator', password: null },
    ])
    expect(
      await rows(opened, `select actor, event, detail from sync.history order by at, event`),
    ).toEqual([
      {
        actor: 'directory',
        event: 'accountAdded',
        detail: { account: 'lan', role: 'administrator' },
      },
      { actor: 'lan', event: 'login', detail: { address: '127.0.0.1', by: 'directory' } },
      {
        actor: 'STRANGER',
        event: 'loginRefused',
        detail: { address: '127.0.0.1', why: 'noRole' },
      },
      {
        actor: 'STRANGER',
        event: 'loginRefused',
        detail: { address: '127.0.0.1', why: 'unknown' },
      },
    ])
    const { accounts } = opened.t.app.store
    await accounts.disable('lan', { actor: 'an', reason: null, at: new Date() })
    expect(await act()).toBe(401)
    expect((await logIn(opened, 'lan', 'mat-khau-lan')).status).toBe(401)
  })

  it('takes the role that the groups give now, and ends with the last of them', async () => {
    await using opened = await openedOps({ directory: byPattern() })
    const { session } = await logIn(opened, 'lan', 'mat-khau-lan')
    const statusOf = async () =>
      (await fetch(`${opened.ops.address}/queues`, { headers: { cookie: session! } })).status
    expect(await statusOf()).toBe(200)
    await opened.t.app.store.logins.meet(
      { name: 'lan', shownName: 'Lan', role: 'viewer' },
      new Date(),
    )
    expect(
      await rows(opened, `select detail from sync.history where event = 'roleChanged'`),
    ).toEqual([{ detail: { account: 'lan', role: 'viewer' } }])
    await opened.t.app.store.logins.refuse('lan', 'noRole', '127.0.0.1', new Date())
    expect(await statusOf()).toBe(401)
  })

  it('locks a mail account here, before the directory would', async () => {
    const lockOut = { failures: 3, forMs: 600_000 }
    await using opened = await openedOps({ directory: byPattern(), lockOut })
    for (const _ of [1, 2, 3]) expect((await logIn(opened, 'binh', 'sai')).status).toBe(401)
    // Also before it has a row.
    expect((await logIn(opened, 'binh', 'mat-khau-binh')).status).toBe(401)
    expect((await logIn(opened, 'lan', 'mat-khau-lan')).status).toBe(303)
    for (const _ of [1, 2, 3]) expect((await logIn(opened, 'lan', 'sai')).status).toBe(401)
    expect((await logIn(opened, 'lan', 'mat-khau-lan')).status).toBe(401)
    expect(
      await rows(opened, `select actor from sync.history where event = 'accountLocked'`),
    ).toEqual([{ actor: 'lan' }])
  })

  it('by an account of the store goes on while the directory is away, which is said', async () => {
    await using opened = await openedOps({ directory: byPattern() })
    expect((await logIn(opened, 'lan', 'mat-khau-lan')).status).toBe(303)
    await slapd.stop()
    try {
      const away = await logIn(opened, 'lan', 'mat-khau-lan')
      expect([away.status, away.text]).toEqual([
        503,
        expect.stringContaining('The directory of mail accounts does not answer'),
      ])
      expect((await logIn(opened, 'quan-tri', password)).status).toBe(303)
    } finally {
      await slapd.start()
    }
    expect(opened.t.logged.join('')).toContain('"event":"directoryTrouble"')
    expect(await rows(opened, `select failures from sync.account where name = 'lan'`)).toEqual([
      { failures: 0 },
    ])
    expect((await logIn(opened, 'lan', 'mat-khau-lan')).status).toBe(303)
  })
})
