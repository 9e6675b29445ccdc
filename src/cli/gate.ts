import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { connect } from '#connectors/index.ts'
import { eligibility } from '../domain/eligibility.ts'
import { Explained } from '../domain/errors.ts'
import { readConfig } from '../wiring.ts'
import { example } from './help.ts'
import { standardOutput as output } from './output.ts'

export function gateCommand(program: Command): void {
  program
    .command('gate')
    .argument('<source>', 'tên nguồn / the source')
    .requiredOption(
      '--stdin',
      'mỗi dòng một văn bản theo đúng dạng của nguồn / one item per line, in the source’s own shape',
    )
    .description('Hỏi cổng kiểm soát, không lưu gì. Asks the gate and stores nothing.')
    .addHelpText('after', example('chidao gate qlvb-tinh --stdin < items.jsonl'))
    .action(async (name: string) => {
      const config = readConfig('required')
      const profile = config.sources.find((source) => source.name === name)
      if (!profile)
        throw new Explained(
          `Không có nguồn "${name}". No source has this name; configured: ${config.sources.map((source) => source.name).join(', ')}`,
          2,
        )
      const connector = connect(profile, config.env)
      try {
        for await (const line of createInterface({ input: process.stdin })) {
          if (line.trim() === '') continue
          output.line(JSON.stringify(answer(line)))
        }
      } finally {
        await connector.close()
      }

      function answer(line: string): { admit: boolean; reason: string | null } {
        const header = connector.decode(line)
        if (!header.ok) return { admit: false, reason: header.failure.word }
        const decision = eligibility(header.value, profile!.gate)
        return { admit: decision.admit, reason: decision.admit ? null : decision.reason }
      }
    })
}
