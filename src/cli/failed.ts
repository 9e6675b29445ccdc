import type { Command } from 'commander'
import { openTrackingStore, readConfig } from '../wiring.ts'
import { explainFailure } from './failure-words.ts'
import { example, inBoth } from './help.ts'
import { localTime, standardOutput as output, table } from './output.ts'

export function failedCommand(program: Command): void {
  const failed = program
    .command('failed')
    .summary('Những gì chưa chuyển được, vì sao. What could not be staged, and why.')
    .description(
      inBoth(
        'Văn bản đủ điều kiện nhưng chưa chuyển được vào kho. Dịch vụ tự thử lại; lệnh này cho xem vì sao và thử lại ngay.',
        'Eligible directives that could not be staged yet. The service tries again by itself; this shows why, and tries at once.',
      ),
    )
    .addHelpText('after', example('chidao failed list', 'chidao failed retry --all'))

  failed
    .command('list', { isDefault: true })
    .summary('Danh sách, hạn gần nhất trước. Nearest deadline first.')
    .description(
      inBoth(
        'Mỗi dòng: nguồn, số/ký hiệu, hạn phân loại, số lần thử, lần thử tới, lý do. Mã thoát 3 nếu danh sách không rỗng.',
        'Each line: source, code, legal deadline, attempts, the next one, and why. Ends with 3 unless the list is empty.',
      ),
    )
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao failed list --json'))
    .action(async ({ json }: { json?: true }) => {
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const rows = await opened.store.overview.failed(1000)
      if (rows.length > 0) process.exitCode = 3
      if (json) return output.json(rows)
      if (rows.length === 0) return output.line('Không có gì bị lỗi. Nothing has failed.')
      output.line(
        table(
          ['id', 'nguồn', 'số/ký hiệu', 'hạn phân loại', 'lần thử', 'thử lại lúc', 'vì sao'],
          rows.map((row) => [
            String(row.id),
            String(row.source),
            String(row.code ?? '–'),
            localTime(row.classifyBy as Date),
            String(row.attempts),
            localTime(row.dueAt as Date),
            explainFailure(row.failure as string | null),
          ]),
        ),
      )
    })

  failed
    .command('retry')
    .argument('[id...]', 'các dòng / the rows')
    .summary('Thử lại ngay. Try again at once.')
    .description(
      inBoth(
        'Các dòng đã chọn đến hạn thử lại ngay; dịch vụ đang chạy sẽ thử. Thử lại không gây hại gì.',
        'Makes the chosen rows due now, for the running service. Trying again does no harm.',
      ),
    )
    .option('--all', 'tất cả / all of them')
    .option('--json', 'một tài liệu JSON / one JSON document')
    .addHelpText('after', example('chidao failed retry --all'))
    .action(async (ids: string[], { all, json }: { all?: true; json?: true }, command: Command) => {
      if (ids.length === 0 && !all)
        command.error('error: cho biết id hoặc --all / give ids or --all', { exitCode: 2 })
      await using opened = await openTrackingStore(readConfig('optional'), 'guest')
      const retried = await opened.store.overview.retryFailed(all ? null : ids)
      if (json) return output.json({ retried })
      output.line(`${retried} dòng sẽ được thử lại ngay. ${retried} rows are due now.`)
    })
}
