import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '#src/wiring.ts'
import { deadAddress, profileAt } from '#test/connectors/paged-register.ts'
import { testDatabase } from '#test/support/database.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chidao-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The real executable, with nothing of this process's environment but the path. */
function chidao(
  args: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Ran> {
  const child = spawn(join(root, 'bin/chidao'), args, {
    env: { PATH: process.env.PATH, HOME: folder, CHIDAO_DATA: folder, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  child.stdin.end(input)
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code: code ?? -1, out, err })),
  )
}

async function configFile(
  sources: readonly unknown[],
  more: Record<string, unknown> = {},
): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.yaml`)
  await writeFile(path, stringify({ ...more, sources }))
  return path
}

const oneSentence = (text: string) => expect(text).not.toMatch(/\n\s+at |node_modules|Error:/)

describe('bad input gets one clear sentence with what to do', () => {
  it('when no source is configured', async () => {
    const { code, err } = await chidao(['start'])
    expect(code).toBe(2)
    expect(err).toMatch(/CHIDAO_CONFIG is not set.*chidao\.example\.yaml/)
    oneSentence(err)
  })

  it('when the configuration file is not there, or not YAML', async () => {
    const missing = await chidao(['start'], { CHIDAO_CONFIG: '/nowhere.yaml' })
    expect(missing).toMatchObject({ code: 2 })
    expect(missing.err).toMatch(/nowhere\.yaml: cannot be read/)
    const path = join(folder, 'bad.yaml')
    await writeFile(path, 'sources:\n  - name: [\n')
    const bad = await chidao(['start'], { CHIDAO_CONFIG: path })
    expect(bad.code).toBe(2)
    expect(bad.err).toMatch(/bad\.yaml, line \d+: not readable/)
  })

  it('with every problem of a configuration at once', async () => {
    const profile = profileAt('http://127.0.0.1:1')
    const { gate, ...noGate } = profile
    const broken = [
      { ...profile, gate: { ...gate, secrecy: undefined } },
      { ...noGate, name: 'KHÔNG HỢP LỆ' },
    ]
    const { code, err } = await chidao(['check'], {
      CHIDAO_CONFIG: await configFile(broken),
      DATABASE_URL: 'mysql://x',
    })
    expect(code).toBe(1)
    const all = `${err}${(await chidao(['start'], { CHIDAO_CONFIG: await configFile(broken), DATABASE_URL: 'mysql://x' })).err}`
    for (const part of [
      /secrecy has no default/,
      /name/,
      /DATABASE_URL: is not a Postgres address/,
    ])
      expect(all).toMatch(part)
  })

  it('when Postgres does not answer, or refuses the password', async () => {
    const CHIDAO_CONFIG = await configFile([profileAt('http://127.0.0.1:1')])
    const silent = await chidao(['start'], {
      CHIDAO_CONFIG,
      DATABASE_URL: 'postgres://u:geheim@127.0.0.1:1/x',
    })
    expect(silent).toMatchObject({ code: 1 })
    expect(silent.err).toMatch(/No Postgres answers at 127\.0\.0\.1:1.*DATABASE_URL/)
    await using database = await testDatabase()
    const wrong = new URL(database.url)
    wrong.password = 'geheim'
    const refused = await chidao(['status'], { DATABASE_URL: wrong.toString() })
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toMatch(/wrong password or no access/)
    for (const { err, out } of [silent, refused]) {
      expect(err + out).not.toContain('geheim')
      oneSentence(err)
    }
  })

  it('when a source cannot be reached, refuses the token, or answers with a page', async () => {
    await using database = await testDatabase()
    const page: Server = createServer((_request, response) => response.end('<html>Bảo trì</html>'))
    await new Promise<void>((ready) => page.listen(0, '127.0.0.1', ready))
    const { port } = page.address() as AddressInfo
    const env = { DATABASE_URL: database.url, KEYS_DATABASE_URL: database.keysUrl }
    const dead = await chidao(['check'], {
      ...env,
      CHIDAO_CONFIG: await configFile([profileAt(await deadAddress())]),
    })
    const html = await chidao(['check'], {
      ...env,
      CHIDAO_CONFIG: await configFile([profileAt(`http://127.0.0.1:${port}`)]),
    })
    page.close()
    expect(dead.out).toMatch(
      /qlvb-tinh: .*\n.*connectionRefused: máy chủ từ chối.*nothing takes connections/,
    )
    expect(html.out).toMatch(
      /qlvb-tinh: .*\n.*malformed: câu trả lời.*check the source or its profile/,
    )
    expect([dead.code, html.code]).toEqual([1, 1])
  })

  it('when the token of a source is missing, which stops no service', async () => {
    await using database = await testDatabase()
    const auth = { header: 'Authorization', prefix: 'Bearer ', tokenEnv: 'CHIDAO_QLVB_TOKEN' }
    const env = {
      ...{ DATABASE_URL: database.url, KEYS_DATABASE_URL: database.keysUrl },
      CHIDAO_CONFIG: await configFile([profileAt('http://127.0.0.1:1', { auth })]),
    }
    const { code, out, err } = await chidao(['check'], env)
    expect(code).toBe(1)
    expect(out).toMatch(
      /qlvb-tinh: .*\n.*CHIDAO_QLVB_TOKEN: secretMissing: thiếu token.*is missing/,
    )
    expect(err + out).not.toMatch(/mistake of ours/)
    const gate = await chidao(['gate', 'qlvb-tinh', '--stdin'], env, '{}\n')
    expect(gate.code).toBe(0)
  })

  it('when a command or an option is not known', async () => {
    const { code, err } = await chidao(['stats'])
    expect(code).toBe(2)
    expect(err).toMatch(/Did you mean status\?/)
  })
})

