import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '#src/wiring.ts'

const folder = join(root, 'deploy/kubernetes')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('Dockerfile')
const settings = ['config', 'alerts', 'ops', 'tracing']
  .map((name) => read(`config/${name}.ts`))
  .join('\n')

interface Probe {
  readonly httpGet?: { path: string; port: string }
  readonly exec?: { command: string[] }
}
interface Container {
  readonly args: string[]
  readonly env: { name: string; value: string }[]
  readonly ports: { name: string; containerPort: number }[]
  readonly livenessProbe: Probe
  readonly startupProbe: Probe
  readonly readinessProbe: Probe
  readonly resources: Record<string, Record<string, string>>
  readonly securityContext: Record<string, unknown>
  readonly volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]
}
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly replicas: number
    readonly minAvailable: number
    readonly selector: { readonly matchLabels: Record<string, string> }
    readonly strategy: { readonly rollingUpdate: Record<string, number> }
    readonly policyTypes: string[]
    readonly template: {
      readonly metadata: { labels: Record<string, string> }
      readonly spec: {
        readonly automountServiceAccountToken: boolean
        readonly securityContext: Record<string, unknown>
        readonly terminationGracePeriodSeconds: number
        readonly containers: Container[]
        readonly volumes: { name: string }[]
      }
    }
  }
}

const manifests = readdirSync(folder)
  .filter(
    (name) => name.endsWith('.yaml') && !/^(chidao|kustomization|secrets\.example)/.test(name),
  )
  .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
  .map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as Manifest
  })
const of = (kind: string) => manifests.filter((one) => one.kind === kind)

describe.each(of('Deployment').map((one) => [one.metadata.name, one] as const))(
  '%s',
  (name, one) => {
    const { spec } = one.spec.template
    const [container] = spec.containers

    it('runs as the account of the image, locked down, with a root that nobody writes', () => {
      const [, uid] = /^USER (\d+):\d+$/m.exec(dockerfile)!
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: Number(uid),
        runAsGroup: Number(uid),
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(container!.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(spec.automountServiceAccountToken).toBe(false)
      expect(container!.resources.limits!.memory).toBeDefined()
    })

    it('answers where the image does, and is asked what the server serves', () => {
      const [, port] = /OPS_PORT=(\d+)/.exec(dockerfile)!
      expect(container!.ports).toEqual([{ name: 'ops', containerPort: Number(port) }])
      for (const probe of [container!.livenessProbe, container!.startupProbe])
        expect(probe.httpGet).toEqual({ path: '/healthz', port: 'ops' })
      expect(read('src/ops/server.ts')).toContain(`server.get('/healthz'`)
      const { command } = container!.readinessProbe.exec!
      expect(dockerfile).toContain(`"${command.join('", "')}"`)
    })

    it('knows only variables that the configuration reads, secrets as files', () => {
      for (const { name: variable, value } of container!.env) {
        expect(settings, variable).toContain(variable.replace(/_FILE$/, ''))
        if (/PASSWORD|TOKEN|SECRET|_URL/.test(variable)) expect(variable).toMatch(/_FILE$/)
        if (variable.endsWith('_FILE')) {
          const secrets = parse(read('deploy/kubernetes/secrets.example.yaml')) as {
            stringData: Record<string, string>
          }
          expect(Object.keys(secrets.stringData)).toContain(value.split('/').at(-1))
        }
      }
    })

    it('mounts what it declares, and only files and memory to write', () => {
      const declared = new Set(spec.volumes.map((volume) => volume.name))
      for (const mount of container!.volumeMounts)
        expect(declared, mount.name).toContain(mount.name)
      const written = container!.volumeMounts.filter(({ readOnly }) => !readOnly)
      expect(written.map(({ mountPath }) => mountPath).sort()).toEqual(['/tmp', '/var/lib/chidao'])
      expect(dockerfile).toContain('CHIDAO_DATA=/var/lib/chidao')
    })

    it('is never taken away as a whole', () => {
      expect(one.spec.replicas).toBeGreaterThan(1)
      expect(one.spec.strategy.rollingUpdate.maxUnavailable).toBe(0)
      const budget = of('PodDisruptionBudget').find((other) => other.metadata.name === name)!
      expect(budget.spec.minAvailable).toBe(1)
      expect(one.spec.template.metadata.labels).toMatchObject(budget.spec.selector.matchLabels)
      expect(one.spec.selector.matchLabels).toEqual(budget.spec.selector.matchLabels)
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(10)
    })
  },
)

it('keeps workers and ops apart, by the roles of the service', () => {
  const roles = of('Deployment').map((one) => one.spec.template.spec.containers[0]!.args)
  expect(roles.sort()).toEqual([
    ['start', '--role', 'ops'],
    ['start', '--role', 'worker'],
  ])
})

it('lets in and out only what is named', () => {
  const [policy] = of('NetworkPolicy')
  expect(policy!.spec.policyTypes).toEqual(['Ingress', 'Egress'])
})

it('names every file in the list that is applied', () => {
  const { resources } = parse(read('deploy/kubernetes/kustomization.yaml')) as {
    resources: string[]
  }
  const files = readdirSync(folder).filter(
    (name) => !/^(chidao|kustomization|secrets\.example)/.test(name),
  )
  expect([...resources].sort()).toEqual(files.sort())
})
