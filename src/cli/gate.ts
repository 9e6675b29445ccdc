import type { Command } from 'commander'
import { connect } from '#connectors/index.ts'
import { Explained } from '../domain/errors.ts'
import { judge } from '../flow/deciding.ts'
import { readConfig } from '../wiring.ts'
import { example, inBoth } from './help.ts'
import { linesOf } from './lines.ts'
import { standardOutput as output } from './output.ts'
import { didYouMean } from './suggestion.ts'

export function gateCommand(program: Command): void {
  program
    .command('gate')
    .argument('<source>', 'tên nguồn / the source')
    .requiredOption(
      '--stdin',
      'mỗi dòng một văn bản theo đúng dạng của nguồn / one item per line, in the source’s own shape',
    )
    .summary('Hỏi cổng kiểm soát, không lưu gì. Asks the gate and stores nothing.')
    .description(
      inBoth(
        'Cho biết cổng kiểm soát của một nguồn quyết định thế nào về từng văn bản, theo hồ sơ nguồn trong cấu hình. Mỗi dòng vào một dòng ra: {"admit":…,"reason":…}. Không lưu, không ghi nhật ký gì.',
        'Tells what a source’s gate decides about each item, by the source’s profile in the configuration. One line out for each line in: {"admit":…,"reason":…}. Stores and logs nothing.',
      ),
    )
    .addHelpText('after', example('chidao gate qlvb-tinh --stdin < items.jsonl'))
    .action(async (name: string) => {
      const config = readConfig('required')
      const profile = config.sources.find((source) => source.name === name)
      const names = config.sources.map((source) => source.name)
      if (!profile)
        throw new Explained(
          `Không có nguồn "${name}". No source has this name; configured: ${names.join(', ')}${didYouMean(name, names)}`,
          2,
        )
      const connector = connect(profile, config.env)
      try {
        for await (const line of linesOf(process.stdin)) {
          output.line(JSON.stringify(await answer(line)))
        }
      } finally {
        await connector.close()
      }

      async function answer(
        line: string | null,
      ): Promise<{ admit: boolean; reason: string | null }> {
        if (line === null) return { admit: false, reason: 'malformed' }
        const item = await connector.decode(line)
        if (!item.ok) return { admit: false, reason: item.failure.word }
        const decision = judge(item.value, profile!.gate)
        return { admit: decision.admit, reason: decision.admit ? null : decision.reason }
      }
    })
}
