import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { dataDirectory, ensureNobodyUses, readConfig } from '../wiring.ts'
import { type DemoSummary, runDemo } from './demo/demo.ts'
import { example } from './help.ts'
import { standardOutput as output } from './output.ts'
import { untilToldToStop } from './start.ts'

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'Dịch vụ thật với một nguồn mô phỏng, không cần cài đặt gì. The real service against a simulated source.',
    )
    .option('--once', 'kết thúc với bảng tổng kết / end with a summary')
    .option('--json', 'tổng kết là một tài liệu JSON / the summary as one JSON document')
    .option(
      '--seed <n>',
      'cùng số thì cùng văn bản / the same number makes the same documents',
      '1',
    )
    .option(
      '--seconds <n>',
      'nguồn phát hành trong bao nhiêu giây / how long the source goes on issuing',
      '45',
    )
    .addHelpText('after', example('chidao demo', 'chidao demo --once --json'))
    .action(
      async (
        { once, json, seed, seconds }: { once?: true; json?: true; seed: string; seconds: string },
        command: Command,
      ) => {
        for (const [name, value] of [
          ['--seed', seed],
          ['--seconds', seconds],
        ] as const) {
          if (!/^\d+$/.test(value))
            command.error(`error: ${name} là một số nguyên / must be a whole number`, {
              exitCode: 2,
            })
        }
        const directory = join(dataDirectory(readConfig('optional')), 'demo')
        await ensureNobodyUses(directory)
        await rm(directory, { recursive: true, force: true })
        const summary = await runDemo({
          once: once ?? false,
          seed: Number(seed),
          seconds: Number(seconds),
          directory,
          say: json ? (line) => void process.stderr.write(`${line}\n`) : output.line,
          enough: untilToldToStop(),
        })
        if (!summary) return
        if (!isGood(summary)) process.exitCode = 1
        if (json) return output.json(summary)
        output.line('\nTổng kết / Summary')
        for (const [name, value] of Object.entries(summary))
          output.line(`  ${name.padEnd(20)} ${value}`)
        output.line(
          isGood(summary)
            ? '\nKhông rò rỉ, không trễ hạn, số liệu cân. No leak, no deadline missed, totals balance.'
            : '\nCó điểm chưa đạt. Something is not as it must be: see the figures above.',
        )
      },
    )
}

function isGood(summary: DemoSummary): boolean {
  const { seen, allowed, notEligible, undecided, staged, pending, failed } = summary
  const balances =
    seen === allowed + notEligible + undecided && allowed === staged + pending + failed
  return balances && summary.leaks === 0 && summary.deadlinesMissed === 0
}
