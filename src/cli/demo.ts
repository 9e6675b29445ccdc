import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { dataDirectory, ensureNobodyUses, readConfig } from '../wiring.ts'
import { coloured } from './colour.ts'
import type { DemoSummary } from './demo/demo.ts'
import { quietlyEnded, toldToStop } from './ending.ts'
import { example, inBoth } from './help.ts'
import { standardOutput as output } from './output.ts'
import { openProgress } from './progress.ts'

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .summary('Dịch vụ thật với nguồn mô phỏng. The real service against simulated sources.')
    .description(
      inBoth(
        'Chạy dịch vụ với một phần mềm quản lý văn bản và một trục liên thông mô phỏng, trên Postgres riêng; không cần cài đặt gì. Với --once, cuối cùng đối chiếu với những gì nguồn biết; mã thoát 1 nếu có rò rỉ, trễ hạn, thiếu, thừa hoặc số liệu không khớp.',
        'Runs the service against a simulated document-management system and a simulated axis, on a Postgres of its own; nothing has to be set up. With --once it ends by comparing with what the sources know, and with 1 if anything leaked, is late, missing, unexpected or does not balance.',
      ),
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
        const stop = toldToStop()
        const config = readConfig('optional')
        const directory = join(dataDirectory(config), 'demo')
        await ensureNobodyUses(directory)
        await rm(directory, { recursive: true, force: true })
        const { runDemo } = await import('./demo/demo.ts')
        const progress = openProgress({
          total: Number(seconds),
          quiet: !once || json === true,
          env: config.env,
        })
        const from = performance.now()
        const ticking = setInterval(() => {
          const passed = (performance.now() - from) / 1000
          const isIssuing = passed < Number(seconds)
          progress.at(passed, isIssuing ? 'nguồn phát hành / issuing' : 'đối chiếu / comparing')
        }, 250)
        const demo = runDemo({
          once: once ?? false,
          seed: Number(seed),
          seconds: Number(seconds),
          directory,
          ops: { ...config.ops, port: config.ops.port ?? 0 },
          say: json
            ? (line) => void process.stderr.write(`${line}\n`)
            : (line) => progress.aside(() => output.line(line)),
          stop,
        })
        const summary = await quietlyEnded(stop, demo).finally(() => {
          clearInterval(ticking)
          progress.end()
        })
        if (!summary) return
        if (!isGood(summary)) process.exitCode = 1
        if (json) return output.json(summary)
        output.line('\nTổng kết / Summary')
        for (const [name, value] of Object.entries(summary))
          output.line(`  ${name.padEnd(20)} ${value}`)
        output.line(
          isGood(summary)
            ? coloured(
                'good',
                '\nKhông rò rỉ, không trễ hạn, số liệu khớp. No leak, no deadline missed, totals balance.',
              )
            : coloured(
                'bad',
                '\nCó điểm chưa đạt. Something is not as it must be: see the figures above.',
              ),
        )
      },
    )
}

function isGood(summary: DemoSummary): boolean {
  const {
    undecided,
    filesWaiting,
    failed,
    leaks,
    deadlinesMissed,
    unbalanced,
    missing,
    unexpected,
  } = summary
  const open = undecided + filesWaiting + failed
  return open + leaks + deadlinesMissed + unbalanced + missing + unexpected === 0
}
