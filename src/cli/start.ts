import { once } from 'node:events'
import { type Command, Option } from 'commander'
import type { Config } from '#config/config.ts'
import type { OpsSettings, Role } from '../ops/settings.ts'
import { openApp, readConfig } from '../wiring.ts'
import { quietlyEnded, toldToStop } from './ending.ts'
import { example, inBoth } from './help.ts'

export function startCommand(program: Command): void {
  program
    .command('start')
    .summary('Chạy dịch vụ nền. Run the service until it is told to stop.')
    .description(
      inBoth(
        'Lấy văn bản, chuyển vào kho, gửi trả lời, cho đến khi nhận SIGTERM hoặc SIGINT; khi đó kết thúc việc đang làm hoặc giao lại trong mười giây. Lược đồ của kho được cập nhật trước. Nhiều tiến trình có thể cùng phục vụ một kho trên Postgres riêng; kho trên Postgres đi kèm chỉ có một.',
        'Pulls, stages and pushes back until SIGTERM or SIGINT, then finishes or hands back what it holds within ten seconds. The store’s schema is brought up to date first. Any number of processes may share a store on a Postgres of your own; an embedded one has one.',
      ),
    )
    .addOption(
      new Option(
        '--role <role>',
        'all: mọi việc; worker: không có trang hàng đợi; ops: chỉ theo dõi / everything, no queue pages, only health, metrics and queues',
      )
        .choices(['all', 'worker', 'ops'] satisfies Role[])
        .default('all'),
    )
    .addHelpText(
      'after',
      example(
        'CHIDAO_CONFIG=chidao.yaml chidao start',
        'OPS_PORT=8686 CHIDAO_CONFIG=chidao.yaml chidao start',
        'chidao start --role ops',
      ),
    )
    .action(async ({ role }: { role: Role }) => {
      const stop = toldToStop()
      const running = await quietlyEnded(stop, start(role, stop))
      if (!stop.aborted) await once(stop, 'abort')
      await running.disposeAsync()
      // What still runs was handed back and is fenced off: it must not keep the process, waiting for a store that is closed.
      process.exit()
    })
}

/** The service and all that it stands on. A start that fails, or is told to stop, closes what it has opened. */
async function start(role: Role, stop: AbortSignal): Promise<AsyncDisposableStack> {
  const config = readConfig(role === 'ops' ? 'optional' : 'required')
  await using parts = new AsyncDisposableStack()
  const opened = parts.use(await openApp(config, { as: 'owner', stop }))
  stop.throwIfAborted()
  const ops = opsSettings(config, role)
  // Whoever traces nothing loads nothing of it.
  const tracing = config.tracing
    ? (await import('../tracing/tracing.ts')).openTracing(config.tracing, role)
    : null
  parts.defer(async () => tracing?.close())
  const app = tracing?.traced(opened.app) ?? opened.app
  const queue = tracing ? { ...opened.queue, telemetry: tracing.telemetry } : opened.queue
  const { startOpsOnly, startService } = await import('../service.ts')
  parts.use(
    role === 'ops'
      ? await startOpsOnly(app, { queue, ops, stop })
      : await startService(app, {
          queue,
          databaseUrl: opened.databases.storeUrl,
          pollMs: config.pollMs,
          sweepMs: config.sweepMs,
          alertsMs: config.alerts.everyMs,
          ops: isAskedFor(config) ? ops : null,
          stop,
        }),
  )
  return parts.move()
}

const defaultPort = 8686

function opsSettings({ ops }: Config, role: Role): OpsSettings {
  return { ...ops, port: ops.port ?? defaultPort, role }
}

function isAskedFor({ ops }: Config): boolean {
  return ops.port !== null || ops.token !== null || ops.directory !== null
}
