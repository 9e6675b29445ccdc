import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Profile } from '#connectors/index.ts'
import { root } from '#src/wiring.ts'

export interface ServiceProcess {
  readonly child: ChildProcess
  /** Events it has logged so far, by name. */
  logged(event: string): number
  /** Everything it has written. */
  output(): string
  /** Resolves with the signal or code it ended with. */
  readonly ended: Promise<NodeJS.Signals | number>
}

export interface ServiceSettings {
  readonly directory: string
  readonly databaseUrl: string
  readonly keysUrl: string
  readonly profiles: readonly Profile[]
  readonly clock: string
  readonly leaseSeconds?: number
  /** Of polls and sweeps. */
  readonly everySeconds?: number
  readonly queueUrl?: string
  /** Of the process: what is preloaded, and what that reads. */
  readonly env?: Readonly<Record<string, string>>
  readonly signalAt?: { file: string; line: string; signal: 'SIGKILL' | 'SIGSTOP'; time?: number }
}

/** The real executable, as an operator starts it. */
export async function startServiceProcess(settings: ServiceSettings): Promise<ServiceProcess> {
  const configFile = join(settings.directory, 'chidao.yaml')
  await mkdir(settings.directory, { recursive: true })
  const { leaseSeconds = 2, everySeconds = 0.3, queueUrl } = settings
  await writeFile(
    configFile,
    stringify({
      poll: { everySeconds },
      sweep: { everySeconds: Math.min(everySeconds, 0.3) },
      lease: { seconds: leaseSeconds },
      sources: settings.profiles,
    }),
  )
  const signalAt = settings.signalAt && { time: 1, ...settings.signalAt }
  const child = spawn(join(root, 'bin/chidao'), ['start'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CHIDAO_CONFIG: configFile,
      CHIDAO_DATA: settings.directory,
      CHIDAO_CLOCK: settings.clock,
      DATABASE_URL: settings.databaseUrl,
      KEYS_DATABASE_URL: settings.keysUrl,
      ...(queueUrl ? { QUEUE_URL: queueUrl } : {}),
      ...settings.env,
      ...(signalAt && {
        CHIDAO_TEST_SIGNAL_AT: JSON.stringify(signalAt),
        NODE_OPTIONS: `--import ${join(root, 'test/support/signal-at.ts')}`,
      }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => (output += chunk))
  return {
    child,
    logged: (event) => output.split(`"event":"${event}"`).length - 1,
    output: () => output,
    ended: new Promise((resolve) =>
      child.on('exit', (code, signal) => resolve(signal ?? code ?? 0)),
    ),
  }
}
