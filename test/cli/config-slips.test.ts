/** What `chidao check` refuses of a configuration that can be read. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ConfigProblems, loadConfig } from '#config/config.ts'
import { slipsIn } from '#config/slips.ts'
import { restProfile } from '#connectors/rest/profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { root } from '#src/wiring.ts'
import { profileAt } from '#test/connectors/paged-register.ts'
import { chidao } from './executable.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
function written(content: string | Buffer): string {
  const path = join(folder, `${++made}.yaml`)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

const load = (path: string) =>
  loadConfig({ env: { CHIDAO_CONFIG: path }, root, sources: 'optional' })

function problemsOf(path: string): string {
  try {
    load(path)
    return ''
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.join('\n')
    throw error
  }
}

const own = { transferAuthority: 'Quyết định số 12/QĐ-VP' }
const slipsOf = (profile: object) => load(written(stringify({ sources: [profile] }))).slips

describe('a configuration that is not UTF-8', () => {
  const text = 'logLevel: info\n# Thường\ndataDirectory: /tmp\n'
  it.each([
    [
      'Windows-1258',
      Buffer.concat([Buffer.from('logLevel: info\n# Th'), Buffer.from([0xfd, 0xf5, 0x0a])]),
      2,
    ],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), 1],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 1],
    ['half a letter at its end', Buffer.from(`${text}# ờ`).subarray(0, -1), 4],
  ])('is refused with its line: %s', (_what, bytes, line) => {
    expect(problemsOf(written(bytes))).toMatch(
      new RegExp(`line ${line}: không phải UTF-8.*not UTF-8`),
    )
  })

  it('is none where it only begins with the mark of one', () => {
    expect(problemsOf(written(`\uFEFF${text}`))).toBe('')
  })
})

describe('the words of the example', () => {
  it('are found, each with its key', () => {
    const example = join(root, 'config/chidao.example.yaml')
    const { slips } = load(written(readFileSync(example)))
    expect(slips.map((slip) => slip.replace(/^\S+: (\S+.*?): .*/, '$1'))).toEqual([
      'sources[0] (qlvb-tinh).transferAuthority',
      'sources[0] (qlvb-tinh).baseUrl',
      'sources[1] (truc-vxp).transferAuthority',
      'sources[1] (truc-vxp).baseUrl',
      'sources[1] (truc-vxp).auth.systemId',
      'sources[1] (truc-vxp).gate.secrecy.absentMeansNormal.authority',
      'sources[1] (truc-vxp).auth.systemId',
    ])
    const [system, ...others] = slips.toReversed()
    expect(system).toMatch(/auth\.systemId: .*ASCII/)
    for (const slip of others) expect(slip).toMatch(/tệp mẫu.*the example’s own text/)
  })

  it('are found where its comments were taken for settings', () => {
    const text = readFileSync(join(root, 'config/chidao.example.yaml'), 'utf8')
    const commented = [...text.matchAll(/^\s*#.*(https:\/\/\S*example\.vn\S*|dc=example\S*)/gm)]
    expect(commented.length).toBeGreaterThan(3)
    for (const [, value] of commented)
      expect(
        slipsIn({ some: { setting: value!.replace(/["'},]+$/, '') } }, []),
        value,
      ).toHaveLength(1)
  })

  it.each([
    ['half filled in', { transferAuthority: 'Quyết định số …/QĐ-VP ngày 3/3' }],
    [
      'in capitals, letters composed otherwise',
      { transferAuthority: 'VÍ DỤ: quy chế'.normalize('NFD') },
    ],
    ['allowed by nobody', { insecureTransport: { authority: 'văn bản cho phép' } }],
  ])('are found %s', (_what, more) => {
    expect(slipsOf({ ...profileAt('http://10.0.0.1'), ...own, ...more })).toHaveLength(1)
  })

  it('are nothing that an office writes', () => {
    expect(slipsOf({ ...profileAt('https://qlvb.quangtri.gov.vn'), ...own })).toEqual([])
  })
})

describe('a setting that nothing reads', () => {
  const profile = { ...profileAt('https://qlvb.quangtri.gov.vn'), ...own }
  it.each([
    [
      'a field',
      { map: { ...profile.map, fields: { ...profile.map.fields, secret: 'secret' } } },
      'map.fields.secret',
    ],
    ['replies that are not sent', { replies: { mode: 'none' } }, 'reply'],
    [
      'an office in whose name nothing is sent',
      { replies: { ...profile.replies, self: { organId: 'H50', name: 'Văn phòng' } } },
      'replies.self',
    ],
  ])('is refused: %s', (_what, more, key) => {
    const slips = slipsOf({ ...profile, ...more })
    expect(slips).toHaveLength(1)
    expect(slips[0]).toContain(`sources[0] (qlvb-tinh).${key}: `)
  })

  it('is named where its name is misspelt', () => {
    const said = problemsOf(written(stringify({ sources: [{ ...profile, sentinell: '1' }] })))
    expect(said).toMatch(/unknown setting sentinell: correct or remove it/)
  })
})

describe('a profile that asks the same by every request, or that no header can hold', () => {
  const rest = profileAt('https://qlvb.quangtri.gov.vn')
  const axis = simulatedVxpProfile({
    ...{ baseUrl: 'https://truc.gov.vn', systemId: 'sys', secret: 'x' },
    ...{ importFrom: '2026-01-01', liveFrom: '2026-01-01' },
  })
  const messages = (profile: object) =>
    restProfile
      .safeParse(profile)
      .error?.issues.map(({ message }) => message)
      .join('\n') ?? ''

  it.each([
    [
      'files without {file}',
      { files: { ...rest.files, path: '/{id}/tep' } },
      /nor a parameter holds \{file\}/,
    ],
    ['details without {id}', { detail: { path: '/chi-tiet' } }, /nor a parameter holds \{id\}/],
  ])('%s', (_what, more, says) => {
    expect(messages({ ...rest, ...more })).toMatch(says)
  })

  it('a prefix or a system with diacritics', () => {
    expect(messages({ ...rest, auth: { ...rest.auth, prefix: 'Mã ' } })).toMatch(/diacritics/)
    const auth = { systemId: 'hệ thống 01', secret: 'x' }
    const slips = slipsOf({ ...axis, ...own, auth }).filter((slip) => slip.includes('ASCII'))
    expect(slips).toEqual([expect.stringContaining('.auth.systemId: ')])
  })
})

it('chidao check refuses the example’s words and secrets that everybody can read, in one go', async () => {
  const inline = { ...profileAt('http://127.0.0.1:1'), transferAuthority: 'Ví dụ: …' }
  const path = written(stringify({ sources: [inline] }))
  chmodSync(path, 0o644)
  const secret = join(folder, 'token')
  writeFileSync(secret, 'mot-ma-dai-hon-tam', { mode: 0o644 })
  const { code, out, err } = await chidao(['check'], {
    ...{ CHIDAO_CONFIG: path, OPS_TOKEN_FILE: secret, CHIDAO_DATA: join(folder, 'data') },
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
  })
  expect(code).toBe(1)
  expect(out).toMatch(/✗ cấu hình.*\n.*transferAuthority: còn nguyên chữ của tệp mẫu/)
  expect(out).toContain(secret)
  expect(out).toMatch(new RegExp(`✗ tệp bí mật .*${path.replaceAll('.', '\\.')}.*chmod o-r`))
  expect(out).toMatch(
    /✗ nguồn \/ source qlvb-tinh: 1 chỗ chưa khớp.*\n.*baseUrl .*connectionRefused/,
  )
  expect(err).not.toMatch(/mistake of ours/)
  chmodSync(path, 0o640)
  chmodSync(secret, 0o400)
  const mended = await chidao(['check'], {
    ...{ CHIDAO_CONFIG: path, OPS_TOKEN_FILE: secret, CHIDAO_DATA: join(folder, 'data') },
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
  })
  expect(mended.out).toMatch(/✓ tệp bí mật/)
})