describe('every command', () => {
  const commands = [
    'start',
    'demo',
    'check',
    'migrate',
    'status',
    'show',
    'runs',
    'failed',
    'replies',
    'deadline',
    'calendar',
    'gate',
    'inspect',
  ]
  it.each(commands)('%s explains itself with an example', async (command) => {
    const { code, out } = await chidao([command, '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/VÍ DỤ \/ EXAMPLES\n {2}\$ /)
  })

  it('answers with one JSON document where --json is given', async () => {
    await using database = await testDatabase()
    const env = { DATABASE_URL: database.url, KEYS_DATABASE_URL: database.keysUrl }
    for (const args of [
      ['migrate', '--status'],
      ['status'],
      ['runs'],
      ['failed', 'list'],
      ['replies', 'list'],
      ['calendar', 'show'],
    ]) {
      const { code, out, err } = await chidao([...args, '--json'], env)
      expect(code, `${args.join(' ')}: ${err}`).toBe(0)
      expect(() => JSON.parse(out)).not.toThrow()
    }
  })

  it('says that nothing goes by an unknown code', async () => {
    await using database = await testDatabase()
    const { code, err } = await chidao(['show', '1/KHÔNG-CÓ'], {
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.keysUrl,
    })
    expect(code).toBe(1)
    expect(err).toMatch(/Nothing in the store goes by/)
  })
})

describe('deadline --stdin', () => {
  it('answers one line per line, in order, and a bad line in its place', async () => {
    const lines = [
      { issuedAt: '2026-02-13T17:00:00Z', urgency: 'normal' },
      { issuedAt: 'yesterday', urgency: 'normal' },
      { issuedAt: '2026-11-23T17:00:00Z', urgency: 'flash' },
    ]
    const { code, out } = await chidao(
      ['deadline', '--stdin'],
      {},
      lines.map((line) => JSON.stringify(line)).join('\n'),
    )
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(3)
    expect(answers[0]).toEqual({
      issuedOn: '2026-02-14',
      urgency: 'normal',
      deadlineDate: '2026-02-24',
      deadlineAt: '2026-02-24T17:00:00.000Z',
      calendarVersion: expect.any(String),
      confirmed: true,
    })
    expect(answers[1]).toEqual({ error: expect.stringMatching(/issuedAt/) })
    expect(answers[2]).toMatchObject({ issuedOn: '2026-11-24', deadlineDate: '2026-11-24' })
  })
})

describe('gate --stdin', () => {
  it('answers each item in the source’s own shape and stores nothing', async () => {
    const CHIDAO_CONFIG = await configFile([profileAt('http://127.0.0.1:1')])
    const { row } = await import('#test/connectors/paged-register.ts')
    const items = [
      row(1),
      row(2, { secret_id: 2, secret_name: 'Mật' }),
      row(3, { secret_id: '1' }),
      row(4, { abstract: 'Về việc (MẬT)' }),
    ]
    const { code, out } = await chidao(
      ['gate', 'qlvb-tinh', '--stdin'],
      { CHIDAO_CONFIG },
      `${items.map((item) => JSON.stringify(item)).join('\n')}\nkhông phải JSON\n`,
    )
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(answers.map(({ admit }) => admit)).toEqual([true, false, false, false, false])
    expect(answers.map(({ reason }) => reason)).toEqual([
      null,
      'secrecyPositive',
      'secrecyUnknown',
      'markInSubject',
      'malformed',
    ])
  })
})
