import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'

const analyze = '/usr/bin/systemd-analyze'
const unit = readFileSync(join(root, 'deploy/systemd/chidao.service'), 'utf8')
const settings = new Map(
  [...unit.matchAll(/^([A-Za-z]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
)

it('is hardened, writes no core and is stopped in order', () => {
  expect(Object.fromEntries(settings)).toMatchObject({
    NoNewPrivileges: 'true',
    ProtectSystem: 'strict',
    ReadWritePaths: '/var/lib/chidao',
    CapabilityBoundingSet: '',
    LimitCORE: '0',
    UMask: '0077',
    KillMode: 'mixed',
    Restart: 'always',
    RestrictNamespaces: 'true',
    MemoryHigh: '1536M',
    MemoryMax: '2G',
  })
  expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(20)
  // V8 would not start.
  expect(settings.has('MemoryDenyWriteExecute')).toBe(false)
  expect(
    existsSync(join(root, settings.get('ExecStart')!.split(' ')[0]!.replace('/opt/chidao/', ''))),
  ).toBe(true)
})

it('sets only variables that the configuration reads', () => {
  const config = readFileSync(join(root, 'config/config.ts'), 'utf8')
  const given = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line]) => line!.split(' '))
  expect(given.length).toBeGreaterThan(1)
  for (const name of given.map((pair) => pair.split('=')[0]!).filter((one) => one !== 'NODE_ENV'))
    expect(config).toContain(name)
})

it.skipIf(!existsSync(analyze))(
  'systemd takes it without a warning and finds little exposed',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chidao-unit-'))
    try {
      const file = join(folder, 'chidao.service')
      // The program, where this checkout has it.
      await writeFile(file, unit.replaceAll('/opt/chidao', root))
      const verified = await promisify(execFile)(analyze, ['verify', '--man=no', file])
      expect(verified.stderr.split('\n').filter((line) => line.includes('chidao.service'))).toEqual(
        [],
      )
      const { stdout } = await promisify(execFile)(analyze, [
        'security',
        '--offline=true',
        '--no-pager',
        file,
      ])
      const level = Number(/exposure level for chidao\.service: ([\d.]+)/.exec(stdout)?.[1])
      expect(level).toBeGreaterThan(0)
      expect(level).toBeLessThan(2.5)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
