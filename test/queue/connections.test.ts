/** Every way in which Redis may be reached, against real servers of this machine. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openQueues, type QueuePlace } from '#src/queue.ts'
import { freePort, hasRedis, startRedis } from '#test/support/redis.ts'

type RedisOf = Omit<Extract<QueuePlace, { kind: 'redis' }>, 'kind'>

/** A ring is taken and stands in its lane. */
async function rings(place: RedisOf): Promise<boolean> {
  const queues = await openQueues({ kind: 'redis', ...place }, 'kho')
  try {
    await queues.probe()
    await queues.ring('send-outbox')
    return (await queues.lanes.get('send')!.getJobCounts('waiting')).waiting === 1
  } catch {
    return false
  } finally {
    await queues.close()
  }
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'chidao-redis-conf-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

describe.skipIf(!hasRedis)('Redis', () => {
  it('with a password, in the address or beside it', async () => {
    await using redis = await startRedis(['--requirepass', 'mật khẩu'])
    const at = `127.0.0.1:${redis.port}`
    expect(await rings({ url: redis.url })).toBe(false)
    expect(await rings({ url: redis.url, password: 'sai' })).toBe(false)
    expect(await rings({ url: redis.url, password: 'mật khẩu' })).toBe(true)
    await redis.kill()
    await redis.start()
    expect(await rings({ url: `redis://:${encodeURIComponent('mật khẩu')}@${at}` })).toBe(true)
  }, 60_000)

  it('with a name and a database of its own', async () => {
    await using redis = await startRedis()
    const cli = (...args: string[]) =>
      execFileSync('redis-cli', ['-p', String(redis.port), ...args])
    cli('acl', 'setuser', 'chidao', 'on', '>pw', '~*', '&*', '+@all')
    cli('acl', 'setuser', 'default', 'off')
    expect(await rings({ url: redis.url })).toBe(false)
    expect(await rings({ url: `${redis.url}/3`, username: 'chidao', password: 'pw' })).toBe(true)
  }, 30_000)

  it('behind TLS under an authority of the province', async () => {
    await using dir = await folder()
    const key = join(dir.path, 'key.pem')
    const cert = join(dir.path, 'cert.pem')
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
        ...['-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    )
    const tlsPort = await freePort()
    await using _redis = await startRedis([
      ...['--tls-port', String(tlsPort), '--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'],
    ])
    const url = `rediss://localhost:${tlsPort}`
    expect(await rings({ url })).toBe(false)
    expect(await rings({ url, caFile: cert })).toBe(true)
  }, 60_000)

  it('as a cluster, all keys of which lie on one node', async () => {
    await using redis = await startRedis([
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    ])
    const cli = (...args: string[]) =>
      execFileSync('redis-cli', ['-p', String(redis.port), ...args], { encoding: 'utf8' })
    cli('cluster', 'addslotsrange', '0', '16383')
    await expect
      .poll(() => cli('cluster', 'info'), { timeout: 15_000 })
      .toContain('cluster_state:ok')
    expect(await rings({ url: `redis-cluster://127.0.0.1:${redis.port}` })).toBe(true)
  }, 60_000)

  it('through Sentinel, by the name of its master', async () => {
    await using redis = await startRedis()
    await using dir = await folder()
    const port = await freePort()
    const file = join(dir.path, 'sentinel.conf')
    await writeFile(
      file,
      `port ${port}\ndir ${dir.path}\nsentinel monitor chu 127.0.0.1 ${redis.port} 1\n`,
    )
    const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' })
    try {
      const url = `redis-sentinel://127.0.0.1:${port},127.0.0.1:${await freePort()}/chu`
      expect(await rings({ url })).toBe(true)
    } finally {
      sentinel.kill('SIGKILL')
    }
  }, 60_000)
})
