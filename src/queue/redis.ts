import { readFileSync } from 'node:fs'
import { Cluster, Redis } from 'ioredis'

/** Where Redis is, and what it wants of whoever comes. */
export interface RedisPlace {
  readonly url: string
  readonly username?: string | null
  readonly password?: string | null
  readonly sentinelPassword?: string | null
  /** PEM of the authority that signed its certificate, where the machine does not know that. */
  readonly caFile?: string | null
}

export type RedisClient = Redis | Cluster

/** `redis://`, `rediss://`, `redis-sentinel://a,b,c/master`, `redis-cluster://a,b,c`; an `s` after `redis` asks for TLS. */
export const redisUrl =
  /^(redis)(s?)(-sentinel|-cluster)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]+)(?:\/([^/?]*))?$/

/** Of all keys: on one node of a cluster, and apart from those of another store. */
export const queuePrefix = (storeId: string) => `{chidao-${storeId}}`

/**
 * `ring` fails at once while Redis is away, so that the caller can work without it; `work` waits for its return. Never
 * throws for a Redis that is not there; for a place that cannot be one it does.
 */
export function redisAt(place: RedisPlace, use: 'ring' | 'work'): RedisClient {
  const { kind, hosts, last, options } = parsed(place)
  const patience =
    use === 'work'
      ? { maxRetriesPerRequest: null }
      : {
          maxRetriesPerRequest: 1,
          enableOfflineQueue: false,
          connectTimeout: 5000,
          commandTimeout: 5000,
        }
  const common = { ...options, ...patience, retryStrategy }
  switch (kind) {
    case 'cluster':
      return new Cluster(hosts, {
        redisOptions: common,
        clusterRetryStrategy: retryStrategy,
        ...(use === 'work' ? {} : { enableOfflineQueue: false }),
        // Behind TLS the nodes are known by the names of their certificates.
        ...(options.tls ? { dnsLookup: (address, found) => found(null, address) } : {}),
      })
    case 'sentinel':
      return new Redis({
        ...common,
        ...followingTheMaster(),
        sentinels: hosts,
        name: last || 'mymaster',
        sentinelRetryStrategy: retryStrategy,
        ...(place.sentinelPassword ? { sentinelPassword: place.sentinelPassword } : {}),
        ...(options.tls ? { sentinelTLS: options.tls, enableTLSForSentinelMode: true } : {}),
      })
    case 'single':
      return new Redis({
        ...common,
        ...followingTheMaster(),
        ...hosts[0],
        ...(last ? { db: Number(last) } : {}),
      })
  }
}

/**
 * After a failover a server answers that it is only read, and stays connected: the connection is made again, which leads
 * to the new master where a name does, but not with every answer.
 */
function followingTheMaster() {
  let last = Number.NEGATIVE_INFINITY
  return {
    reconnectOnError(error: Error): boolean {
      const now = performance.now()
      if (!error.message.startsWith('READONLY') || now - last < reconnectAfterMs) return false
      last = now
      return true
    },
  }
}

const reconnectAfterMs = 2_000

/** Soon at first, never slower than the sweep would notice. */
const retryStrategy = (times: number) => Math.min(times * 100, 2000)

function parsed(place: RedisPlace) {
  const found = redisUrl.exec(place.url)
  if (!found) throw new Error('this is no address of a Redis')
  const [, , secure, shape, user, password, places, last = ''] = found
  const kind = shape === '-cluster' ? 'cluster' : shape === '-sentinel' ? 'sentinel' : 'single'
  const standard = kind === 'sentinel' ? 26_379 : 6379
  const hosts = places!.split(',').map((one) => hostAndPort(one, standard))
  const username = place.username ?? (user ? decodeURIComponent(user) : null)
  const secret = place.password ?? (password ? decodeURIComponent(password) : null)
  const tls = place.caFile ? { ca: readFileSync(place.caFile) } : {}
  const options = {
    ...(username ? { username } : {}),
    ...(secret ? { password: secret } : {}),
    ...(secure ? { tls } : {}),
  }
  return { kind, hosts, last, options } as const
}

function hostAndPort(text: string, standard: number): { host: string; port: number } {
  const { hostname, port } = new URL(`tcp://${text}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port ? Number(port) : standard }
}
