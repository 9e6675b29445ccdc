import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Role } from '#src/embedded/announcement.ts'
import { root } from '#src/wiring.ts'

export interface Opened {
  readonly started: boolean
  readonly url: string
}

/** A process of its own that opens the server of a directory and keeps it until told otherwise. */
export interface ProcessWithServer {
  readonly child: ChildProcess
  readonly opened: Opened
  /** What it wrote for people. */
  said(): string
  /** Resolves with the code or signal it ended with. */
  readonly ended: Promise<number | NodeJS.Signals>
  stop(): Promise<void>
  kill(): Promise<void>
}

export interface ProcessOptions {
  readonly directory: string
  readonly as?: Role
  readonly account?: { uid: number; gid: number }
  /** Whose sources it runs. */
  readonly clone?: string
}

export async function openInProcess({
  directory,
  as = 'owner',
  account,
  clone = root,
}: ProcessOptions): Promise<ProcessWithServer> {
  const script = `
    import { openEmbeddedPostgres } from ${JSON.stringify(`${clone}/src/embedded/postgres.ts`)}
    const server = await openEmbeddedPostgres(${JSON.stringify({ directory, as })})
    console.log(JSON.stringify({ started: server.started, url: server.urlOf('postgres') }))
    process.stdin.once('data', async () => {
      await server.stop()
      console.log('stopped')
      process.exit()
    })
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...account,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr!.on('data', (chunk) => {
    complaints += chunk
  })
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) throw new Error(`the process opened no server: ${complaints}`)
  return {
    child,
    opened: JSON.parse(first.value) as Opened,
    said: () => complaints,
    ended,
    async stop() {
      child.stdin!.write('stop')
      await lines.next()
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
