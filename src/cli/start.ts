import type { Command } from 'commander'
import { startService } from '../service.ts'
import { openApp, readConfig } from '../wiring.ts'
import { example } from './help.ts'

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('Chạy dịch vụ nền. Run the service until it is told to stop.')
    .addHelpText('after', example('CHIDAO_CONFIG=chidao.yaml chidao start'))
    .action(async () => {
      const config = readConfig('required')
      const stopping = untilToldToStop()
      await using opened = await openApp(config, { as: 'owner' })
      const service = await startService(opened.app, {
        queue: opened.queue,
        databaseUrl: opened.databases.storeUrl,
        pollMs: config.pollMs,
        sweepMs: config.sweepMs,
      })
      await stopping
      await service.stop()
    })
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
