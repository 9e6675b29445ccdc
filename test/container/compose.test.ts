import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '#src/wiring.ts'

interface Service {
  readonly command: readonly string[]
  readonly user?: string
  readonly build?: string
  readonly ports?: readonly string[]
  readonly networks: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly secrets?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { condition: string }>>
  readonly healthcheck?: { test?: readonly string[]; disable?: boolean }
  readonly deploy?: { replicas: number }
  readonly [key: string]: unknown
}

const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>
  secrets: Record<string, { file: string }>
  volumes: Record<string, unknown>
  networks: Record<string, { internal?: boolean }>
}
const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build)

describe.each(services)('the service %s', (_name, service) => {
  it('is locked down', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: true,
    })
    expect(service).not.toHaveProperty('cap_add')
    expect(service).not.toHaveProperty('privileged')
  })

  it('writes only to volumes and memory that are declared', () => {
    for (const volume of service.volumes ?? [])
      expect(volume.endsWith(':ro') || volume.split(':')[0]! in compose.volumes).toBe(true)
    expect(service.tmpfs?.some((mount) => mount.startsWith('/tmp:'))).toBe(true)
  })

  it('has a limit of memory where it is ours', () => {
    if (service.build) expect(service.mem_limit).toMatch(/^\d+[mg]$/)
  })

  it('gets its secrets as files', () => {
    for (const secret of service.secrets ?? [])
      expect(compose.secrets[secret]?.file).toMatch(/secrets\//)
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|TOKEN|_URL/.test(name)) expect(name).toMatch(/_FILE$/)
      if (name.endsWith('_FILE'))
        expect(service.secrets).toContain(value.replace('/run/secrets/', ''))
    }
  })

  it('waits for what says that it is well', () => {
    for (const [on, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[on]!
      if (condition === 'service_healthy') expect(other.healthcheck?.test).toBeDefined()
      else expect([condition, other.restart]).toEqual(['service_completed_successfully', 'no'])
    }
  })

  it('opens nothing to other machines', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })
})

describe('together they are', () => {
  it('two workers and one ops server of one image, after one migration', () => {
    expect(ours.map(([name, { command, deploy }]) => [name, command, deploy?.replicas])).toEqual([
      ['migrate', ['migrate'], undefined],
      ['worker', ['start', '--role', 'worker'], 2],
      ['ops', ['start', '--role', 'ops'], undefined],
    ])
    expect(new Set(ours.map(([, { image }]) => image)).size).toBe(1)
  })

  it('a Postgres and a Redis that nothing else reaches, run by accounts that are not root', () => {
    expect(compose.networks.store).toEqual({ internal: true })
    for (const name of ['postgres', 'redis']) {
      expect(compose.services[name]!.networks).toEqual(['store'])
      expect(compose.services[name]!.user).toMatch(/^[1-9]\d*:/)
    }
  })

  it('a Postgres that logs no statement, as chidao check asks', () => {
    expect(compose.services.postgres!.command.join(' ')).toMatch(
      /log_min_error_statement=panic.*log_statement=none/,
    )
  })
})
