import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { connect } from '#connectors/index.ts'
import { Explained } from '../domain/errors.ts'
import { refusedBy, type Unseen } from '../domain/refused-by.ts'
import { judge } from '../flow/deciding.ts'
import { readConfig } from '../wiring.ts'
import { example, inBoth } from './help.ts'
import { linesOf, notUtf8 } from './lines.ts'
import { standardOutput as output } from './output.ts'
import { readableFile } from './readable-file.ts'
import { didYouMean } from './suggestion.ts'
import { unseenWords } from './unseen-words.ts'
import { itemsOf } from './whole-item.ts'

export function gateCommand(program: Command): void {
  program
    .command('gate')
    .argument('<source>', 'tên nguồn / the source')
    .argument('[file]', 'tệp chứa văn bản, như --stdin / a file with items, as --stdin takes them')
    .option(
      '--stdin',
      'mỗi dòng một văn bản theo đúng dạng của nguồn; của trục: cả một thông điệp edXML, hoặc mỗi dòng một thông điệp là một chuỗi JSON / one item per line, in the source’s own shape; of the axis: one whole edXML message, or one a line, each as one JSON string',
    )
    .summary('Hỏi cổng kiểm soát, không lưu gì. Asks the gate and stores nothing.')
    .description(
      inBoth(
        'Cho biết cổng kiểm soát của một nguồn quyết định thế nào về từng văn bản, theo hồ sơ nguồn trong cấu hình. Mỗi dòng vào một dòng ra: {"admit":…,"reason":…}, thêm "field" là trường đã từ chối, "differs" nếu giá trị chỉ khác ở chỗ mắt không thấy (khoảng trắng, chữ hoa, kiểu). Không lưu, không ghi nhật ký gì; tệp mẫu và lịch sử lệnh của máy thì còn đó: xóa khi xong, và chỉ thử với văn bản thường.',
        'Tells what a source’s gate decides about each item, by the source’s profile in the configuration. One line out for each line in: {"admit":…,"reason":…}, with "field", the one that refused, and "differs" where its value differs only in what no eye sees (blanks, capitals, type). Stores and logs nothing; the file with the samples and the history of your shell stay: remove them afterwards, and try with ordinary documents only.',
      ),
    )
    .addHelpText(
      'after',
      example(
        'chidao gate qlvb-tinh --stdin < items.jsonl',
        'chidao gate truc-vxp thong-diep.edxml',
      ),
    )
    .action(async (name: string, file: string | undefined, { stdin }: { stdin?: true }) => {
      if ((file === undefined) === (stdin === undefined))
        throw new Explained('Ghi tên tệp, hoặc --stdin. Give a file, or --stdin, and not both.', 2)
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
        const input =
          file === undefined ? process.stdin : createReadStream(await readableFile(file))
        for await (const item of profile.kind === 'vxp' ? itemsOf(input) : linesOf(input)) {
          output.line(JSON.stringify(await answer(item)))
        }
      } finally {
        await connector.close()
      }

      async function answer(given: string | Buffer | null): Promise<Answered> {
        if (given === null) return { admit: false, reason: 'malformed', says: notUtf8 }
        const item = await connector.decode(given)
        if (!item.ok) return { admit: false, reason: item.failure.word }
        const decision = judge(item.value, profile!.gate)
        if (decision.admit) return { admit: true, reason: null }
        const by = refusedBy(item.value.header, profile!.gate, decision.reason)
        return {
          ...{ admit: false, reason: decision.reason },
          ...(by && { field: by.field }),
          ...(by?.differs && { differs: by.differs, says: unseenWords[by.differs] }),
        }
      }
    })
}

interface Answered {
  readonly admit: boolean
  readonly reason: string | null
  /** Which field refused it. */
  readonly field?: string
  /** In what its value differs from a literal of the profile where no eye sees it. */
  readonly differs?: Unseen
  readonly says?: string
}
